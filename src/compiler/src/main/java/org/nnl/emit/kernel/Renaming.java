package org.nnl.emit.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Op;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Inside;
import org.nnl.schedule.Step;
import org.nnl.schedule.Value;

/**
 * Steps over parameters instead of a class's arrays: every array, and every place where an array's part begins, gets
 * another name, and what stands for it here is collected as an argument. Strides and sizes stay. Steps that differ in
 * arrays and places alone become equal ones, and can share a method.
 */
public final class Renaming {

    /** New names. Different names stay different. */
    public interface Names {
        /** Of an array; null if it is to stay. */
        String array(String name);

        /** Of a loop's variable. */
        String variable(String name);

        /** Of a local. */
        String local(String name);

        /**
         * Of an integer that loops around decide; null if it is to stay.
         *
         * @param array the new name of the array in whose address it stands, or another word for what it counts
         */
        String place(Affine at, String array);
    }

    /** What a place counts that is the number of a stream of random numbers. */
    public static final String STREAM = "stream";

    private final Surroundings around;
    private final Names names;
    private final Map<String, String> arrays = new HashMap<>();
    private final Map<String, String> variables = new HashMap<>();
    private final Map<String, String> locals = new HashMap<>();
    private final Map<Affine, String> places = new HashMap<>();
    private final Map<Integer, String> streams = new HashMap<>();
    private final Map<Parameter, String> taken = new LinkedHashMap<>();

    public Renaming(Surroundings around, Names names) {
        this.around = around;
        this.names = names;
    }

    /** The parameters so far, in the order in which they were met. */
    public List<Parameter> parameters() {
        return List.copyOf(taken.keySet());
    }

    /** What is handed over for each parameter, as Java. */
    public List<String> arguments() {
        return List.copyOf(taken.values());
    }

    /** New names of arrays by the old ones. */
    public Map<String, String> arrays() {
        return arrays;
    }

    /** New names of loops' variables by the old ones. */
    public Map<String, String> variables() {
        return variables;
    }

    /** New names of locals by the old ones. */
    public Map<String, String> locals() {
        return locals;
    }

    /** Adds a parameter that nothing else asks for. */
    void take(Parameter p, String argument) {
        taken.putIfAbsent(p, argument);
    }

    /** Gives an array a name before it is met. */
    void name(String array, String name) {
        arrays.put(array, name);
    }

    boolean knows(String array) {
        return arrays.containsKey(array);
    }

    /** Gives a variable a name: of all that is computed from it, that much is not a place. */
    void variable(String name, String to) {
        variables.put(name, to);
    }

    /** Gives a local a name before it is met. */
    void local(String name, String to) {
        locals.put(name, to);
    }

    String array(String name) {
        String to = arrays.containsKey(name) ? arrays.get(name) : names.array(name);
        arrays.put(name, to);
        if (to == null) return name;
        boolean field = around.isField(name);
        Parameter.Kind kind = around.isWide(name) ? Parameter.Kind.WIDE
                : around.isInteger(name) ? field ? Parameter.Kind.INTEGER : Parameter.Kind.INTEGERS
                : field ? Parameter.Kind.REAL : Parameter.Kind.REALS;
        taken.putIfAbsent(new Parameter(to, kind), around.array(name));
        return to;
    }

    /** An integer that loops around decide: 0, or a parameter. */
    Affine place(Affine at, String array) {
        if (at.isZero()) return Affine.ZERO;
        String name = places.containsKey(at) ? places.get(at) : names.place(at, array);
        places.put(at, name);
        if (name == null) return at;
        taken.putIfAbsent(Parameter.integer(name), around.index(at));
        return Affine.variable(name);
    }

    /** An address: what loops' variables and look-ups contribute stays, the rest is a place. */
    Affine address(Affine at, String array) {
        Affine own = Affine.ZERO;
        List<Affine.Term> rest = new ArrayList<>();
        for (Affine.Term t : at.terms()) {
            if (t.atom() instanceof Affine.Variable v && variables.containsKey(v.name())) {
                own = own.plus(Affine.variable(variables.get(v.name())).times(t.coefficient()));
            } else if (t.atom() instanceof Affine.Element e) {
                String name = array(e.array());
                own = own.plus(Affine.element(name, address(e.at(), name)).times(t.coefficient()));
            } else {
                rest.add(t);
            }
        }
        return place(new Affine(rest), array).plus(own);
    }

    public List<Step> steps(List<Step> steps) {
        List<Step> out = new ArrayList<>();
        for (Step s : steps) out.add(step(s));
        return out;
    }

    Step step(Step s) {
        if (s instanceof Step.Loop l) {
            Affine from = bound(l.from()), to = bound(l.to());
            String v = variables.computeIfAbsent(l.variable(), names::variable);
            return new Step.Loop(v, from, to, l.kind(), l.unroll(), steps(l.body()));
        }
        if (s instanceof Step.When w) return new Step.When(tests(w.inside()), steps(w.body()));
        if (s instanceof Step.Let l) {
            Value v = value(l.value());
            return new Step.Let(local(l.local()), v);
        }
        if (s instanceof Step.Start a) return new Step.Start(local(a.local()), a.fold());
        if (s instanceof Step.Accumulate a) return new Step.Accumulate(local(a.local()), a.fold(), value(a.value()));
        if (s instanceof Step.Best b) {
            Map<String, Affine> positions = new LinkedHashMap<>();
            b.positions().forEach((at, p) -> positions.put(local(at), address(p, at)));
            return new Step.Best(local(b.best()), value(b.value()), positions);
        }
        if (s instanceof Step.Store w) {
            String array = array(w.array());
            return new Step.Store(array, address(w.at(), array), tests(w.inside()), w.fold(), value(w.value()));
        }
        throw new IllegalArgumentException("no parameters for " + s);
    }

    /** A bound of a loop: its number stays. */
    private Affine bound(Affine a) {
        List<Affine.Term> number = a.terms().stream().filter(t -> t.atom() instanceof Affine.One).toList();
        List<Affine.Term> rest = a.terms().stream().filter(t -> !(t.atom() instanceof Affine.One)).toList();
        return address(new Affine(rest), "").plus(new Affine(number));
    }

    private List<Inside> tests(List<Inside> tests) {
        return tests.stream().map(i -> new Inside(address(i.index(), ""), i.size(), i.low(), i.high())).toList();
    }

    private String local(String name) {
        return locals.computeIfAbsent(name, names::local);
    }

    Value value(Value v) {
        if (v instanceof Value.Local l) return new Value.Local(local(l.name()));
        if (v instanceof Value.Whole w) return new Value.Whole(address(w.value(), ""));
        if (v instanceof Value.Load l) {
            String array = array(l.array());
            return new Value.Load(array, address(l.at(), array), tests(l.inside()), l.boundary());
        }
        if (!(v instanceof Value.Apply a)) return v;
        List<Value> arguments = new ArrayList<>();
        for (int k = 0; k < a.arguments().size(); k++) {
            Value x = a.arguments().get(k);
            boolean stream = a.op() == Op.UNIFORM && k == 1
                    && x instanceof Value.Number n && n.value() == (int) n.value();
            arguments.add(stream ? stream((int) ((Value.Number) x).value()) : value(x));
        }
        return new Value.Apply(a.op(), arguments);
    }

    /** Which of a class's streams of random numbers it is: layers that are alike differ in it. */
    private Value stream(int number) {
        String name = streams.containsKey(number) ? streams.get(number) : names.place(Affine.of(number), STREAM);
        streams.put(number, name);
        if (name == null) return new Value.Number(number);
        taken.putIfAbsent(Parameter.integer(name), Integer.toString(number));
        return new Value.Whole(Affine.variable(name));
    }
}
