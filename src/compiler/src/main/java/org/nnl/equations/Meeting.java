package org.nnl.equations;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether left-hand sides meet, that is, define an element of a tensor twice: an integer solution is looked for of
 * the equations that say so, one for each dimension, with a range for each unknown.
 */
public final class Meeting {
    /** Trials after which no solution is assumed: an error must be certain. */
    private static final int TRIALS = 10_000;

    /** How many examples there are where there is an axis of them. */
    public static final int EXAMPLES = 3;

    private final int[][] coefficients;
    private final int[] wanted;
    private int trials;

    /**
     * A left-hand side.
     *
     * @param indices   constants and sums of multiples of axes, one for each dimension
     * @param variables the axes they are made of, and no others
     */
    public record Left(List<Index> indices, List<Axis> variables) {
        /** Of an equation; its indices may look nothing up. */
        public static Left of(Equation e) {
            return new Left(
                    e.indices(), e.box().stream().filter(a -> e.indices().stream().anyMatch(i -> i.mentions(a.name()))).toList());
        }

        /** Whether each variable is an index of its own, so that no two values of them are one element. */
        boolean isPlain() {
            return variables.stream().allMatch(v -> indices.stream().anyMatch(i -> i.terms().size() == 1
                    && i.coefficient(v.name()) != 0));
        }
    }

    private Meeting(int[][] coefficients, int[] wanted) {
        this.coefficients = coefficients;
        this.wanted = wanted;
    }

    /** A position that both define; null if there is none. */
    public static List<Integer> of(Left a, Left b) {
        int n = a.variables().size(), m = b.variables().size(), rank = a.indices().size();
        int[][] c = new int[rank][n + m];
        int[] wanted = new int[rank];
        for (int d = 0; d < rank; d++) {
            for (int k = 0; k < n; k++) c[d][k] = coefficient(a, d, k);
            for (int k = 0; k < m; k++) c[d][n + k] = -coefficient(b, d, k);
            wanted[d] = b.indices().get(d).constant() - a.indices().get(d).constant();
        }
        int[] high = IntStream.concat(last(a), last(b)).toArray();
        int[] found = new Meeting(c, wanted).solution(new int[n + m], high);
        return found == null ? null : position(a, found);
    }

    /** A position that a part defines at two values of its indices; null if there is none. */
    public static List<Integer> within(Left a) {
        if (a.isPlain()) return null;
        int n = a.variables().size(), rank = a.indices().size();
        int[][] c = new int[rank][n];
        for (int d = 0; d < rank; d++) for (int k = 0; k < n; k++) c[d][k] = coefficient(a, d, k);
        int[] last = last(a).toArray();
        for (int first = 0; first < n; first++) { // the first index in which the two differ, and there by more than 0
            int[] low = new int[n], high = new int[n];
            for (int k = first; k < n; k++) {
                low[k] = k == first ? 1 : -last[k];
                high[k] = last[k];
            }
            int[] difference = new Meeting(c, new int[rank]).solution(low, high);
            if (difference != null) return position(a, Arrays.stream(difference).map(x -> Math.max(x, 0)).toArray());
        }
        return null;
    }

    private static int coefficient(Left p, int dimension, int variable) {
        return p.indices().get(dimension).coefficient(p.variables().get(variable).name());
    }

    private static IntStream last(Left p) {
        return p.variables().stream().mapToInt(a -> a.size().at(EXAMPLES) - 1);
    }

    private static List<Integer> position(Left p, int[] values) {
        return IntStream.range(0, p.indices().size()).mapToObj(d -> {
            int at = p.indices().get(d).constant();
            for (int k = 0; k < p.variables().size(); k++) at += coefficient(p, d, k) * values[k];
            return at;
        }).toList();
    }

    private int[] solution(int[] low, int[] high) {
        if (!narrow(low, high)) return null;
        int open = 0;
        while (open < low.length && low[open] == high[open]) open++;
        if (open == low.length) return low;
        for (int from = low[open], to = high[open]; from <= to; from++) {
            if (++trials > TRIALS) return null;
            int[] l = low.clone(), h = high.clone();
            l[open] = h[open] = from;
            int[] found = solution(l, h);
            if (found != null) return found;
        }
        return null;
    }

    /** Makes the ranges as narrow as each equation alone does; false if one of them has no solution. */
    private boolean narrow(int[] low, int[] high) {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int d = 0; d < wanted.length; d++) {
                int[] c = coefficients[d];
                long least = 0, most = 0, rest = wanted[d], divisor = 0;
                for (int k = 0; k < c.length; k++) {
                    least += Math.min((long) c[k] * low[k], (long) c[k] * high[k]);
                    most += Math.max((long) c[k] * low[k], (long) c[k] * high[k]);
                    if (low[k] == high[k]) rest -= (long) c[k] * low[k];
                    else divisor = gcd(divisor, Math.abs(c[k]));
                }
                if (wanted[d] < least || wanted[d] > most || divisor > 0 && rest % divisor != 0) return false;
                for (int k = 0; k < c.length; k++) {
                    if (c[k] == 0 || low[k] == high[k]) continue;
                    long a = (long) c[k] * low[k], b = (long) c[k] * high[k];
                    long under = wanted[d] - (most - Math.max(a, b)), over = wanted[d] - (least - Math.min(a, b));
                    int l = (int) Math.max(low[k], c[k] > 0 ? ceilDiv(under, c[k]) : ceilDiv(over, c[k]));
                    int h = (int) Math.min(high[k], c[k] > 0 ? Math.floorDiv(over, c[k]) : Math.floorDiv(under, c[k]));
                    if (l > h) return false;
                    if (l == low[k] && h == high[k]) continue;
                    low[k] = l;
                    high[k] = h;
                    changed = true;
                    break; // sums anew
                }
            }
        }
        return true;
    }

    private static long ceilDiv(long a, long b) {
        return -Math.floorDiv(-a, b);
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
