package org.nnl.emit.kernel;

import org.nnl.Options.Precision;
import org.nnl.emit.formula.Dialect;

/** A product as three plain loops, for whatever fits nothing better. */
final class PlainProduct extends ProductText {
    private PlainProduct(Parametrised p, String name, Surroundings around, Precision precision) {
        super(p, name, around, Dialect.scalar(precision), precision.java() + "[]");
    }

    static Kernel of(Parametrised p, String name, Surroundings around, Precision precision) {
        PlainProduct w = new PlainProduct(p, name, around, precision);
        w.plainMethod();
        return w.kernel();
    }
}
