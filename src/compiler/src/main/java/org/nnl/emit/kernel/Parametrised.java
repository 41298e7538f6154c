package org.nnl.emit.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;
import org.nnl.schedule.Product;
import org.nnl.schedule.Step;
import org.nnl.schedule.Value;

/**
 * A product over parameters instead of a class's arrays: factors {@code a} and {@code b}, result {@code c}, further
 * arrays of the epilogue as letters, the place where an array's part begins as a parameter of its own unless it is 0.
 * Strides and sizes stay. Products that differ in arrays and places alone have equal ones, and share a kernel.
 *
 * @param product    with names of parameters for arrays, and rows {@code i} and columns {@code j}
 * @param parameters factors and the epilogue's reads first, the result last, then the number of examples if it matters
 * @param arguments  what this product hands over for each, as Java
 */
record Parametrised(Product product, List<Parameter> parameters, List<String> arguments) {
    private static final String LETTERS = "defghmnopruw";

    static Parametrised of(Product p, Surroundings around) {
        return new Building(p, around).result();
    }

    private static final class Building {
        private final Product p;
        private final Surroundings around;

        /** Names of arrays here by their names in the class. */
        private final Map<String, String> arrays = new HashMap<>();

        private final Map<Affine, String> places = new HashMap<>();
        private final Map<String, String> locals = new HashMap<>(Map.of(Product.SUM, Product.SUM));
        private final Map<Parameter, String> taken = new LinkedHashMap<>();
        private int letters;

        Building(Product p, Surroundings around) {
            this.p = p;
            this.around = around;
        }

        Parametrised result() {
            String nameC = p.c().array().equals(p.a().array()) ? "a" : p.c().array().equals(p.b().array()) ? "b" : "c";
            arrays.put(p.c().array(), nameC);
            Product.Operand a = operand(p.a(), "a"), b = operand(p.b(), "b");
            List<Step> epilogue = new ArrayList<>();
            // the result is last among the arrays, wherever the epilogue mentions it
            for (Step s : p.epilogue()) declare(s);
            declare(p.c().array(), nameC);
            Affine atC = place(p.c().offset(), nameC);
            for (Step s : p.epilogue()) epilogue.add(step(s));
            Count rows = p.rows().batch() ? new Count(1, true) : p.rows();
            Product general = new Product(
                    a, b, new Product.Result(nameC, atC, p.c().rowStride(), p.c().columnStride()),
                    rows, p.columns(), p.inner(), p.accumulate(), "i", "j", epilogue);
            if (usesExamples(general)) taken.put(Parameter.integer("examples"), "examples");
            return new Parametrised(general, List.copyOf(taken.keySet()), List.copyOf(taken.values()));
        }

        private Product.Operand operand(Product.Operand o, String name) {
            String array = arrays.computeIfAbsent(o.array(), x -> name);
            declare(o.array(), array);
            return new Product.Operand(array, place(o.offset(), array), o.stride());
        }

        private void declare(String array, String name) {
            boolean field = around.isField(array);
            Parameter.Kind kind = around.isWide(array) ? Parameter.Kind.WIDE
                    : around.isInteger(array) ? field ? Parameter.Kind.INTEGER : Parameter.Kind.INTEGERS
                    : field ? Parameter.Kind.REAL : Parameter.Kind.REALS;
            taken.putIfAbsent(new Parameter(name, kind), around.array(array));
        }

        private void declare(Step s) {
            Value v = s instanceof Step.Let l ? l.value() : ((Step.Store) s).value();
            v.visit(x -> {
                if (x instanceof Value.Load l && !arrays.containsKey(l.array())) {
                    declare(l.array(), array(l.array()));
                    address(l.at(), array(l.array()));
                }
            });
            if (s instanceof Step.Store w && !arrays.containsKey(w.array())) {
                declare(w.array(), array(w.array()));
                address(w.at(), array(w.array()));
            }
        }

        private String array(String name) {
            return arrays.computeIfAbsent(name, x -> letter());
        }

        private String letter() {
            int n = letters++;
            return n < LETTERS.length() ? LETTERS.substring(n, n + 1) : "p" + n;
        }

        /** An integer that loops around decide: 0, or a parameter. */
        private Affine place(Affine at, String array) {
            if (at.isZero()) return Affine.ZERO;
            String name = places.computeIfAbsent(at, x -> {
                String base = "at" + array.toUpperCase(java.util.Locale.ROOT), fresh = base;
                for (int n = 2; places.containsValue(fresh); n++) fresh = base + n;
                return fresh;
            });
            taken.putIfAbsent(Parameter.integer(name), around.index(at));
            return Affine.variable(name);
        }

        /** An address: what row and column contribute stays, the rest is a place. */
        private Affine address(Affine at, String array) {
            Affine rest = at.substitute(v -> v.equals(p.row()) || v.equals(p.column()) ? Affine.ZERO : null);
            return place(rest, array)
                    .plus(Affine.variable("i").times(at.coefficient(p.row())))
                    .plus(Affine.variable("j").times(at.coefficient(p.column())));
        }

        private Step step(Step s) {
            if (s instanceof Step.Let l) {
                Value v = value(l.value());
                return new Step.Let(locals.computeIfAbsent(l.local(), x -> "z" + locals.size()), v);
            }
            Step.Store w = (Step.Store) s;
            String array = array(w.array());
            return new Step.Store(array, address(w.at(), array), w.inside(), w.fold(), value(w.value()));
        }

        private Value value(Value v) {
            return v.rewrite(x -> {
                if (x instanceof Value.Local l) return new Value.Local(locals.getOrDefault(l.name(), l.name()));
                if (x instanceof Value.Load l)
                    return new Value.Load(array(l.array()), address(l.at(), array(l.array())), l.inside(), l.boundary());
                return x;
            });
        }

        private static boolean usesExamples(Product p) {
            boolean[] used = {p.columns().batch() || p.a().stride().batch() || p.b().stride().batch()
                    || p.c().rowStride().batch() || p.c().columnStride().batch()};
            for (Product.Inner i : p.inner())
                used[0] |= i.count().batch() || i.aStride().batch() || i.bStride().batch();
            for (Step s : p.epilogue()) {
                if (s instanceof Step.Store w) used[0] |= w.at().usesBatch();
                Value v = s instanceof Step.Let l ? l.value() : ((Step.Store) s).value();
                v.visit(x -> {
                    if (x instanceof Value.Load l) used[0] |= l.at().usesBatch();
                    if (x instanceof Value.Whole w) used[0] |= w.value().usesBatch();
                });
            }
            return used[0];
        }
    }
}
