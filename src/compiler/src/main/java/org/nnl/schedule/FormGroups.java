package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Size;
import org.nnl.order.Access;
import org.nnl.order.Order;
import org.nnl.order.Step;

/**
 * Puts equations into groups that share a nest of loops.
 *
 * <p>An equation joins the group of an earlier one if their targets have dimensions of the same sizes, and whatever it
 * shares with the group is touched by both at the same point of the nest alone. It may pass groups in between with
 * which it shares nothing. In the end a group falls into its {@link #related related} parts: one loop for the optimiser's
 * equations of one parameter, and another for those of the next, so that these loops are alike.
 */
final class FormGroups {
    /** More equations than this in a loop spill registers and defeat the JIT. */
    private static final int MOST = 12;

    private final boolean fuse;

    /** Scalars that need nothing else that is computed. */
    private final Set<String> settled = new HashSet<>();

    /** What equations of groups touch: each is asked once for every equation that may join. */
    private final Map<Equation, Touched> touched = new IdentityHashMap<>();

    /**
     * @param reads   as {@link Access#reads} says
     * @param tensors that are touched, but for scalars that are read
     */
    private record Touched(List<Access> reads, Set<String> tensors) {
        static Touched by(Equation e) {
            List<Access> reads = Access.reads(e);
            Set<String> tensors = new HashSet<>(Set.of(e.target()));
            for (Access a : reads) if (!a.indices().isEmpty()) tensors.add(a.tensor());
            return new Touched(reads, tensors);
        }
    }

    private FormGroups(boolean fuse) {
        this.fuse = fuse;
    }

    static List<Plan> of(Order order, boolean fuse) {
        FormGroups f = new FormGroups(fuse);
        f.settle(order.steps(), new HashSet<>());
        return f.steps(order.steps(), Map.of());
    }

    private void settle(List<Step> steps, Set<String> unsettled) {
        for (Step step : steps) {
            if (step instanceof Step.Loop loop) {
                settle(loop.body(), unsettled);
                continue;
            }
            Equation e = ((Step.Run) step).equation();
            boolean free = e.indices().isEmpty() && e.reads().stream().noneMatch(unsettled::contains);
            if (free && !unsettled.contains(e.target())) settled.add(e.target());
            else unsettled.add(e.target());
        }
    }

    private List<Plan> steps(List<Step> steps, Map<String, Size> serial) {
        List<Plan> plans = new ArrayList<>();
        for (Step step : steps) {
            if (step instanceof Step.Loop loop) {
                String variable = freeName(serialAxis(loop, loop.depth()), serial.keySet());
                Map<String, Size> inner = new LinkedHashMap<>(serial);
                inner.put(variable, loop.size());
                plans.add(new Plan.TimeLoop(variable, loop.size(), loop.down(), steps(loop.body(), inner)));
            } else {
                add(plans, single((Step.Run) step, serial));
            }
        }
        List<Plan> parts = new ArrayList<>();
        for (Plan p : plans) {
            if (p instanceof Group g) parts.addAll(parts(g));
            else parts.add(p);
        }
        return parts;
    }

    /** A group for every set of related equations, in the order of their first ones. */
    private List<Group> parts(Group g) {
        List<Group> parts = new ArrayList<>();
        Set<Equation> placed = new HashSet<>();
        for (Equation e : g.equations()) {
            if (placed.contains(e)) continue;
            List<Equation> part = related(g.equations(), e);
            placed.addAll(part);
            parts.add(new Group(g.serial(), g.pauses(), g.parallel(), part));
        }
        return parts;
    }

    /**
     * The equations that touch a tensor that {@code e} touches, or one that those touch, and so on. Scalars do not count,
     * except among equations of scalars. Of these the ones are related that need nothing else, and the ones that do: what only needs
     * the number of examples does not wait for the loss.
     */
    private List<Equation> related(List<Equation> equations, Equation e) {
        if (e.indices().isEmpty())
            return equations.stream().filter(x -> settled.contains(x.target()) == settled.contains(e.target())).toList();
        Set<String> tensors = new HashSet<>(touched(e).tensors);
        List<Equation> found = List.of();
        for (int before = -1; before != found.size(); ) {
            before = found.size();
            found = equations.stream()
                    .filter(x -> x == e || touched(x).tensors.stream().anyMatch(tensors::contains))
                    .toList();
            found.forEach(x -> tensors.addAll(touched(x).tensors));
        }
        return found;
    }

    private Touched touched(Equation e) {
        return touched.computeIfAbsent(e, Touched::by);
    }

    private static String serialAxis(Step step, int depth) {
        if (step instanceof Step.Run r) return r.serial().get(depth);
        return serialAxis(((Step.Loop) step).body().get(0), depth);
    }

    private static String freeName(String name, Set<String> taken) {
        String free = name;
        for (int n = 2; taken.contains(free); n++) free = name + n;
        return free;
    }

    /** A group of one equation, its serial axes renamed to the variables of the loops around. */
    private static Group single(Step.Run run, Map<String, Size> serial) {
        Equation e = run.equation();
        List<String> variables = List.copyOf(serial.keySet());
        Map<String, String> names = new HashMap<>();
        Map<String, Size> pauses = new LinkedHashMap<>();
        List<Axis> box = new ArrayList<>();
        Set<String> taken = new HashSet<>(variables);
        for (Axis a : e.box()) {
            int depth = run.serial().indexOf(a.name());
            if (depth >= 0) {
                String v = variables.get(depth);
                names.put(a.name(), v);
                if (!a.size().equals(serial.get(v))) pauses.put(v, a.size());
            } else {
                String free = freeName(a.name(), taken);
                taken.add(free);
                names.put(a.name(), free);
                box.add(new Axis(free, a.size()));
            }
        }
        Equation renamed = rename(e, names, box);
        return new Group(serial, pauses, Group.parallelAxes(renamed), List.of(renamed));
    }

    private static Equation rename(Equation e, Map<String, String> names, List<Axis> box) {
        java.util.function.Function<String, Index> to = a -> names.containsKey(a) ? Index.axis(names.get(a)) : null;
        return new Equation(
                e.target(),
                e.indices().stream().map(i -> i.substitute(to)).toList(),
                e.fold(),
                e.position() == null ? null : names.getOrDefault(e.position(), e.position()),
                box,
                e.body().substitute(to),
                e.origin());
    }

    private void add(List<Plan> plans, Group single) {
        if (fuse)
            for (int k = plans.size() - 1; k >= 0; k--) {
                if (!(plans.get(k) instanceof Group g)) break;
                Group joined = join(g, single);
                if (joined != null) {
                    plans.set(k, joined);
                    return;
                }
                if (conflict(g, single)) break;
            }
        plans.add(place(plans, single), single);
    }

    /** Scalars go as early as they may: what needs them can then join groups that stood before them. */
    private int place(List<Plan> plans, Group single) {
        int at = plans.size();
        if (single.parallel() == null || !single.parallel().isEmpty() || !single.isElementwise()) return at;
        while (at > 0 && plans.get(at - 1) instanceof Group g && !conflict(g, single)) at--;
        return at;
    }

    /**
     * Whether an equation may follow a sum without spoiling a matrix product: it reads nothing by look-ups, and along the
     * last axis only contiguous elements.
     */
    private static boolean isPlainEpilogue(Equation e, List<Axis> parallel) {
        if (parallel.isEmpty()) return true;
        String last = parallel.get(parallel.size() - 1).name();
        for (Access r : Access.reads(e))
            for (int d = 0; d < r.indices().size(); d++) {
                Index i = r.indices().get(d);
                if (!i.isAffine()) return false;
                boolean contiguous = d == r.indices().size() - 1 && i.plus(-i.constant()).isAxis(last);
                if (i.mentions(last) && !contiguous) return false;
            }
        return e.body().indices().stream().allMatch(Index::isAffine);
    }

    private boolean conflict(Group earlier, Group later) {
        for (Equation e : later.equations()) {
            List<Access> all = new ArrayList<>(touched(e).reads);
            Access target = new Access(e.target(), e.indices());
            all.add(target);
            for (Equation w : earlier.equations()) {
                Access written = new Access(w.target(), w.indices());
                for (Access a : all) if (mayMeet(written, a, earlier.serial().keySet())) return true;
                for (Access a : touched(w).reads) if (mayMeet(a, target, earlier.serial().keySet())) return true;
            }
        }
        return false;
    }

    /** Whether both may touch one element at the same values of the time loops around. */
    private static boolean mayMeet(Access a, Access b, Set<String> serial) {
        if (!a.tensor().equals(b.tensor())) return false;
        for (int d = 0; d < a.indices().size(); d++) {
            Index i = a.indices().get(d);
            Index difference = i.plus(b.indices().get(d).times(-1));
            boolean steps = i.terms().stream()
                    .allMatch(t -> t.atom() instanceof Index.AxisAtom x && serial.contains(x.axis()));
            if (steps && difference.isConstant() && difference.constant() != 0) return false;
        }
        return true;
    }

    /** Whether an equation of a group looks for a maximum, or for where it is. */
    private static boolean isSearch(Equation e, Group g) {
        return e.fold() == Fold.ARGMAX || e.fold() == Fold.MAX && !g.folded(e).isEmpty();
    }

    /** The group with the equation in it; null if they cannot share a nest. */
    private Group join(Group g, Group single) {
        Equation e = single.equations().get(0);
        if (g.parallel() == null || single.parallel() == null) return null;
        if (g.parallel().size() != single.parallel().size() || !g.pauses().equals(single.pauses())) return null;
        // what sums over whole columns gains nothing from sharing the loop of an unrelated equation
        if (g.parallel().isEmpty() && !(g.isElementwise() && single.isElementwise())) return null;
        Equation first = g.equations().get(0);
        boolean search = isSearch(e, single) && isSearch(first, g);
        if (e.box().size() > single.parallel().size() && !search) return null;
        Map<String, String> names = new HashMap<>();
        Set<String> taken = new HashSet<>(g.serial().keySet());
        List<Axis> box = new ArrayList<>();
        for (int d = 0; d < g.parallel().size(); d++) {
            Axis mine = g.parallel().get(d);
            Axis its = single.parallel().get(d);
            if (!mine.size().equals(its.size())) return null;
            names.put(its.name(), mine.name());
            taken.add(mine.name());
        }
        if (search) {
            List<Axis> mine = g.folded(first), its = single.folded(e);
            if (mine.size() != its.size()) return null;
            for (int d = 0; d < mine.size(); d++) {
                if (!mine.get(d).size().equals(its.get(d).size())) return null;
                names.put(its.get(d).name(), mine.get(d).name());
            }
        }
        for (Equation other : g.equations()) other.box().forEach(a -> taken.add(a.name()));
        for (Axis a : e.box()) {
            String name = names.get(a.name());
            if (name == null) {
                name = freeName(a.name(), taken);
                taken.add(name);
                names.put(a.name(), name);
            }
            box.add(new Axis(name, a.size()));
        }
        Equation renamed = rename(e, names, box);
        // a maximum and its positions in different axes are found together
        if (search && !renamed.body().equals(first.body())) return null;
        boolean sum = !search && first.box().size() > g.parallel().size();
        if (sum && (!isPlainEpilogue(renamed, g.parallel()) || g.equations().stream().noneMatch(w -> touched(renamed).tensors.contains(w.target()))))
            return null;
        Access target = new Access(renamed.target(), renamed.indices());
        for (Equation w : g.equations()) {
            Access written = new Access(w.target(), w.indices());
            boolean same = written.equals(target);
            if (same && w.fold() != Fold.SUM) return null;
            if (!same && mayMeet(written, target, g.serial().keySet()) && w.fold() != Fold.SET) return null;
            for (Access r : touched(renamed).reads) {
                if (!mayMeet(r, written, g.serial().keySet())) continue;
                boolean lookup = renamed.body().reads().stream()
                        .noneMatch(x -> x.tensor().equals(r.tensor()) && x.indices().equals(r.indices()));
                if (lookup || !r.indices().equals(w.indices())) return null;
            }
            for (Access r : touched(w).reads) if (mayMeet(r, target, g.serial().keySet())) return null;
        }
        Group joined = g.with(renamed);
        return related(joined.equations(), renamed).size() > MOST ? null : joined;
    }
}
