package org.nnl.emit.kernel;

import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;

/** How a kernel refers to the class around it. */
public interface Surroundings {

    /** A number of elements: a literal, or an expression with the number of examples. */
    String count(Count count);

    /** An integer expression. */
    String index(Affine index);

    /** The Java name of an array's field. */
    String array(String name);

    /** Whether an array holds integers. */
    boolean isInteger(String array);

    /** Whether the name stands for a plain {@code double} field or a plain real field rather than an array. */
    boolean isField(String array);

    /** Whether it is a field of type {@code double} whatever the precision. */
    boolean isWide(String array);
}
