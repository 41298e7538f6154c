package org.nnl.emit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import javax.lang.model.SourceVersion;
import org.nnl.emit.kernel.Renaming;
import org.nnl.equations.Fold;
import org.nnl.equations.Op;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Step;
import org.nnl.schedule.Steps;
import org.nnl.schedule.Value;

/**
 * The names in a method that nests share, in the order in which they are asked for; null for what is the same in all nests.
 * They say what the nests' own have in common: {@code d_W} for {@code d_h1_W} and {@code d_h2_W}.
 */
final class NestNames implements Renaming.Names {
    /** Names of arrays where theirs have nothing in common. */
    private static final String LETTERS = "abcdefghnopruw";

    private final List<String> arrays, variables, locals, places;

    /** Those of arrays that say nothing. */
    private final Set<String> letters;

    private int array, variable, local, place;

    private NestNames(
            List<String> arrays, List<String> variables, List<String> locals, List<String> places, Set<String> letters) {
        this.arrays = arrays;
        this.variables = variables;
        this.locals = locals;
        this.places = places;
        this.letters = letters;
    }

    /**
     * Names for nests that are equal in general form.
     *
     * @param taken names that something else has; those chosen are added
     */
    static NestNames of(List<Nest> all, Set<String> taken) {
        Nest first = all.get(0);
        Set<String> letters = new HashSet<>();
        List<String> arrays = new ArrayList<>(), variables = new ArrayList<>(), locals = new ArrayList<>(),
                places = new ArrayList<>();
        for (int k = 0; k < first.arrays().size(); k++) {
            List<String> names = called(all, Nest::arrays, k);
            String common = common(names);
            if (names.size() == 1) {
                arrays.add(null);
            } else if (common.isEmpty() || taken.contains(common)) {
                arrays.add(free(letter(taken), taken));
                letters.add(arrays.get(k));
            } else {
                arrays.add(free(common, taken));
            }
        }
        for (int k = 0; k < first.places().size(); k++) {
            int at = k;
            Affine place = first.places().get(k);
            boolean same = all.stream().allMatch(n -> n.places().get(at).equals(place));
            boolean number = place.terms().stream().allMatch(t -> t.atom() instanceof Affine.One);
            if (same && number) places.add(null);
            else if (place.equals(Affine.variable(Nest.START))) places.add(free("start", taken));
            else if (place.equals(Affine.variable(Nest.END))) places.add(free("end", taken));
            else if (same && SourceVersion.isIdentifier(place.toString())) places.add(free(place.toString(), taken));
            else places.add(free(hint(first.hints().get(k), arrays), taken));
        }
        for (int k = 0; k < first.variables().size(); k++)
            variables.add(free(called(all, Nest::variables, k).get(0), taken));
        for (int k = 0; k < first.locals().size(); k++) {
            String common = common(called(all, Nest::locals, k));
            locals.add(free(common.isEmpty() ? "z" : common, taken));
        }
        return new NestNames(arrays, variables, locals, places, letters);
    }

    /** What the nests call what has a number in general form, without repetition. */
    private static List<String> called(List<Nest> all, Function<Nest, List<String>> names, int number) {
        return all.stream().map(n -> names.apply(n).get(number)).distinct().toList();
    }

    /** The same, to be asked for from the beginning. */
    NestNames again() {
        return new NestNames(arrays, variables, locals, places, letters);
    }

    /** By the number of an array in the general form. */
    String array(int number) {
        return arrays.get(number);
    }

    @Override
    public String array(String name) {
        return arrays.get(array++);
    }

    @Override
    public String variable(String name) {
        return variables.get(variable++);
    }

    @Override
    public String local(String name) {
        return locals.get(local++);
    }

    @Override
    public String place(Affine at, String hint) {
        return places.get(place++);
    }

    /** The method's, {@code nest_W_4096_sqrt} or {@code nest_sum_d_W}: the last array it stores in, sizes of loops, functions. */
    String method(List<Step> steps) {
        Step.Loop loop = Nest.loop(steps);
        List<String> words = new ArrayList<>(List.of("nest"));
        if (steps.get(0) instanceof Step.Start s) {
            words.add(s.fold() == Fold.SUM ? "sum" : "max");
            arrays.stream().filter(a -> a != null && !letters.contains(a)).limit(1).forEach(words::add);
        } else {
            Step.Store last = Nest.last(loop);
            if (last.value() instanceof Value.Number) words.add("fill");
            else if (!letters.contains(last.array())) words.add(last.array());
        }
        if (!sizes(loop).isEmpty()) words.add(sizes(loop));
        words.addAll(functions(loop));
        return String.join("_", words);
    }

    private static String sizes(Step.Loop l) {
        List<String> sizes = new ArrayList<>();
        for (Step.Loop in = l; in != null; ) {
            if (in.from().isZero() && in.to().terms().stream().allMatch(t -> t.atom() instanceof Affine.One))
                sizes.add(in.to().toString().replace("*", "").replace(" ", ""));
            in = in.body().stream().filter(s -> s instanceof Step.Loop).map(s -> (Step.Loop) s).findFirst().orElse(null);
        }
        return sizes.stream().filter(s -> s.matches("\\w+")).collect(Collectors.joining("x"));
    }

    /** Up to three functions it calls. */
    private static Set<String> functions(Step.Loop l) {
        Set<String> functions = new TreeSet<>();
        Steps.visit(List.of(l), s -> {
            if (Steps.value(s) != null)
                Steps.value(s).visit(v -> {
                    if (v instanceof Value.Apply a && !a.op().isInfix() && a.op() != Op.NEG && a.op().symbol().matches("\\w+"))
                        functions.add(a.op().symbol());
                });
        });
        return functions.size() <= 3 ? functions : Set.of();
    }

    /** {@code at_W} for a place in what is called W. */
    private static String hint(String hint, List<String> arrays) {
        if (hint.equals(Renaming.STREAM)) return hint;
        String array = hint.matches("a\\d+") ? arrays.get(Integer.parseInt(hint.substring(1)) - 1) : null;
        return array == null ? "at" : "at_" + array;
    }

    /** The words with which all begin, and those with which all end; empty if they make no name. */
    private static String common(List<String> names) {
        List<String[]> words = names.stream().map(n -> n.split("_")).toList();
        int least = words.stream().mapToInt(w -> w.length).min().orElse(0);
        int head = 0, tail = 0;
        while (head < least && same(words, head, w -> w)) head++;
        while (tail < least - head && same(words, tail, NestNames::reversed)) tail++;
        String[] some = words.get(0);
        List<String> kept = new ArrayList<>(Arrays.asList(some).subList(0, head));
        kept.addAll(Arrays.asList(some).subList(some.length - tail, some.length));
        String name = String.join("_", kept);
        return SourceVersion.isIdentifier(name) ? name : "";
    }

    private static String letter(Set<String> taken) {
        for (char c : LETTERS.toCharArray()) if (!taken.contains(Character.toString(c))) return Character.toString(c);
        return "p";
    }

    private static boolean same(List<String[]> words, int at, UnaryOperator<String[]> read) {
        return words.stream().map(w -> read.apply(w)[at]).distinct().count() == 1;
    }

    private static String[] reversed(String[] words) {
        String[] r = new String[words.length];
        for (int k = 0; k < r.length; k++) r[k] = words[r.length - 1 - k];
        return r;
    }

    private static String free(String name, Set<String> taken) {
        String free = name;
        for (int n = 2; SourceVersion.isKeyword(free) || !taken.add(free); n++) free = name + n;
        return free;
    }
}
