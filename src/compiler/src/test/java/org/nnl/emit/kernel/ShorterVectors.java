package org.nnl.emit.kernel;

import org.junit.jupiter.api.DynamicTest;

/** Runs products in vectors as long as this JVM has them, and says so: for a JVM that has been told to use shorter ones. */
final class ShorterVectors {
    private ShorterVectors() {}

    /** Of the longest vector of floats; tests are compiled without the module that has it. */
    static int lanes() {
        try {
            Object species = Class.forName("jdk.incubator.vector.FloatVector").getField("SPECIES_PREFERRED").get(null);
            return (int) Class.forName("jdk.incubator.vector.VectorSpecies").getMethod("length").invoke(species);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    public static void main(String[] args) throws Throwable {
        ProductTest products = new ProductTest();
        for (DynamicTest t : products.anyNumberOfExamples()) t.getExecutable().execute();
        for (DynamicTest t : products.turned()) t.getExecutable().execute();
        for (DynamicTest t : products.everyFormAndSize())
            if (t.getDisplayName().startsWith("vector")) t.getExecutable().execute();
        System.out.println("right with " + lanes() + " lanes");
    }
}
