package org.nnl.data;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.nnl.equations.Op;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.SourceException;
import org.nnl.syntax.Suggestions;
import org.nnl.syntax.Tree;

/** The functions of a data block, and the arguments they are called with. */
final class Arguments {
    /** How many arguments a function takes at most, and which by name. */
    private record Takes(int most, Set<String> named) {
        Takes(int most, String... named) {
            this(most, new TreeSet<>(List.of(named)));
        }

        void check(Tree.Call c) {
            if (count(c) > most) throw error(c, c.name() + " takes at most " + most + " argument" + (most == 1 ? "" : "s"));
            for (Tree.Argument a : c.arguments())
                if (a.name() != null && !named.contains(a.name()))
                    throw error(a, c.name() + " has no argument '" + a.name() + "'" + Suggestions.hint(a.name(), named));
        }
    }

    private static final Map<String, Takes> FUNCTIONS = new LinkedHashMap<>();

    static {
        Takes columns = new Takes(Integer.MAX_VALUE), one = new Takes(1), two = new Takes(2), random = new Takes(3);
        Takes array = new Takes(1, "test");
        Takes tokens = new Takes(2, "vocabulary", "test");
        FUNCTIONS.put("column", columns);
        FUNCTIONS.put("columns", columns);
        for (String f : List.of("file", "idx", "npy")) FUNCTIONS.put(f, array);
        FUNCTIONS.put("safetensors", new Takes(2, "test"));
        for (String f : List.of("window", "next", "previous")) FUNCTIONS.put(f, two);
        for (String f : List.of("standardize", "minmax", "labels")) FUNCTIONS.put(f, one);
        FUNCTIONS.put("onehot", two);
        FUNCTIONS.put("characters", tokens);
        FUNCTIONS.put("words", tokens);
        FUNCTIONS.put("length", one);
        FUNCTIONS.put("uniform", random);
        FUNCTIONS.put("normal", random);
        FUNCTIONS.put("row", new Takes(0));
    }

    /** An error if the arguments are too many, or have names that a function does not know. */
    static void check(Tree.Call c, Op scalar) {
        Takes takes = scalar != null ? new Takes(scalar.arity()) : FUNCTIONS.get(c.name());
        if (takes != null) takes.check(c);
    }

    /** The names of all functions. */
    static Set<String> functions() {
        return FUNCTIONS.keySet();
    }

    static SourceException error(Tree at, String message, String... notes) {
        return new SourceException(List.of(Diagnostic.of(at.span(), message, notes)), message);
    }

    static int count(Tree.Call c) {
        return (int) c.arguments().stream().filter(a -> a.name() == null).count();
    }

    static Tree.Expression positional(Tree.Call c, int i) {
        List<Tree.Argument> p = c.arguments().stream().filter(a -> a.name() == null).toList();
        if (i >= p.size()) throw error(c, c.name() + " needs " + (i + 1) + " argument" + (i == 0 ? "" : "s"));
        return p.get(i).value();
    }

    static Tree.Expression named(Tree.Call c, String name) {
        return c.arguments().stream().filter(a -> name.equals(a.name())).map(Tree.Argument::value).findFirst().orElse(null);
    }

    static int whole(Tree.Call c, int i, int least) {
        Tree.Expression e = positional(c, i);
        if (e instanceof Tree.Number n && n.value() == Math.rint(n.value()) && n.value() >= least && n.value() < 1e9)
            return (int) n.value();
        throw error(e, "expected a whole number, at least " + least);
    }

    static double number(Tree.Expression e) {
        if (e instanceof Tree.Number n) return n.value();
        if (e instanceof Tree.Unary u && u.operator().equals("-") && u.operand() instanceof Tree.Number n) return -n.value();
        throw error(e, "expected a number");
    }

    private Arguments() {}
}
