package org.nnl.emit.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nnl.Options;
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
        Options options = Options.DEFAULT.with(vector ? Options.Backend.VECTOR : Options.Backend.SCALAR, precision);
        StringBuilder s = new StringBuilder("import jdk.incubator.vector.*;\npublic final class Products {\n");
        if (vector)
            s.append("static final VectorSpecies<" + box + "> SPECIES = " + box + "Vector.SPECIES_PREFERRED;\n")
                    .append("static final int LANES = SPECIES.length();\n");
        Kernels kernels = new Kernels(options, new Plain(), 1);
        for (int k = 0; k < products.size(); k++) {
            KernelCall call = vector ? kernels.of(products.get(k), tilings.get(k)) : kernels.of(products.get(k));
            s.append("public void run" + k + "(int examples) { " + String.join(" ", call.statements()) + " }\n");
            KernelCall few = call.few() == null ? call : call.few().call();
            int below = call.few() == null ? 0 : call.few().below();
            s.append("public void run" + k + "(int examples, int first, int last) { if (" + call.rows() + " < " + below + ") "
                    + few.statement("first", "last", "scratch") + " else " + call.statement("first", "last", "scratch") + " }\n");
        }
        kernels.methods().forEach(s::append);
        if (!kernels.scratchType().isEmpty()) s.append(kernels.scratchType() + " scratch = " + kernels.newScratch() + ";\n");
        for (String a : List.of("a", "b", "c", "d", "e")) s.append("public " + real + "[] " + a + ";\n");
        kernels.functions().forEach(f -> s.append(Dialect.function(f, precision)));
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
        return bound(instance, "run" + k, examples);
    }

    /** The rows from {@code first} to {@code last} alone. */
    static void run(Object instance, int k, int examples, int first, int last) {
        bound(instance, "run" + k, examples, first, last).run();
    }

    private static Runnable bound(Object instance, String method, Object... arguments) {
        Class<?>[] types = new Class<?>[arguments.length];
        java.util.Arrays.fill(types, int.class);
        try {
            var m = java.lang.invoke.MethodHandles.insertArguments(
                    java.lang.invoke.MethodHandles.publicLookup()
                            .unreflect(instance.getClass().getMethod(method, types))
                            .bindTo(instance),
                    0,
                    arguments);
            return () -> {
                try {
                    m.invoke();
                } catch (Throwable t) {
                    throw new AssertionError(t);
                }
            };
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    static double[] fill(Random r, int n) {
        double[] x = new double[n];
        for (int i = 0; i < n; i++) x[i] = (float) (r.nextDouble() * 2 - 1);
        return x;
    }

    static Object array(double[] x, Precision p) {
        if (p == Precision.DOUBLE) return x.clone();
        float[] f = new float[x.length];
        for (int i = 0; i < f.length; i++) f[i] = (float) x[i];
        return f;
    }

    static List<Long> bits(Object array) {
        List<Long> bits = new ArrayList<>();
        if (array instanceof float[] f) for (float x : f) bits.add((long) Float.floatToRawIntBits(x));
        else for (double x : (double[]) array) bits.add(Double.doubleToRawLongBits(x));
        return bits;
    }
}
