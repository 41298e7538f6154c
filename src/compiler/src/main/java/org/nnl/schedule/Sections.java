package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.nnl.equations.Fold;

/**
 * Divided routines become a section: each thread computes its own part of all of them without waiting for another. Routines
 * of which one needs what the other computes are cut alike, so that a part needs no more than the same part of the other: a
 * network's layers, one after the other, over the examples. What is independent is cut as suits it, and what is too little to be
 * divided one part does:
 * <pre>call h; call g; call d_g_W; call d_h; call d_h_W   becomes   rows { call h; call g; call d_h }; parts { call d_g_W; call d_h_W }</pre>
 * A routine joins if its part and those of the others are {@link Accesses#apart apart}, and if nothing that is left behind
 * has to come before it.
 *
 * <p>What sums over all examples, as the gradient of a weight does, reads what every thread has computed. If that is much, and the sum
 * is small, it is left as two sums, over either half of the examples, whatever the number of threads, so that results do not
 * depend on it. Of two threads, each computes its half of the examples and their sum:
 * <pre>rows { call d_h }; parts { call d_h_W }   becomes   halves { call d_h; call d_h_W of the half }; add d_h_W_second to d_h_W</pre>
 */
final class Sections {
    /** Calls of a routine at most, of its part or of what it cuts, far below what the JIT refuses. */
    private static final int MOST = 200, MOST_RANGES = 100;

    /** Parts below which routines that are not divided over examples are not made to share their cuts. */
    private static final int FEW = 8;

    /** How a routine gets into the schedule, under a name like the one it has. */
    interface Declare {
        String routine(Routine r);
    }

    private final Map<String, Routine> routines;
    private final Divide divide;
    private final Declare declare;
    private final UnaryOperator<String> variables;
    private final Touched.Finder touches;
    private final Member.Finder members;

    /** @param variables the identifier of a loop's variable */
    Sections(Map<String, Routine> routines, Divide divide, Declare declare, UnaryOperator<String> variables) {
        this.routines = routines;
        this.divide = divide;
        this.declare = declare;
        this.variables = variables;
        this.touches = new Touched.Finder(routines, divide);
        this.members = new Member.Finder(routines, divide, variables);
    }

    List<Step> of(List<Step> steps) {
        List<Step> out = new ArrayList<>();
        List<Step> open = new ArrayList<>();
        for (Step s : late(steps)) open.addAll(opened(s));
        while (!open.isEmpty()) {
            List<Step> after = section(open, true, out);
            if (after == null) after = section(open, false, out);
            if (after == null) out.add(open.remove(0));
            else open = after;
        }
        return out;
    }

    /**
     * Puts a section before what is left of the steps; null if none pays.
     *
     * @param summing whether sums over examples may be left as two, each of a half
     * @param out     what comes before the steps, to which the section is added
     */
    private List<Step> section(List<Step> open, boolean summing, List<Step> out) {
        Section s = new Section();
        List<Step> before = new ArrayList<>(), left = new ArrayList<>();
        Touched behind = new Touched();
        for (Step step : open) {
            Touched t = touches.of(step);
            if (!t.meets(behind)) {
                if (summing && s.addSum(step, left)) continue;
                if (s.isFree(t)) {
                    if (s.add(step)) continue;
                    if (!s.isEmpty() && !t.meets(s.touched) && !(step instanceof Step.Fill)) {
                        before.add(step);
                        continue;
                    }
                }
            }
            left.add(step);
            behind.add(t);
        }
        if (s.all().size() < 2) return null;
        if (summing && !s.hasSums()) return section(open, false, out);
        List<Step> section = s.call(before, left);
        if (section == null) return null;
        out.addAll(before);
        out.add(section.get(0));
        left.addAll(0, section.subList(1, section.size()));
        return left;
    }

    /** The steps, each that fills an array as late as it may be: what is filled is then still in the caches. */
    private List<Step> late(List<Step> steps) {
        List<Step> out = new ArrayList<>(steps);
        for (int k = out.size() - 1; k >= 0; k--) {
            if (!(out.get(k) instanceof Step.Fill)) continue;
            int to = k;
            while (to + 1 < out.size() && !touches.of(out.get(to + 1)).meets(touches.of(out.get(k)))) to++;
            if (to + 1 < out.size()) out.add(to, out.remove(k));
        }
        return out;
    }

    /** The calls of a routine that only calls, where they cannot be divided alike; else the step itself. */
    private List<Step> opened(Step s) {
        boolean opens = s instanceof Step.Call c && c.arguments().isEmpty()
                && routines.get(c.routine()).steps().stream().allMatch(x -> x instanceof Step.Call) && members.of(s) == null;
        return opens ? routines.get(((Step.Call) s).routine()).steps() : List.of(s);
    }

    /** Steps that are cut alike. */
    private final class Range {
        private final List<Step> steps = new ArrayList<>();
        private final List<Member> members = new ArrayList<>();
        private final Touched touched = new Touched();

        /** How many rows of the range an example is, or how many rows there are. */
        private int base;

        /** What each member touches, for a base; fewer than there are members if not all have been asked for. */
        private final List<List<Accesses.Access>> cut = new ArrayList<>();

        private int cutAt;

        void add(Range r) {
            if (members.isEmpty()) {
                cut.addAll(r.cut);
                cutAt = r.cutAt;
            }
            steps.addAll(r.steps);
            members.addAll(r.members);
            touched.add(r.touched);
            base = gcd(base, r.base);
        }

        /** What each member touches. */
        private List<List<Accesses.Access>> cut() {
            if (cutAt != base) cut.clear();
            cutAt = base;
            for (Member m : members.subList(cut.size(), members.size())) cut.add(m.cut(base));
            return cut;
        }

        void add(Step step, List<Member> more) {
            steps.add(step);
            members.addAll(more);
            touched.add(touches.of(step));
            for (Member m : more) base = gcd(base, m.factor());
        }

        boolean batch() {
            return members.get(0).candidate().count().batch();
        }

        Count count() {
            return new Count(base, batch());
        }

        int multiple() {
            int multiple = 1;
            for (Member m : members) {
                int own = m.candidate().multiple() / gcd(m.candidate().multiple(), m.factor() / base);
                multiple = multiple / gcd(multiple, own) * own;
            }
            return multiple;
        }

        double units() {
            return divide.units(count(), multiple());
        }

        /** Whether parts of the members do not meet, where one member is at least number {@code from}. */
        boolean isApart(int from) {
            Set<String> written = new HashSet<>(), indices = new HashSet<>();
            List<List<Accesses.Access>> accesses = cut();
            for (Member m : members) {
                written.addAll(m.accesses().written());
                indices.addAll(m.accesses().indices());
            }
            if (written.stream().anyMatch(indices::contains)) return false;
            Count rows = count();
            for (int k = 0; k < members.size(); k++)
                for (int l = Math.max(k, from); l < members.size(); l++)
                    for (Accesses.Access x : accesses.get(k))
                        for (Accesses.Access y : accesses.get(l))
                            if ((x.write() || y.write()) && x.array().equals(y.array())
                                    && !Accesses.apart(x, y, Member.ROWS, rows)) return false;
            return true;
        }

        /** A routine that does the part of all members. */
        Routine routine() {
            String name = (batch() ? "rows_" : "units_") + span(members);
            return new Routine(name, List.of("Each thread computes its own " + (batch() ? "rows" : "units") + " of these."), List.of(), shared(steps));
        }

        private List<Step> shared(List<Step> some) {
            List<Step> out = new ArrayList<>();
            for (Step s : some) {
                if (s instanceof Step.Loop l) {
                    out.add(l.with(shared(l.body())));
                    continue;
                }
                String name = ((Step.Call) s).routine();
                Routine r = routines.get(name);
                if (Steps.any(r.steps(), x -> x instanceof Step.Call)) out.addAll(shared(r.steps()));
                else out.add(new Step.Call(name, Map.of(), r.division().count().factor() / base));
            }
            return out;
        }
    }

    private static String span(List<Member> members) {
        return Routine.span(members.stream().map(m -> m.routine()).toList());
    }

    static final String INDEPENDENT = "Each thread computes its own part of each of these, which need nothing of one another.";

    private static final Routine NOTHING = new Routine("", List.of(), List.of(), List.of());

    /** A section that grows. */
    private final class Section {
        private List<Range> ranges = new ArrayList<>();
        private final Touched touched = new Touched();

        boolean isEmpty() {
            return ranges.isEmpty();
        }

        List<Member> all() {
            List<Member> all = new ArrayList<>();
            for (Range r : ranges) all.addAll(r.members);
            return all;
        }

        /** Adds a step if that can be. */
        boolean add(Step step) {
            List<Member> more = members.of(step);
            // a thread that fills its own rows does so where it computes them
            if (step instanceof Step.Fill && ranges.stream().noneMatch(Range::batch) && !isEmpty()) return false;
            if (more == null || more.isEmpty() || all().size() + more.size() > MOST) return false;
            boolean batch = more.get(0).candidate().count().batch();
            Touched t = touches.of(step);
            Range joint = new Range();
            double units = 0;
            List<Range> others = new ArrayList<>();
            boolean met = false;
            for (Range r : ranges) {
                boolean meets = t.meets(r.touched);
                if (meets && batch != r.batch()) return false;
                if (!meets && !(batch && r.batch())) {
                    others.add(r);
                    continue;
                }
                met = true;
                units = Math.max(units, r.units());
                joint.add(r);
            }
            int from = others.size() == ranges.size() - 1 ? joint.members.size() : 0, base = joint.base;
            joint.add(step, more);
            if (joint.base != base) from = 0;
            if (met && !batch) {
                for (Member m : more) units = Math.max(units, divide.units(m.candidate().count(), m.candidate().multiple()));
                if (joint.units() < Math.min(FEW, units)) return false;
            }
            if (joint.units() < 2 || !joint.isApart(from)) return false;
            others.add(joint);
            if (others.size() > MOST_RANGES) return false;
            ranges = others;
            touched.add(t);
            return true;
        }

        /**
         * The call of the section, and what is to follow it; null if division does not pay. If routines cut their own ranges, those
         * that nobody divides, and that need nothing of the others, are taken in from around.
         */
        List<Step> call(List<Step> before, List<Step> left) {
            if (hasSums()) return halves();
            List<Step> all = new ArrayList<>();
            for (Range r : ranges) for (Step s : r.steps) all.addAll(inlined(s));
            boolean alike = ranges.size() == 1;
            Range only = ranges.get(0);
            Division division = alike ? new Division("", only.count(), only.multiple(), 0) : Division.parts(0);
            if (divide.section(NOTHING, all, division) == null) return null;
            for (Range r : ranges) declare(r);
            if (alike) return List.of(new Step.Call(declare.routine(divide.section(only.routine(), all, division))));
            List<Step> calls = new ArrayList<>();
            for (Step s : undivided(before, left)) calls.add(new Step.Call(((Step.Call) s).routine(), Map.of(), Step.Call.ONE));
            for (Range r : ranges) {
                String name = r.steps.size() == 1 && r.members.size() == 1 && r.members.get(0).loops().isEmpty()
                        ? ((Step.Call) r.steps.get(0)).routine()
                        : declare.routine(divide.within(r.routine(), r.count(), r.multiple()));
                calls.add(new Step.Call(name, Map.of(), Step.Call.OWN));
            }
            Routine r = new Routine("parts_" + span(all()), List.of(INDEPENDENT), List.of(), calls);
            return List.of(new Step.Call(declare.routine(divide.section(r, all, division))));
        }

        // ---- sums over examples

        private final List<Halves.Sum> sums = new ArrayList<>();

        /** What sums touch: they come after all rows. */
        private final Touched summed = new Touched();

        /** Arrays filled in {@code left} that sums may fill instead. */
        private final Map<String, Step.Fill> fills = new HashMap<>();

        boolean hasSums() {
            return !sums.isEmpty();
        }

        /** Whether something may come before what sums do, and before what is filled. */
        boolean isFree(Touched t) {
            return !t.meets(summed) && t.read.stream().noneMatch(fills::containsKey) && t.written.stream().noneMatch(fills::containsKey);
        }

        /**
         * Adds a sum over examples that can be left as two, of which each thread has one; or notes that an array is filled, which
         * then a sum may do.
         *
         * @param left what comes after the section
         */
        boolean addSum(Step step, List<Step> left) {
            if (step instanceof Step.Fill f) {
                Array a = divide.array(f.array());
                if (isEmpty() || a.isField() || f.count().batch() || touches.of(f).meets(touched) || touches.of(f).meets(summed)) return false;
                fills.put(f.array(), f);
                left.add(f);
                return true;
            }
            boolean whole = step instanceof Step.Call c && c.arguments().isEmpty() && c.share() == 0;
            Routine r = whole ? routines.get(((Step.Call) step).routine()) : null;
            if (r == null || !r.variables().isEmpty() || Steps.any(r.steps(), x -> x instanceof Step.Call)) return false;
            if (ranges.size() != 1 || !ranges.get(0).batch() || touches.of(step).meets(summed)) return false;
            for (SumOfPart p : SumOfPart.of(r.steps(), divide::array, variables)) if (addSum(step, r, p, left)) return true;
            return false;
        }

        private boolean addSum(Step step, Routine r, SumOfPart p, List<Step> left) {
            Accesses a = divide.accesses(p.steps());
            Set<String> read = new HashSet<>(a.indices());
            for (Accesses.Access x : a.all()) if (!x.write() && !p.sums().contains(x.array())) read.add(x.array());
            if (p.sums().stream().anyMatch(x -> touched.read.contains(x) || touched.written.contains(x)) || !divide.isSmall(p.sums(), read)) return false;
            for (Step s : p.rest())
                if (touches.of(s).written.stream().anyMatch(x -> touched.read.contains(x) || touched.written.contains(x) || read.contains(x))) return false;
            Set<String> added = new HashSet<>();
            for (Step.Store w : Steps.stores(p.steps())) if (w.fold() != Fold.SET) added.add(w.array());
            Steps.visit(p.steps(), s -> {
                if (s instanceof Product q && q.accumulate()) added.add(q.c().array());
            });
            for (Step.Store w : Steps.stores(p.steps())) if (w.fold() == Fold.SET) added.remove(w.array());
            if (!fills.keySet().containsAll(added)) return false;
            // by examples, each of which is as many rows of a member as it has
            Range rows = new Range();
            rows.add(ranges.get(0));
            rows.base = 1;
            if (rows.units() < 2 || ranges.get(0).base != 1 && !rows.isApart(0)) return false;
            for (List<Accesses.Access> member : rows.cut())
                for (Accesses.Access y : member) {
                    if (y.write() && a.indices().contains(y.array())) return false;
                    if (y.write() && read.contains(y.array()))
                        for (Accesses.Access x : a.all())
                            if (x.array().equals(y.array()) && !Accesses.apart(p.cut(x, Member.ROWS), y, Member.ROWS, rows.count())) return false;
                }
            List<Step.Fill> own = new ArrayList<>();
            for (String x : added) {
                own.add(fills.get(x));
                left.removeIf(s -> s == fills.get(x));
            }
            added.forEach(fills::remove);
            ranges = new ArrayList<>(List.of(rows));
            sums.add(new Halves.Sum(r, p, own));
            summed.add(touches.of(step));
            return true;
        }

        /** The routine in which each of two threads computes half of the examples, with what adds the two sums then. */
        private List<Step> halves() {
            Range only = ranges.get(0);
            List<Step> rows = new ArrayList<>(), all = new ArrayList<>();
            for (Step s : only.steps) rows.addAll(inlined(s));
            all.addAll(rows);
            for (Halves.Sum s : sums) all.addAll(s.routine().steps());
            if (divide.halves(NOTHING, all, only.multiple(), "") == null) return null;
            declare(only);
            Division own = new Division("", only.count(), only.multiple(), 0);
            Routine divided = divide.section(only.routine(), rows, own);
            String each = declare.routine(divided != null ? divided : divide.within(only.routine(), only.count(), only.multiple()));
            return new Halves(divide, declare, variables, sums).of(each, span(all()), all, only.multiple());
        }

        /** Puts the divisions of a range's members into the schedule. */
        private void declare(Range r) {
            for (int k = 0; k < r.steps.size(); k++)
                if (r.steps.get(k) instanceof Step.Fill f)
                    r.steps.set(k, new Step.Call(declare.routine(divide.member(members.filling(f), members.of(f).get(0).candidate()))));
            for (Member m : r.members) {
                // the same variable in every graph: it depends on the routine alone
                Routine old = routines.get(m.routine().name());
                if (old != null && old.steps().equals(m.routine().steps())) routines.put(old.name(), divide.member(old, m.candidate()));
            }
        }

        /** Takes the routines that one part may run out of those before and after. */
        private List<Step> undivided(List<Step> before, List<Step> left) {
            List<Step> found = new ArrayList<>();
            Touched around = new Touched();
            for (int k = before.size() - 1; k >= 0; k--) {
                Touched t = touches.of(before.get(k));
                if (found.size() < MOST && isUndivided(before.get(k)) && !t.meets(touched) && !t.meets(around)) found.add(0, before.remove(k));
                else around.add(t);
            }
            around = new Touched();
            for (int k = 0; k < left.size(); ) {
                Touched t = touches.of(left.get(k));
                if (found.size() < MOST && isUndivided(left.get(k)) && !t.meets(touched) && !t.meets(around)) {
                    found.add(left.remove(k));
                } else {
                    around.add(t);
                    k++;
                }
            }
            return found;
        }

        private boolean isUndivided(Step s) {
            if (!(s instanceof Step.Call c) || !c.arguments().isEmpty()) return false;
            Routine r = routines.get(c.routine());
            return r.division() == null && r.variables().isEmpty() && !Steps.any(r.steps(), x -> x instanceof Step.Call);
        }
    }

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
