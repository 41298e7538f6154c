package org.nnl.equations;

import java.util.ArrayList;
import java.util.List;

/**
 * Where an equation came from: the place in the model, what it was derived from, and what was done to it since. It
 * takes no part in what the equation means; error messages, comments in generated code and the report draw on it.
 *
 * @param place    {@code file:line} of the source, empty if there is none
 * @param reason   what it is: {@code "∂loss/∂h.W through z[b,i]"}; empty for an equation as written
 * @param partial  the scalar derivative that was multiplied in, printed; empty if none
 * @param rewrites names of the rewrites applied since, in order
 */
public record Origin(String place, String reason, String partial, List<String> rewrites) {
    public static final Origin NONE = new Origin("", "", "", List.of());

    public Origin {
        rewrites = List.copyOf(rewrites);
    }

    public static Origin at(String place) {
        return new Origin(place, "", "", List.of());
    }

    public Origin because(String newReason, String newPartial) {
        return new Origin(place, newReason, newPartial, List.of());
    }

    public Origin rewritten(String rule) {
        if (!rewrites.isEmpty() && rewrites.get(rewrites.size() - 1).equals(rule)) return this;
        List<String> longer = new ArrayList<>(rewrites);
        longer.add(rule);
        return new Origin(place, reason, partial, longer);
    }

    @Override
    public String toString() {
        StringBuilder s = new StringBuilder(place);
        if (!reason.isEmpty()) s.append(s.length() > 0 ? "  " : "").append(reason);
        return s.toString();
    }
}
