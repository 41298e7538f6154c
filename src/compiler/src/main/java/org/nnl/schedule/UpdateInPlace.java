package org.nnl.schedule;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.order.Access;

/**
 * Next values that may be written over the present ones: computed by one equation, one value a point, where every read of
 * the present value comes earlier or is at the same element.
 * <pre>w'[i] = w[i] - rate·d_w[i],  commit w &lt;- w'    becomes    w[i] = w[i] - rate·d_w[i]</pre>
 */
final class UpdateInPlace {
    private UpdateInPlace() {}

    /** The tensor holding the next value, to the tensor it may replace. */
    static Map<String, String> of(Graph g, List<Plan> plans) {
        List<Group> groups = Plan.groups(plans);
        Map<String, String> all = new LinkedHashMap<>();
        g.commits().forEach((state, next) -> {
            if (!all.containsKey(next) && isPossible(g, groups, state, next)) all.put(next, state);
        });
        return all;
    }

    private static boolean isPossible(Graph g, List<Group> groups, String state, String next) {
        Tensor t = g.tensor(state);
        if (t.role() == Tensor.Role.SETTING || g.writers(next).size() != 1) return false;
        if (!t.shape().equals(g.tensor(next).shape()) || t.isInteger()) return false;
        int home = -1;
        for (int k = 0; k < groups.size(); k++) if (groups.get(k).targets().contains(next)) home = k;
        Group own = groups.get(home);
        if (own.parallel() == null || !own.serial().isEmpty()) return false;
        Equation w = own.equations().stream().filter(e -> e.target().equals(next)).findFirst().orElseThrow();
        for (int d = 0; d < w.indices().size(); d++) {
            String axis = w.indices().get(d).bareAxis();
            if (axis == null || !w.axis(axis).size().equals(t.shape().get(d))) return false;
        }
        for (int k = home; k < groups.size(); k++)
            for (Equation e : groups.get(k).equations())
                for (Access a : Access.reads(e))
                    if (a.tensor().equals(state) && (k > home || !a.indices().equals(w.indices()))) return false;
        return true;
    }
}
