package org.nnl.emit.kernel;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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

    private static final class Building implements Renaming.Names {
        private final Product p;
        private final Surroundings around;
        private final Renaming renaming;
        private final Set<String> places = new HashSet<>();
        private int letters;
        private int locals;

        Building(Product p, Surroundings around) {
            this.p = p;
            this.around = around;
            this.renaming = new Renaming(around, this);
        }

        Parametrised result() {
            String nameC = p.c().array().equals(p.a().array()) ? "a" : p.c().array().equals(p.b().array()) ? "b" : "c";
            renaming.name(p.c().array(), nameC);
            renaming.local(Product.SUM, Product.SUM);
            Product.Operand a = operand(p.a(), p.startA(), "a"), b = operand(p.b(), p.startB(), "b");
            renaming.variable(p.row(), "i");
            renaming.variable(p.column(), "j");
            // the result is last among the arrays, wherever the epilogue mentions it
            for (Step s : p.epilogue()) declare(s);
            renaming.array(p.c().array());
            Affine atC = renaming.place(p.c().offset(), nameC);
            List<Step> epilogue = renaming.steps(p.epilogue());
            Count rows = p.rows().batch() ? new Count(1, true) : p.rows();
            List<Product.Inner> inner = p.inner().stream().map(this::inner).toList();
            Product general = new Product(
                    a, b, new Product.Result(nameC, atC, p.c().rowStride(), p.c().columnStride()),
                    rows, p.columns(), inner, p.accumulate(), "i", "j", epilogue);
            if (usesExamples(general)) renaming.take(Parameter.integer("examples"), "examples");
            return new Parametrised(general, renaming.parameters(), renaming.arguments());
        }

        private Product.Operand operand(Product.Operand o, Affine start, String name) {
            if (!renaming.knows(o.array())) renaming.name(o.array(), name);
            String array = renaming.array(o.array());
            return new Product.Operand(array, renaming.place(o.offset().plus(start), array), o.stride(), o.runs());
        }

        /** A loop over some examples begins where the factors do; how many they are is a parameter. */
        private Product.Inner inner(Product.Inner i) {
            if (i.part() == null) return i;
            renaming.take(Parameter.integer(Kernel.OWN), around.index(i.part().size()));
            Product.Part own = new Product.Part(Affine.ZERO, Affine.variable(Kernel.OWN));
            return new Product.Inner(i.count(), i.aStride(), i.bStride(), own);
        }

        private void declare(Step s) {
            Value v = s instanceof Step.Let l ? l.value() : ((Step.Store) s).value();
            v.visit(x -> {
                if (x instanceof Value.Load l && !renaming.knows(l.array()))
                    renaming.address(l.at(), renaming.array(l.array()));
            });
            if (s instanceof Step.Store w && !renaming.knows(w.array()))
                renaming.address(w.at(), renaming.array(w.array()));
        }

        @Override
        public String array(String name) {
            int n = letters++;
            return n < LETTERS.length() ? LETTERS.substring(n, n + 1) : "p" + n;
        }

        @Override
        public String variable(String name) {
            throw new IllegalArgumentException("a loop in an epilogue");
        }

        @Override
        public String local(String name) {
            return "z" + ++locals;
        }

        @Override
        public String place(Affine at, String array) {
            String base = array.equals(Renaming.STREAM) ? array : "at" + array.toUpperCase(Locale.ROOT), fresh = base;
            for (int n = 2; !places.add(fresh); n++) fresh = base + n;
            return fresh;
        }

        private static boolean usesExamples(Product p) {
            boolean[] used = {p.columns().batch() || p.a().stride().batch() || p.b().stride().batch()
                    || p.c().rowStride().batch() || p.c().columnStride().batch()};
            for (Product.Inner i : p.inner())
                used[0] |= i.count().batch() && i.part() == null || i.aStride().batch() || i.bStride().batch();
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
