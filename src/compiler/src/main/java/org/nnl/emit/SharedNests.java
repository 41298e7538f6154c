package org.nnl.emit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.lang.model.SourceVersion;
import org.nnl.Options;
import org.nnl.emit.formula.Dialect;
import org.nnl.emit.kernel.Parameter;
import org.nnl.emit.kernel.Renaming;
import org.nnl.emit.kernel.Surroundings;
import org.nnl.equations.Op;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Array;
import org.nnl.schedule.Routine;
import org.nnl.schedule.Schedule;
import org.nnl.schedule.SchedulePrinter;
import org.nnl.schedule.Step;
import org.nnl.schedule.Steps;
import org.nnl.schedule.Value;

/**
 * Loop nests that say the same of different arrays are one method, which every layer calls: HotSpot compiles it once, and
 * it is hot after the first steps however deep the network. As for the kernels of products, {@link Renaming} makes equal
 * what differs in arrays and places alone:
 * <pre>d_h1_b[i] += d_h1_sum[64*b + i]   and   d_h2_b[i] += d_h2_sum[64*b + i]   are   d_b[i] += d_sum[64*b + i]</pre>
 * Parameters are what differs; what is the same in all stays a field or a number.
 */
final class SharedNests {
    /**
     * Nests that share a method at least. Small networks have up to three of a kind (three layers); in a step of some microseconds a
     * call would be seen.
     */
    static final int LEAST = 4;

    /** Names of arrays where theirs have nothing in common. */
    private static final String LETTERS = "abcdefghnopruw";

    /** Bounds of a loop {@link #ofAnyLength}: variables that no model has. */
    private static final String START = "^", END = "$";

    /** Names of tensors in a comment at most. */
    private static final int MOST_NAMED = 6;

    private final Schedule schedule;
    private final Options options;
    private final Map<Key, List<Nest>> nests = new LinkedHashMap<>();
    private final Map<Key, Method> methods = new HashMap<>();
    private final Set<String> names = new HashSet<>();

    /** What nests that may share a method have in common. */
    private record Key(Step general, List<Parameter> parameters) {}

    /** A nest as a routine has it, and what the names in its general form stand for, in the order of their numbers. */
    private record Nest(
            Step.Loop loop, List<String> arrays, List<String> variables, List<String> locals, List<Affine> places,
            List<String> hints) {}

    /**
     * A method that nests share.
     *
     * @param loop       over the parameters
     * @param chosen     the names in it
     * @param parameters in order, without the number of examples
     * @param examples   whether it takes the number of examples
     * @param arrays     one that stands for each parameter that is an array or a field, by the parameter's name
     * @param comment    what it computes, and for which tensors
     */
    private record Method(
            String name, Step.Loop loop, Chosen chosen, List<Parameter> parameters, boolean examples, Map<String, Array> arrays,
            List<String> comment) {}

    /** @param alike nests that share a method at least */
    SharedNests(Schedule schedule, Options options, int alike) {
        this.schedule = schedule;
        this.options = options;
        for (Routine r : schedule.routines().values()) collect(Parts.of(r));
        nests.values().removeIf(n -> n.size() < alike);
        nests.forEach((key, all) -> methods.put(key, method(all)));
    }

    private void collect(List<Step> steps) {
        for (Step s : steps) {
            if (s instanceof Step.When w) collect(w.body());
            if (!(s instanceof Step.Loop own) || !isClosed(own)) continue;
            Step.Loop l = ofAnyLength(own);
            Recorder r = new Recorder();
            nests.computeIfAbsent(key(l, r), k -> new ArrayList<>())
                    .add(new Nest(l, r.arrays, r.variables, r.locals, r.places, r.hints));
        }
    }

    /**
     * A single loop with parameters for its bounds, so that long ones and short ones share a method: Adam for a layer's weights and
     * for its bias, whose loop is too short to be compiled soon by itself. A number of elements stays that is not whole vectors, since
     * the rest is computed in another way where it is known.
     */
    private Step.Loop ofAnyLength(Step.Loop l) {
        if (l.body().stream().anyMatch(s -> !Steps.inner(s).isEmpty())) return l;
        Integer from = l.from().constant(), to = l.to().constant();
        if (l.kind() == Step.Kind.DOWN || from != null && to != null && (to - from) % options.precision().lanes() != 0) return l;
        return new Step.Loop(l.variable(), Affine.variable(START), Affine.variable(END), l.kind(), l.unroll(), l.body());
    }

    private Key key(Step.Loop l, Recorder r) {
        Renaming renaming = new Renaming(new ClassSurroundings(schedule), r);
        Step general = renaming.steps(List.of(l)).get(0);
        return new Key(general, renaming.parameters());
    }

    /** Whether all it does is in its loops: it calls nothing, and neither locals nor fields leave it. */
    private boolean isClosed(Step.Loop l) {
        Set<String> declared = new HashSet<>(), used = new HashSet<>();
        boolean[] closed = {true}, stores = {false};
        Steps.visit(List.of(l), s -> {
            if (s instanceof Step.Let x) declared.add(x.local());
            else if (s instanceof Step.Start x) declared.add(x.local());
            else if (s instanceof Step.Accumulate x) used.add(x.local());
            else if (s instanceof Step.Best x) {
                used.add(x.best());
                used.addAll(x.positions().keySet());
            } else if (s instanceof Step.Store w) {
                stores[0] = true;
                closed[0] &= !schedule.array(w.array()).isField();
            } else if (!(s instanceof Step.Loop || s instanceof Step.When)) closed[0] = false;
            if (closed[0] && Steps.value(s) != null)
                Steps.value(s).visit(v -> {
                    if (v instanceof Value.Local x) used.add(x.name());
                });
        });
        return closed[0] && stores[0] && declared.containsAll(used);
    }

    /** The call that does what an outermost loop of a routine does; null if it shares no method. */
    String call(Step.Loop l) {
        if (methods.isEmpty() || !isClosed(l)) return null;
        Step.Loop general = ofAnyLength(l);
        Method m = methods.get(key(general, new Recorder()));
        if (m == null) return null;
        Surroundings around = new ClassSurroundings(schedule);
        Renaming own = new Renaming(around, m.chosen.again());
        own.steps(List.of(general));
        List<String> arguments = new ArrayList<>();
        for (Parameter p : m.parameters) {
            String argument = own.arguments().get(own.parameters().indexOf(p));
            boolean bound = general != l && (argument.equals(START) || argument.equals(END));
            arguments.add(bound ? around.index(argument.equals(START) ? l.from() : l.to()) : argument);
        }
        if (m.examples) arguments.add(JavaIntegers.EXAMPLES);
        return m.name + "(" + String.join(", ", arguments) + ");";
    }

    // ---- names

    /** Numbers everything, so that nests are compared, and keeps what it was. */
    private static final class Recorder implements Renaming.Names {
        private final List<String> arrays = new ArrayList<>(), variables = new ArrayList<>(), locals = new ArrayList<>(),
                hints = new ArrayList<>();
        private final List<Affine> places = new ArrayList<>();

        @Override
        public String array(String name) {
            arrays.add(name);
            return "a" + arrays.size();
        }

        @Override
        public String variable(String name) {
            variables.add(name);
            return "v" + variables.size();
        }

        @Override
        public String local(String name) {
            locals.add(name);
            return "l" + locals.size();
        }

        @Override
        public String place(Affine at, String array) {
            places.add(at);
            hints.add(array);
            return "p" + places.size();
        }
    }

    /** The names of a method, in the order in which they are asked for; null for what is the same in all nests. */
    private static final class Chosen implements Renaming.Names {
        private final List<String> arrays, variables, locals, places;

        /** Those of arrays that say nothing. */
        private final Set<String> letters;

        private int array, variable, local, place;

        Chosen(
                List<String> arrays, List<String> variables, List<String> locals, List<String> places, Set<String> letters) {
            this.letters = letters;
            this.arrays = arrays;
            this.variables = variables;
            this.locals = locals;
            this.places = places;
        }

        Chosen again() {
            return new Chosen(arrays, variables, locals, places, letters);
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
    }

    /** Names for all nests: what those of the nests have in common, {@code d_W} for {@code d_h1_W} and {@code d_h2_W}. */
    private Chosen chosen(List<Nest> all) {
        Set<String> taken = new HashSet<>(schedule.arrays().keySet());
        taken.addAll(List.of(JavaIntegers.EXAMPLES, Sharing.SCRATCH));
        Nest first = all.get(0);
        Set<String> letters = new HashSet<>();
        List<String> arrays = new ArrayList<>(), variables = new ArrayList<>(), locals = new ArrayList<>(),
                places = new ArrayList<>();
        for (int k = 0; k < first.arrays.size(); k++) {
            int at = k;
            List<String> names = all.stream().map(n -> n.arrays.get(at)).distinct().toList();
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
        for (int k = 0; k < first.places.size(); k++) {
            int at = k;
            Affine place = first.places.get(k);
            boolean same = all.stream().allMatch(n -> n.places.get(at).equals(place));
            boolean number = place.terms().stream().allMatch(t -> t.atom() instanceof Affine.One);
            if (same && number) places.add(null);
            else if (place.equals(Affine.variable(START))) places.add(free("start", taken));
            else if (place.equals(Affine.variable(END))) places.add(free("end", taken));
            else if (same && SourceVersion.isIdentifier(place.toString())) places.add(free(place.toString(), taken));
            else places.add(free(hint(first.hints.get(k), arrays), taken));
        }
        for (int k = 0; k < first.variables.size(); k++) {
            int at = k;
            List<String> names = all.stream().map(n -> n.variables.get(at)).distinct().toList();
            variables.add(free(names.get(0), taken));
        }
        for (int k = 0; k < first.locals.size(); k++) {
            int at = k;
            locals.add(local(common(all.stream().map(n -> n.locals.get(at)).distinct().toList()), taken));
        }
        return new Chosen(arrays, variables, locals, places, letters);
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
        while (tail < least - head && same(words, tail, SharedNests::reversed)) tail++;
        String[] some = words.get(0);
        List<String> kept = new ArrayList<>(Arrays.asList(some).subList(0, head));
        kept.addAll(Arrays.asList(some).subList(some.length - tail, some.length));
        String name = String.join("_", kept);
        return SourceVersion.isIdentifier(name) ? name : "";
    }

    private static String local(String common, Set<String> taken) {
        return free(common.isEmpty() ? "z" : common, taken);
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

    // ---- methods

    private Method method(List<Nest> all) {
        Chosen chosen = chosen(all);
        Nest first = all.get(0);
        Renaming renaming = new Renaming(new ClassSurroundings(schedule), chosen.again());
        Step.Loop loop = (Step.Loop) renaming.steps(List.of(first.loop)).get(0);
        List<Parameter> parameters = new ArrayList<>(renaming.parameters());
        parameters.sort(Comparator.comparing(Parameter::kind));
        Map<String, Array> arrays = new LinkedHashMap<>();
        for (int k = 0; k < first.arrays.size(); k++) {
            Array a = schedule.array(first.arrays.get(k));
            if (chosen.arrays.get(k) != null) arrays.put(chosen.arrays.get(k), a);
        }
        List<String> comment = new ArrayList<>(SchedulePrinter.print(List.of(loop)).lines().toList());
        comment.add(users(all));
        String name = unique(name(loop, chosen.letters));
        return new Method(name, loop, chosen, parameters, usesExamples(loop), arrays, comment);
    }

    /** {@code nest_W_4096_sqrt}: the last array it stores in, sizes of loops, functions. */
    private static String name(Step.Loop loop, Set<String> letters) {
        List<String> words = new ArrayList<>(List.of("nest"));
        Step.Store last = last(loop);
        if (last.value() instanceof Value.Number) words.add("fill");
        else if (!letters.contains(last.array())) words.add(last.array());
        if (!sizes(loop).isEmpty()) words.add(sizes(loop));
        words.addAll(functions(loop));
        return String.join("_", words);
    }

    private String unique(String name) {
        String candidate = name;
        for (int n = 2; !names.add(candidate); n++) candidate = name + "_v" + n;
        return candidate;
    }

    /** {@code For h.W, h2.W, h3.W.} */
    private String users(List<Nest> all) {
        List<String> tensors = all.stream().map(n -> schedule.array(last(n.loop).array()).tensor()).distinct().toList();
        if (tensors.size() <= MOST_NAMED) return "For " + String.join(", ", tensors) + ".";
        return "For " + String.join(", ", tensors.subList(0, MOST_NAMED - 2)) + ", … " + tensors.get(tensors.size() - 1) + ", "
                + tensors.size() + " tensors.";
    }

    /** What it computes in the end. */
    private static Step.Store last(Step.Loop l) {
        List<Step.Store> stores = Steps.stores(List.of(l));
        return stores.get(stores.size() - 1);
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

    private static boolean usesExamples(Step.Loop l) {
        List<Step> steps = List.of(l);
        boolean[] used = {false};
        for (Affine a : Steps.integers(steps)) used[0] |= a.usesBatch();
        for (Affine a : Steps.addresses(steps)) used[0] |= a.usesBatch();
        Steps.visit(steps, s -> {
            if (s instanceof Step.Store w) w.inside().forEach(i -> used[0] |= i.size().batch());
            if (s instanceof Step.When w) w.inside().forEach(i -> used[0] |= i.size().batch());
        });
        Steps.loads(steps).forEach(x -> x.inside().forEach(i -> used[0] |= i.size().batch()));
        return used[0];
    }

    /** The text of all methods; adds the static functions that they call. */
    List<String> methods(Set<String> functions) {
        List<String> texts = new ArrayList<>();
        nests.keySet().forEach(key -> texts.add(text(methods.get(key), functions)));
        return texts;
    }

    private String text(Method m, Set<String> functions) {
        Map<String, Array> arrays = new LinkedHashMap<>(schedule.arrays());
        m.arrays.forEach((name, a) -> arrays.put(name, new Array(
                name, a.tensor(), a.kind(), a.integer(), a.shape(), a.before(), a.after(), a.strides(), a.classes())));
        Schedule own = new Schedule(arrays, Map.of(), Map.of(), schedule.batch(), List.of());
        RoutineWriter w = new RoutineWriter(own, options, null, null, null);
        List<String> integers = m.parameters.stream().filter(p -> !p.isArray()).map(Parameter::name).toList();
        String body = w.body(new Routine("", List.of(), integers, List.of(m.loop)), m.arrays.keySet());
        functions.addAll(w.functions());
        Dialect d = Dialect.scalar(options.precision());
        List<String> declared = new ArrayList<>();
        for (Parameter p : m.parameters) declared.add(p.declaration(d.real(), ""));
        if (m.examples) declared.add("int " + JavaIntegers.EXAMPLES);
        boolean fields = schedule.arrays().keySet().stream()
                .anyMatch(a -> Pattern.compile("\\b" + a + "\\b").matcher(body).find());
        StringBuilder s = new StringBuilder("private " + (fields ? "" : "static ") + "void " + m.name + "("
                + String.join(", ", declared) + ") {\n");
        for (String c : m.comment) s.append("    // ").append(c).append('\n');
        return s.append(body.indent(4)).append("}\n").toString();
    }
}
