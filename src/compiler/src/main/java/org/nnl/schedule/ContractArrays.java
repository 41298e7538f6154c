package org.nnl.schedule;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.order.Access;

/**
 * Array contraction: a tensor that one nest writes and reads at the same point, and nothing else needs, is a local.
 * <pre>for i { a[i] = f(x[i]); y[i] = g(a[i]) }    becomes    for i { a = f(x[i]); y[i] = g(a) }</pre>
 */
final class ContractArrays {
    private ContractArrays() {}

    /**
     * Tensors that only one group touches.
     *
     * @param wanted tensors that are needed outside the graph
     */
    static Set<String> of(Graph g, List<Plan> plans, Set<String> wanted) {
        Map<String, Set<Group>> users = new HashMap<>();
        Set<String> written = new LinkedHashSet<>();
        Set<String> lookups = new HashSet<>();
        for (Group group : Plan.groups(plans)) {
            for (String t : group.targets()) {
                users.computeIfAbsent(t, k -> identitySet()).add(group);
                if (group.parallel() != null) written.add(t);
            }
            for (String t : group.reads()) users.computeIfAbsent(t, k -> identitySet()).add(group);
            for (Equation e : group.equations()) {
                Set<String> plain = new HashSet<>();
                e.body().reads().forEach(r -> plain.add(r.tensor()));
                for (String t : e.reads()) if (!plain.contains(t)) lookups.add(t);
            }
        }
        written.removeIf(t -> users.get(t).size() > 1
                || wanted.contains(t)
                || lookups.contains(t)
                || g.tensor(t).isInteger()
                || users.get(t).iterator().next().equations().stream().filter(e -> e.target().equals(t)).count() > 1
                || users.get(t).stream().anyMatch(x -> !x.serial().isEmpty() && carries(x, t)));
        return written;
    }

    /** Whether a time loop hands the tensor from one of its values to another. */
    private static boolean carries(Group g, String tensor) {
        for (Equation w : g.equations()) {
            if (!w.target().equals(tensor)) continue;
            for (Equation r : g.equations())
                for (Access a : Access.reads(r))
                    if (a.tensor().equals(tensor) && !a.indices().equals(w.indices())) return true;
        }
        return false;
    }

    private static <T> Set<T> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }
}
