package org.nnl.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.order.Access;

/**
 * Tensors of which a step of time is needed in that step alone: what a cell adds up before its activations, which is
 * neither handed on nor needed by the gradient.
 * <pre>for t { a[t,i] = W·h[t-1]; h[t,i] = tanh(a[t,i]) }    becomes    for t { a[i] = W·h[t-1]; h[t,i] = tanh(a[i]) }</pre>
 * So all steps of a lie in the same place, which stays in the nearest cache.
 */
final class PassingSteps {
    /** The loop in which all accesses to a tensor are; null while there was none. */
    private final Map<String, Plan.TimeLoop> loops = new HashMap<>();

    private final Set<String> refused = new HashSet<>();
    private final Map<String, Integer> time;

    private PassingSteps(Map<String, Integer> time) {
        this.time = time;
    }

    /**
     * The names of such tensors.
     *
     * @param plans  of every graph
     * @param time   tensors that a time loop computes, with the dimension through which it runs
     * @param wanted tensors of a graph that are needed when it is done
     */
    static Set<String> of(Map<Graph, List<Plan>> plans, Map<String, Integer> time, Function<Graph, Set<String>> wanted) {
        Set<String> passing = new HashSet<>(time.keySet());
        plans.forEach((g, p) -> {
            PassingSteps s = new PassingSteps(time);
            s.collect(p, List.of());
            passing.removeAll(s.refused);
            passing.removeAll(wanted.apply(g));
            // filled before the loop, not in each step
            Starts.of(g, p).fills().values().forEach(passing::removeAll);
        });
        return passing;
    }

    private void collect(List<Plan> plans, List<Plan.TimeLoop> around) {
        for (Plan p : plans) {
            if (p instanceof Plan.TimeLoop loop) {
                List<Plan.TimeLoop> more = new ArrayList<>(around);
                more.add(loop);
                collect(loop.body(), more);
                continue;
            }
            Group group = (Group) p;
            for (Equation e : group.equations()) {
                access(new Access(e.target(), e.indices()), group, around);
                for (Access a : Access.reads(e)) access(a, group, around);
            }
        }
    }

    private void access(Access a, Group group, List<Plan.TimeLoop> around) {
        if (!time.containsKey(a.tensor())) return;
        String v = a.indices().get(time.get(a.tensor())).bareAxis();
        Plan.TimeLoop own = around.stream().filter(l -> l.variable().equals(v)).findFirst().orElse(null);
        if (own == null || group.pauses().containsKey(v) || loops.computeIfAbsent(a.tensor(), t -> own) != own) refused.add(a.tensor());
    }
}
