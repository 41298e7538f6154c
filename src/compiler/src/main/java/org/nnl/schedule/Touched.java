package org.nnl.schedule;

import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Arrays and fields that steps read and write. */
final class Touched {
    final Set<String> read = new HashSet<>();
    final Set<String> written = new HashSet<>();

    void add(Touched t) {
        read.addAll(t.read);
        written.addAll(t.written);
    }

    /** Whether the order of the two matters. */
    boolean meets(Touched t) {
        return written.stream().anyMatch(a -> t.read.contains(a) || t.written.contains(a))
                || t.written.stream().anyMatch(read::contains);
    }

    /** What each step touches, with the routines that it calls: found once. */
    static final class Finder {
        private final Map<String, Routine> routines;
        private final Divide divide;
        private final Map<Step, Touched> known = new IdentityHashMap<>();

        Finder(Map<String, Routine> routines, Divide divide) {
            this.routines = routines;
            this.divide = divide;
        }

        Touched of(Step s) {
            Touched t = known.get(s);
            if (t == null) known.put(s, t = find(s));
            return t;
        }

        private Touched find(Step s) {
            Touched t = new Touched();
            if (s instanceof Step.Call c) {
                for (Step x : routines.get(c.routine()).steps()) t.add(of(x));
            } else if (s instanceof Step.Fill f) {
                t.written.add(f.array());
            } else if (s instanceof Step.Copy c) {
                t.written.add(c.array());
                t.read.add(c.source());
            } else if (Steps.any(List.of(s), x -> x instanceof Step.Call || x instanceof Step.Fill || x instanceof Step.Copy)) {
                for (Step x : Steps.inner(s)) t.add(of(x));
            } else {
                Accesses a = divide.accesses(List.of(s));
                t.written.addAll(a.written());
                t.read.addAll(a.indices());
                for (Accesses.Access x : a.all()) if (!x.write()) t.read.add(x.array());
            }
            return t;
        }
    }
}
