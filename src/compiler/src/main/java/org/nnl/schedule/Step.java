package org.nnl.schedule;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Fold;

/** A statement of a routine. */
public sealed interface Step permits Step.Loop, Step.Let, Step.Start, Step.Accumulate, Step.Best, Step.Store,
        Step.When, Step.Fill, Step.Copy, Step.Call, Product {

    /** How a loop runs. */
    enum Kind {
        /** One iteration after the other, from small to large. */
        UP,
        /** One iteration after the other, from large to small. */
        DOWN,
        /**
         * One iteration after the other, in either direction, since none needs another: from small to large and back in
         * turn, as the last variable of the routine is even or odd. What was read last is read first then.
         */
        TO_AND_FRO,
        /**
         * In vector lanes. In the body, and in the loops within it, every load and store has the loop's variable in
         * its address with coefficient 0 (loads only: broadcast), 1, or 2 (loads only: every second element), and neither
         * tests ({@link Inside}) nor the bounds of inner loops (which run {@link #UP}) mention it, but for tests of loads
         * with coefficient 1 in address and test and boundary 0: lanes outside hold 0. An accumulator started
         * within holds a value a lane; one started outside is folded across lanes at the end. What a {@link Best} keeps is
         * started within, and no position mentions the variable. No iteration depends on another otherwise. There is no
         * {@link Fill}, {@link Copy}, {@link Call} or {@link Product} within. Integers are written where they are positions
         * and numbers {@code float}, and not read.
         */
        VECTOR
    }

    /**
     * {@code for variable in [from, to)}.
     *
     * @param unroll iterations (vectors, for a vector loop) a pass, at least 1
     */
    record Loop(String variable, Affine from, Affine to, Kind kind, int unroll, List<Step> body) implements Step {
        public Loop {
            body = List.copyOf(body);
        }

        /** The same loop over other steps. */
        public Loop with(List<Step> newBody) {
            return new Loop(variable, from, to, kind, unroll, newBody);
        }
    }

    /** Declares a local holding a value. */
    record Let(String local, Value value) implements Step {}

    /** Declares a local to accumulate in, holding the fold's start. */
    record Start(String local, Fold fold) implements Step {}

    /** {@code local = fold(local, value)}, for {@link Fold#SUM} and {@link Fold#MAX}. */
    record Accumulate(String local, Fold fold, Value value) implements Step {}

    /**
     * {@code if (value > best) { best = value; at = position; … }}, with all locals declared by a {@link Start}, {@code
     * best} for {@link Fold#MAX} and each {@code at}, an integer, for {@link Fold#ARGMAX}.
     *
     * @param positions what to keep where, by the locals' names
     */
    record Best(String best, Value value, Map<String, Affine> positions) implements Step {
        public Best {
            positions = Collections.unmodifiableMap(new LinkedHashMap<>(positions));
        }
    }

    /**
     * {@code array[at] = value} ({@link Fold#SET}), or the element folded with the value; dropped where a test of
     * {@code inside} fails.
     */
    record Store(String array, Affine at, List<Inside> inside, Fold fold, Value value) implements Step {
        public Store {
            inside = List.copyOf(inside);
        }
    }

    /** The body, where all tests hold. */
    record When(List<Inside> inside, List<Step> body) implements Step {
        public When {
            inside = List.copyOf(inside);
            body = List.copyOf(body);
        }

        /** The same tests around other steps. */
        public When with(List<Step> newBody) {
            return new When(inside, newBody);
        }
    }

    /** {@code array[from … from+count) = value}. */
    record Fill(String array, Affine from, Count count, double value) implements Step {}

    /** The first {@code count} elements of {@code source}, copied. */
    record Copy(String array, String source, Count count) implements Step {}

    /**
     * Runs a routine.
     *
     * @param arguments values for variables of the routine; those that have none here are handed on
     * @param share     0 to run all of it; else the one that calls is divided: where the routine is too, this runs the
     *                  part that is the caller's range times {@code share}, or, if it is {@link #OWN}, its own part
     */
    record Call(String routine, Map<String, Affine> arguments, int share) implements Step {
        /** The share of a routine that cuts its own range. */
        public static final int OWN = -1;

        /** The share of a routine that one part runs all of. */
        public static final int ONE = -2;

        /** The shares of a routine that is run by who has the first of two halves of the examples, or the second. */
        public static final int FIRST = -3, SECOND = -4;

        public Call {
            arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
        }

        public Call(String routine, Map<String, Affine> arguments) {
            this(routine, arguments, 0);
        }

        public Call(String routine) {
            this(routine, Map.of());
        }
    }
}
