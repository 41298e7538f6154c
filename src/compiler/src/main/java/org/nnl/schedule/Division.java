package org.nnl.schedule;

/**
 * How a routine is divided over threads. Each takes a part of the range of one variable: of a loop, or of the rows of a
 * product. Parts write different elements, and nothing that another part writes is read; within an element arithmetic
 * has the order it has in one thread. So results are the same to the bit for any number of threads.
 *
 * @param variable that is cut; it runs from 0. Empty for a routine that hands its part on to those it calls
 * @param count    to where; null if each of those cuts its own range
 * @param multiple parts begin at multiples of it: of the lanes of a vector loop, whose remainder then is the same
 *                 elements however it is cut; of the height of a product's tiles
 * @param least    examples from which it pays; 0 if always, {@link #NEVER} if only within another routine's division
 * @param halves   null, or the routine to run if there are not just two threads: each of two takes half of the examples, and
 *                 what is summed over them is left as two sums
 */
public record Division(String variable, Count count, int multiple, int least, String halves) {
    public static final int NEVER = Integer.MAX_VALUE;

    public Division(String variable, Count count, int multiple, int least) {
        this(variable, count, multiple, least, null);
    }

    /** The division of a routine that calls others for their own parts. */
    static Division parts(int least) {
        return new Division("", null, 1, least);
    }

    /** Whether it is a part's number that is handed on, not a range. */
    public boolean isParts() {
        return count == null;
    }

    @Override
    public String toString() {
        if (halves != null) return "divided in two halves of the examples, if there are two threads" + (least > 1 ? ", from " + least + " examples on" : "");
        if (isParts()) return "divided, each routine for itself" + (least > 1 ? ", from " + least + " examples on" : "");
        return "divided over " + (variable.isEmpty() ? "rows" : variable) + " < " + count + (multiple > 1 ? " in multiples of " + multiple : "")
                + (least == NEVER ? ", with the routine that calls it" : least > 1 ? ", from " + least + " examples on" : "");
    }
}
