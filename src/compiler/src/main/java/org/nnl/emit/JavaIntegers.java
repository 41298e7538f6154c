package org.nnl.emit;

import java.util.ArrayList;
import java.util.List;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;
import org.nnl.schedule.Inside;

/** Integers of a schedule as Java expressions; the number of examples is the parameter {@code examples}. */
final class JavaIntegers {
    static final String EXAMPLES = "examples";

    private JavaIntegers() {}

    static String java(Count c) {
        return java(Affine.of(c));
    }

    /** {@code 64 * b + j - 1}. */
    static String java(Affine a) {
        if (a.terms().isEmpty()) return "0";
        StringBuilder s = new StringBuilder();
        for (Affine.Term t : a.terms()) {
            int c = t.coefficient().factor();
            if (s.length() > 0) s.append(c < 0 ? " - " : " + ");
            else if (c < 0) s.append('-');
            List<String> factors = new ArrayList<>();
            boolean one = t.atom() instanceof Affine.One;
            long size = Math.abs((long) c);
            if (size != 1 || one && !t.coefficient().batch()) factors.add(Long.toString(size));
            if (t.coefficient().batch()) factors.add(EXAMPLES);
            if (t.atom() instanceof Affine.Variable v) factors.add(v.name());
            if (t.atom() instanceof Affine.Element e) factors.add(e.array() + "[" + java(e.at()) + "]");
            s.append(String.join(" * ", factors));
        }
        return s.toString();
    }

    /** All tests, joined by {@code &&}. */
    static String java(List<Inside> tests) {
        List<String> all = new ArrayList<>();
        for (Inside i : tests) {
            if (i.low()) all.add(java(i.index()) + " >= 0");
            if (i.high()) all.add(java(i.index()) + " < " + java(i.size()));
        }
        return String.join(" && ", all);
    }
}
