package org.nnl.program;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.nnl.equations.ExprPrinter;

/** The words of a train block behind which a whole number stands, and which it can be. */
public final class TrainWords {
    public static final String EVERY = "every";
    public static final String STATEFUL = "stateful";

    /** @param off whether 0 says that it does not act, which only makes sense from outside, where a word cannot be left out */
    private record Numbers(int least, int most, boolean off) {
        static Numbers from(int least) {
            return new Numbers(least, Integer.MAX_VALUE, false);
        }

        @Override
        public String toString() {
            if (least == 0 && most == 1) return "0 or 1";
            return "a whole number" + (least == Integer.MIN_VALUE || most < Integer.MAX_VALUE ? " from " + least + " to " + most
                    : ", at least " + least);
        }
    }

    private static final Map<String, Numbers> WORDS = Map.of(
            "batch", Numbers.from(1),
            "epochs", Numbers.from(0),
            "seed", Numbers.from(Integer.MIN_VALUE),
            "unroll", new Numbers(1, TrainSettings.FULL, true),
            "threads", new Numbers(1, TrainSettings.MOST_THREADS, false),
            "checkpoint", new Numbers(1, Integer.MAX_VALUE, true),
            "patience", Numbers.from(0),
            EVERY, Numbers.from(1),
            STATEFUL, new Numbers(0, 1, true));

    private TrainWords() {}

    public static Set<String> all() {
        return new TreeSet<>(WORDS.keySet());
    }

    public static boolean has(String word) {
        return WORDS.containsKey(word);
    }

    /** What is wrong with a value in a train block, {@code is a whole number, at least 1, not 0}; null if nothing is. */
    public static String refusal(String word, double value) {
        Numbers n = WORDS.get(word);
        boolean right = value == Math.rint(value) && value >= n.least && value <= n.most;
        return right ? null : "is " + n + ", not " + ExprPrinter.number(value);
    }

    /** The same of a value given from outside; null, too, if it is for no word of the train block. */
    public static String objection(String word, double value) {
        Numbers n = WORDS.get(word);
        String refusal = n == null || n.off && value == 0 ? null : refusal(word, value);
        return refusal == null ? null : refusal + (n.off && n.least > 0 ? "; 0 takes it back" : "");
    }
}
