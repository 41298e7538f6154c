package org.nnl.emit.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.nnl.Options.Precision;
import org.nnl.emit.Compiled;
import org.nnl.emit.formula.Dialect;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;
import org.nnl.schedule.Product;

/** A class with the kernels of some products, its arrays as public fields. */
final class ProductClass {
    static final class Plain implements Surroundings {
        @Override
        public String count(Count c) {
            return c.batch() ? c.factor() == 1 ? "examples" : c.factor() + " * examples" : Integer.toString(c.factor());
        }

        @Override
        public String index(Affine a) {
            List<String> terms = new ArrayList<>();
            for (Affine.Term t : a.terms()) {
                String atom = t.atom() instanceof Affine.Variable v ? v.name() : "";
                String c = t.coefficient().isOne() && !atom.isEmpty() ? "" : "(" + count(t.coefficient()) + ")";
                terms.add(c + (c.isEmpty() || atom.isEmpty() ? "" : " * ") + atom);
            }
            return terms.isEmpty() ? "0" : String.join(" + ", terms);
        }

        @Override
        public String array(String name) {
            return name;
        }

        @Override
        public boolean isInteger(String array) {
            return false;
        }

        @Override
        public boolean isField(String array) {
            return false;
        }

        @Override
        public boolean isWide(String array) {
            return false;
        }
    }

    private ProductClass() {}

    static Object instance(List<Product> products, List<Tiling> tilings, boolean vector, Precision precision) {
        try {
            var c = Compiled.of("Products", text(products, tilings, vector, precision)).getDeclaredConstructor();
            c.setAccessible(true);
            return c.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    static String text(List<Product> products, List<Tiling> tilings, boolean vector, Precision precision) {
        String real = precision.java(), box = precision == Precision.FLOAT ? "Float" : "Double";
        StringBuilder s = new StringBuilder("import jdk.incubator.vector.*;\npublic final class Products {\n");
        if (vector)
            s.append("static final VectorSpecies<" + box + "> SPECIES = " + box + "Vector.SPECIES_PREFERRED;\n")
                    .append("static final int LANES = SPECIES.length();\n");
        Set<String> arrays = new TreeSet<>(List.of("a", "b", "c", "d", "e"));
        Set<String> functions = new TreeSet<>();
        for (int k = 0; k < products.size(); k++) {
            Product p = products.get(k);
            Kernel kernel = vector
                    ? VectorProduct.of(p, tilings.get(k), "p" + k, List.of(), new Plain(), precision)
                    : ScalarProduct.of(p, "p" + k, List.of(), new Plain(), precision);
            kernel.buffers().forEach(b -> s.append(b).append('\n'));
            kernel.methods().forEach(s::append);
            functions.addAll(kernel.functions());
            s.append("public void run" + k + "(int examples) { " + kernel.call() + " }\n");
        }
        for (String a : arrays) s.append("public " + real + "[] " + a + ";\n");
        functions.forEach(f -> s.append(Dialect.function(f)));
        return s.append("}\n").toString();
    }

    static void set(Object instance, String field, Object value) {
        try {
            instance.getClass().getField(field).set(instance, value);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    static Runnable runner(Object instance, int k, int examples) {
        try {
            var m = java.lang.invoke.MethodHandles.publicLookup()
                    .unreflect(instance.getClass().getMethod("run" + k, int.class))
                    .bindTo(instance);
            return () -> {
                try {
                    m.invoke(examples);
                } catch (Throwable t) {
                    throw new AssertionError(t);
                }
            };
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
