package org.nnl;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.lang.model.SourceVersion;
import org.nnl.emit.WriteClass;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.Span;
import org.nnl.syntax.Tree;

/**
 * Names of a model that its class cannot have, with their places. Words of Java are none of them: the class adds an
 * underscore to these. But a field called {@code Math} would hide the type.
 */
final class JavaNames {
    /** Constants of a class. */
    private static final Pattern CONSTANTS = Pattern.compile("BATCH|SPECIES|WHOLE|LANES|CHUNK|AHEAD_[0-9]+");

    private final Tree.Unit unit;
    private final Program program;
    private final List<Diagnostic> problems = new ArrayList<>();

    private JavaNames(Tree.Unit unit, Program program) {
        this.unit = unit;
        this.program = program;
    }

    /** All that is wrong with the names of a program whose class has this name. */
    static List<Diagnostic> problems(Tree.Unit unit, Program program, String className) {
        JavaNames names = new JavaNames(unit, program);
        names.ofTheClass(className);
        names.hiding();
        names.arguments();
        return names.problems;
    }

    private void ofTheClass(String name) {
        String objection = WriteClass.objection(name);
        if (objection != null)
            problems.add(Diagnostic.of(
                    model(), "the class cannot be called '" + name + "', " + objection,
                    "name the model otherwise, '" + name + "Model' for example"));
    }

    private void hiding() {
        Set<String> all = new LinkedHashSet<>();
        for (Graph g : program.graphs().values()) {
            all.addAll(g.tensors().keySet());
            for (Equation e : g.equations()) for (Axis a : e.box()) all.add(a.name());
        }
        for (String n : all) {
            boolean type = Character.isUpperCase(n.charAt(0)) && WriteClass.objection(n) != null;
            if (type || CONSTANTS.matcher(n).matches())
                problems.add(Diagnostic.of(
                        declared(n), "nothing in a model can be called '" + n + "', since its class uses a "
                                + (type ? "type" : "constant") + " of that name"));
        }
    }

    /** What methods are given and give are arguments, in whose names other letters than those of ASCII become underscores. */
    private void arguments() {
        Set<String> names = new LinkedHashSet<>();
        for (Tensor t : program.inputs()) names.add(t.name());
        for (Tensor t : program.targets()) names.add(t.name());
        names.addAll(program.outputs());
        Map<String, String> taken = new HashMap<>();
        for (String n : names) {
            String java = n.replaceAll("\\W", "_");
            if (SourceVersion.isKeyword(java)) java += "_";
            String other = taken.put(java, n);
            if (other != null)
                problems.add(Diagnostic.of(
                        declared(n), "'" + n + "' and '" + other + "' are the same name in Java, " + java));
        }
    }

    private Span model() {
        return unit.definitions().stream()
                .filter(d -> d instanceof Tree.Model && d.name().equals(program.name()))
                .map(Tree.Definition::span)
                .findFirst()
                .orElse(unit.span());
    }

    /** Where the file declares or defines a name, or else where it mentions it; the model's name if it does not. */
    private Span declared(String name) {
        Span found = find(unit, t -> t instanceof Tree.Declaration d && d.name().equals(name)
                || t instanceof Tree.AxisDeclaration a && a.name().equals(name)
                || t instanceof Tree.Metric m && m.name().equals(name)
                || t instanceof Tree.Loss l && l.name().equals(name));
        if (found == null) found = find(unit, t -> t instanceof Tree.Left l && l.name().equals(name));
        if (found == null) found = find(unit, t -> t instanceof Tree.Name n && n.name().equals(name));
        if (found == null) return model();
        return new Span(found.file(), found.line(), found.column(), name.length());
    }

    private static Span find(Object node, Predicate<Tree> wanted) {
        if (node instanceof Tree t && wanted.test(t)) return t.span();
        if (node instanceof List<?> list) {
            for (Object o : list) {
                Span found = find(o, wanted);
                if (found != null) return found;
            }
        }
        if (!(node instanceof Tree)) return null;
        for (RecordComponent c : node.getClass().getRecordComponents()) {
            try {
                Span found = find(c.getAccessor().invoke(node), wanted);
                if (found != null) return found;
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException(e);
            }
        }
        return null;
    }
}
