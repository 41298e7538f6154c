package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Routines that run through the examples, with time loops of such, become a section: each thread computes its own rows of
 * all of them without waiting for another. So a network's layers, one after the other, are one piece of work:
 * <pre>call h; call g; call d_g_W; call d_h     becomes   rows { call h; call g; call d_h }; call d_g_W</pre>
 * A routine joins if its part and those of the others are {@link Accesses#apart apart}, and if nothing that is left behind
 * has to come before it.
 */
final class Sections {
    /** Calls in a section at most, far below what the JIT refuses. */
    private static final int MOST = 200;

    /** How a routine gets into the schedule, under a name like the one it has. */
    interface Declare {
        String routine(Routine r);
    }

    private final Map<String, Routine> routines;
    private final Divide divide;
    private final Declare declare;

    Sections(Map<String, Routine> routines, Divide divide, Declare declare) {
        this.routines = routines;
        this.divide = divide;
        this.declare = declare;
    }

    List<Step> of(List<Step> steps) {
        List<Step> out = new ArrayList<>();
        List<Step> open = new ArrayList<>(steps);
        while (!open.isEmpty()) {
            Section s = new Section();
            List<Step> before = new ArrayList<>(), left = new ArrayList<>();
            Touched behind = new Touched();
            for (Step step : open) {
                Touched t = touched(step);
                if (!t.meets(behind)) {
                    if (s.add(step)) continue;
                    if (!s.steps.isEmpty() && !t.meets(s.touched)) {
                        before.add(step);
                        continue;
                    }
                }
                left.add(step);
                behind.add(t);
            }
            Step section = s.members.size() < 2 ? null : s.call();
            if (section == null) {
                out.add(open.remove(0));
                continue;
            }
            out.addAll(before);
            out.add(section);
            open = left;
        }
        return out;
    }

    /** Arrays and fields that are read and written. */
    private static final class Touched {
        private final Set<String> read = new HashSet<>();
        private final Set<String> written = new HashSet<>();

        void add(Touched t) {
            read.addAll(t.read);
            written.addAll(t.written);
        }

        /** Whether the order of the two matters. */
        boolean meets(Touched t) {
            return written.stream().anyMatch(a -> t.read.contains(a) || t.written.contains(a))
                    || t.written.stream().anyMatch(read::contains);
        }
    }

    private Touched touched(Step s) {
        Touched t = new Touched();
        if (s instanceof Step.Call c) {
            for (Step x : routines.get(c.routine()).steps()) t.add(touched(x));
        } else if (s instanceof Step.Fill f) {
            t.written.add(f.array());
        } else if (s instanceof Step.Copy c) {
            t.written.add(c.array());
            t.read.add(c.source());
        } else if (Steps.any(List.of(s), x -> x instanceof Step.Call || x instanceof Step.Fill || x instanceof Step.Copy)) {
            for (Step x : Steps.inner(s)) t.add(touched(x));
        } else {
            Accesses a = divide.accesses(List.of(s));
            t.written.addAll(a.written());
            t.read.addAll(a.indices());
            for (Accesses.Access x : a.all()) if (!x.write()) t.read.add(x.array());
        }
        return t;
    }

    /** A routine in a section, with the time loops around it. */
    private record Member(Routine routine, Divide.Candidate candidate, List<Step.Loop> loops) {}

    /** Members of a step, in order; null if it cannot be in a section. */
    private List<Member> members(Step s, List<Step.Loop> loops) {
        List<Member> all = new ArrayList<>();
        List<Step> within;
        List<Step.Loop> around = loops;
        if (s instanceof Step.Call c && c.arguments().isEmpty()) {
            Routine r = routines.get(c.routine());
            if (!Steps.any(r.steps(), x -> x instanceof Step.Call)) {
                Divide.Candidate candidate = divide.examples(r);
                return candidate == null ? null : List.of(new Member(r, candidate, loops));
            }
            within = r.steps();
        } else if (s instanceof Step.Loop l) {
            within = l.body();
            around = new ArrayList<>(loops);
            around.add(l);
        } else {
            return null;
        }
        for (Step x : within) {
            List<Member> some = x instanceof Step.Call || x instanceof Step.Loop ? members(x, around) : null;
            if (some == null) return null;
            all.addAll(some);
        }
        return all;
    }

    /** A section that grows. */
    private final class Section {
        private final List<Step> steps = new ArrayList<>();
        private final Touched touched = new Touched();
        private List<Member> members = new ArrayList<>();

        /** How many rows of the section an example is. */
        private int base;

        /** Adds a step if that can be. */
        boolean add(Step step) {
            List<Member> more = members(step, List.of());
            if (more == null || more.isEmpty() || members.size() + more.size() > MOST) return false;
            int joint = base;
            for (Member m : more) joint = gcd(joint, m.candidate.count().factor());
            List<Member> all = new ArrayList<>(members);
            all.addAll(more);
            if (!isApart(all, joint, joint == base ? members.size() : 0)) return false;
            base = joint;
            members = all;
            steps.add(step);
            touched.add(touched(step));
            return true;
        }

        /** Whether parts of the members do not meet, where one member is at least number {@code from}. */
        private boolean isApart(List<Member> all, int joint, int from) {
            Set<String> written = new HashSet<>(), indices = new HashSet<>();
            List<List<Accesses.Access>> accesses = new ArrayList<>();
            for (Member m : all) {
                Accesses a = divide.accesses(m.routine.steps());
                written.addAll(a.written());
                indices.addAll(a.indices());
                List<Accesses.Access> own = new ArrayList<>();
                for (Accesses.Access x : a.all())
                    own.add(x.within(m.loops).cut(m.candidate.variable(), ROWS, m.candidate.count().factor() / joint));
                accesses.add(own);
            }
            if (written.stream().anyMatch(indices::contains)) return false;
            Count rows = new Count(joint, true);
            for (int k = 0; k < all.size(); k++)
                for (int l = Math.max(k, from); l < all.size(); l++)
                    for (Accesses.Access x : accesses.get(k))
                        for (Accesses.Access y : accesses.get(l))
                            if ((x.write() || y.write()) && x.array().equals(y.array())
                                    && !Accesses.apart(x, y, ROWS, rows)) return false;
            return true;
        }

        /** The call of the section; null if division does not pay. */
        Step call() {
            int multiple = 1;
            Set<String> heading = new java.util.LinkedHashSet<>();
            for (Member m : members) {
                int share = m.candidate.count().factor() / base;
                int own = m.candidate.multiple() / gcd(m.candidate.multiple(), share);
                multiple = multiple / gcd(multiple, own) * own;
            }
            List<Step> all = new ArrayList<>();
            for (Step s : steps) all.addAll(inlined(s));
            String first = members.get(0).routine.name(), last = members.get(members.size() - 1).routine.name();
            String name = "rows_" + first.replaceFirst("^compute_", "") + "_to_" + last.replaceFirst("^compute_", "");
            heading.add("Each thread computes its own rows of these.");
            Routine r = new Routine(name, List.copyOf(heading), List.of(), shared(steps));
            r = divide.section(r, all, new Count(base, true), multiple);
            if (r == null) return null;
            for (Member m : members) {
                // the same variable in every graph: it depends on the routine alone
                Routine old = routines.get(m.routine.name());
                routines.put(old.name(), divide.member(old, m.candidate));
            }
            return new Step.Call(declare.routine(r));
        }

        private List<Step> shared(List<Step> some) {
            List<Step> out = new ArrayList<>();
            for (Step s : some) {
                if (s instanceof Step.Loop l) {
                    out.add(l.with(shared(l.body())));
                    continue;
                }
                Step.Call c = (Step.Call) s;
                Routine r = routines.get(c.routine());
                if (Steps.any(r.steps(), x -> x instanceof Step.Call)) out.addAll(shared(r.steps()));
                else
                    out.add(new Step.Call(c.routine(), Map.of(),
                            divide.examples(r).count().factor() / base));
            }
            return out;
        }
    }

    /** A name for the rows of a section that no variable has. */
    private static final String ROWS = "\u03c1";

    /** A step with what its calls do in their places. */
    private List<Step> inlined(Step s) {
        List<Step> out = new ArrayList<>();
        if (s instanceof Step.Call c) {
            for (Step x : routines.get(c.routine()).steps()) out.addAll(inlined(x));
        } else if (s instanceof Step.Loop l && Steps.any(l.body(), x -> x instanceof Step.Call)) {
            List<Step> body = new ArrayList<>();
            for (Step x : l.body()) body.addAll(inlined(x));
            out.add(l.with(body));
        } else {
            out.add(s);
        }
        return out;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
