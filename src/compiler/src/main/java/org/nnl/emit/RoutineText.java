package org.nnl.emit;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.nnl.Options;
import org.nnl.emit.formula.Dialect;
import org.nnl.emit.kernel.Source;
import org.nnl.schedule.Schedule;

/** The Java of a routine under construction: what its blocks have in common. */
final class RoutineText {
    final Schedule schedule;
    final Dialect scalar;
    final Dialect vector;
    final boolean isDouble;

    /** Elements of the longest vectors that a class may have. */
    final int mostLanes;

    final Source out = new Source();

    /** Names that are taken. */
    final Set<String> used = new HashSet<>();

    /** Static methods of {@link Dialect#function} that are called. */
    final Set<String> functions = new LinkedHashSet<>();

    RoutineText(Schedule schedule, Options options) {
        this.schedule = schedule;
        scalar = Dialect.scalar(options.precision());
        vector = Dialect.vector(options.precision());
        isDouble = options.precision() == Options.Precision.DOUBLE;
        mostLanes = options.precision().lanes();
    }

    /** A name that nothing has. */
    String fresh(String hint) {
        String base = hint.replaceAll("\\W", "_");
        for (int n = 1; ; n++) if (used.add(base + n)) return base + n;
    }
}
