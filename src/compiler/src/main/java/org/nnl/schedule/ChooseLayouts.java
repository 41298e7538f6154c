package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.order.Access;

/**
 * Decides layouts of computed tensors, over all graphs that share them.
 *
 * <p>A tensor that a time loop computes step by step has time outermost, so that a step is one contiguous block; what
 * is indexed by the same axis in the same equation follows. Where index maps reach a little beyond a tensor, room is
 * left there instead of testing bounds: reads find the boundary value 0 in it, writes that would be dropped go into it;
 * not both in one tensor. Of a tensor that nothing needs after its step, one step is kept ({@link PassingSteps}). Tensors
 * between products lie so that their axes join ({@link JoinDimensions}).
 */
final class ChooseLayouts {
    /** Room of more elements than this a dimension is not left. */
    static final int MOST_ROOM = 8;

    private final Set<String> fixed;
    private final Map<String, Integer> outermost = new HashMap<>();
    private final Map<String, List<Integer>> orders = new HashMap<>();
    private final Map<String, int[][]> room = new HashMap<>();
    private final Set<String> tested = new HashSet<>();
    private Set<String> passing = Set.of();

    private ChooseLayouts(Set<String> fixed) {
        this.fixed = fixed;
    }

    /**
     * Layouts by tensor, of those that are not plain.
     *
     * @param plans  of every graph
     * @param fixed  tensors that the caller sees as they are
     * @param wanted tensors of a graph that are needed when it is done
     */
    static Map<String, Layout> of(Map<Graph, List<Plan>> plans, Set<String> fixed, Function<Graph, Set<String>> wanted) {
        ChooseLayouts c = new ChooseLayouts(fixed);
        plans.forEach((g, p) -> c.timeOutermost(g, p));
        boolean more = true;
        while (more) {
            more = false;
            for (Graph g : plans.keySet()) for (Equation e : g.equations()) more |= c.follow(g, e);
        }
        c.passing = PassingSteps.of(plans, c.outermost, wanted);
        Map<String, Layout> layouts = new HashMap<>();
        for (Graph g : plans.keySet()) for (Equation e : g.equations()) c.reach(g, e);
        c.orders.putAll(JoinDimensions.of(plans.keySet(), (g, t) ->
                c.isFree(g, t) && g.tensor(t).isBatched() && !c.outermost.containsKey(t) && !c.room.containsKey(t)));
        Set<String> names = new HashSet<>(c.outermost.keySet());
        names.addAll(c.room.keySet());
        names.addAll(c.orders.keySet());
        for (String name : names) {
            Tensor t = null;
            for (Graph g : plans.keySet()) if (g.tensors().containsKey(name)) t = g.tensor(name);
            layouts.put(name, c.layout(t));
        }
        layouts.values().removeIf(Layout::isPlain);
        return layouts;
    }

    private boolean isFree(Graph g, String tensor) {
        Tensor t = g.tensor(tensor);
        return t.role() == Tensor.Role.VALUE && !fixed.contains(tensor) && t.rank() > 0;
    }

    private void timeOutermost(Graph g, List<Plan> plans) {
        for (Plan p : plans) {
            if (p instanceof Plan.TimeLoop loop) {
                timeOutermost(g, loop.body());
                continue;
            }
            Group group = (Group) p;
            for (Equation e : group.equations())
                for (int d = 1; d < e.indices().size(); d++)
                    for (String v : group.serial().keySet())
                        if (e.indices().get(d).mentions(v)) makeOutermost(g, e.target(), d);
        }
    }

    private boolean makeOutermost(Graph g, String tensor, int d) {
        if (!isFree(g, tensor) || !g.tensor(tensor).isBatched() || d == 0) return false;
        return outermost.putIfAbsent(tensor, d) == null;
    }

    /** What an equation reads or writes along an axis that is outermost elsewhere in it follows suit. */
    private boolean follow(Graph g, Equation e) {
        List<Access> all = new ArrayList<>(Access.reads(e));
        all.add(new Access(e.target(), e.indices()));
        String axis = null;
        for (Access a : all) {
            Integer d = outermost.get(a.tensor());
            if (d == null) continue;
            Index i = a.indices().get(d);
            String bare = i.plus(-i.constant()).bareAxis();
            if (bare != null) axis = bare;
        }
        if (axis == null) return false;
        boolean more = false;
        for (Access a : all)
            for (int d = 1; d < a.indices().size(); d++) {
                Index i = a.indices().get(d);
                if (axis.equals(i.plus(-i.constant()).bareAxis()) && d == 1) more |= makeOutermost(g, a.tensor(), d);
            }
        return more;
    }

    private void reach(Graph g, Equation e) {
        Map<String, Size> sizes = new HashMap<>();
        for (Axis a : e.box()) sizes.put(a.name(), a.size());
        Scope scope = new Scope(g, sizes, null, null);
        for (Access a : Access.reads(e)) reach(g, scope, a, 0);
        reach(g, scope, new Access(e.target(), e.indices()), 2);
    }

    /** @param kind 0 for reads, 2 for writes */
    private void reach(Graph g, Scope scope, Access a, int kind) {
        if (!isFree(g, a.tensor())) return;
        Tensor t = g.tensor(a.tensor());
        for (int d = 0; d < a.indices().size(); d++) {
            Size size = t.shape().get(d);
            Index i = a.indices().get(d);
            long[] range = scope.range(i);
            if (size.isBatch()) continue;
            if (range == null) {
                tested.add(a.tensor());
                continue;
            }
            if (range[0] >= 0 && range[1] < size.at(0)) continue;
            if (!i.isAffine() || t.boundary() != 0 || t.isInteger()) tested.add(a.tensor());
            int[][] r = room.computeIfAbsent(a.tensor(), k -> new int[t.rank()][4]);
            r[d][kind] = (int) Math.max(r[d][kind], Math.min(1 << 20, -range[0]));
            r[d][kind + 1] = (int) Math.max(r[d][kind + 1], Math.min(1 << 20, range[1] - size.at(0) + 1));
        }
    }

    private Layout layout(Tensor t) {
        Layout plain = Layout.plain(t.rank());
        int time = outermost.getOrDefault(t.name(), 0);
        List<Integer> first = orders.getOrDefault(t.name(), Layout.outermost(t.rank(), time));
        Set<Integer> reused = passing.contains(t.name()) ? Set.of(time) : Set.of();
        int[][] r = room.get(t.name());
        if (r == null || tested.contains(t.name())) return new Layout(plain.before(), plain.after(), first, reused);
        boolean reads = false;
        boolean writes = false;
        List<Integer> before = new ArrayList<>();
        List<Integer> after = new ArrayList<>();
        boolean tooMuch = false;
        for (int[] d : r) {
            reads |= d[0] > 0 || d[1] > 0;
            writes |= d[2] > 0 || d[3] > 0;
            before.add(Math.max(d[0], d[2]));
            after.add(Math.max(d[1], d[3]));
            tooMuch |= before.get(before.size() - 1) > MOST_ROOM || after.get(after.size() - 1) > MOST_ROOM;
        }
        if (reads && writes || tooMuch) return new Layout(plain.before(), plain.after(), first, reused);
        return new Layout(before, after, first, reused);
    }
}
