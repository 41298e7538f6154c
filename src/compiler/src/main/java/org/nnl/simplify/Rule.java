package org.nnl.simplify;

/** One rewrite of graphs: applies itself wherever it can. */
interface Rule {
    /** As it is recorded in {@link org.nnl.equations.Origin#rewrites()}. */
    String name();

    void apply(Draft graph);
}
