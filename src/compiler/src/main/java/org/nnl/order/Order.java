package org.nnl.order;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Graph;
import org.nnl.equations.Size;

/**
 * An order in which the equations of a graph can be computed.
 *
 * <p>A reader comes after all writers of what it reads. Where that is cyclic, the equations of the cycle (a strongly
 * connected component) are put into a loop over an axis that carries the cycle: every dependence in it then goes from
 * one value of the axis to the same or a later one (a loop {@code down}: an earlier one). Dependences between different
 * values are satisfied by the loop; what remains is ordered in the same way within the body, so that a recurrence within
 * a recurrence gives a loop within a loop. Only what is in the cycle gets into the loop: input projections stay before
 * it and sums over all steps after it, whole.
 */
public record Order(List<Step> steps) {
    public Order {
        steps = List.copyOf(steps);
    }

    /** @throws CycleException if there is none */
    public static Order of(Graph graph) {
        return new Order(order(graph.equations(), List.of(), List.of()));
    }

    /** A dependence between two equations that are in the same loops so far. */
    private record Dependence(int writer, int reader, Access read) {}

    /**
     * @param carriers of the loops around, outermost first
     * @param downs    their directions
     */
    private static List<Step> order(List<Equation> equations, List<Carrier> carriers, List<Boolean> downs) {
        List<Dependence> dependences = dependences(equations, carriers);
        List<List<Integer>> successors = Components.empty(equations.size());
        for (Dependence d : dependences)
            if (!successors.get(d.writer).contains(d.reader)) successors.get(d.writer).add(d.reader);

        List<Step> steps = new ArrayList<>();
        for (List<Integer> component : Components.of(successors)) {
            int first = component.get(0);
            if (component.size() == 1 && !successors.get(first).contains(first)) {
                Equation e = equations.get(first);
                steps.add(new Step.Run(e, carriers.stream().map(c -> c.axes().get(e)).toList()));
                continue;
            }
            List<Equation> cycle = component.stream().map(equations::get).toList();
            Set<Integer> members = new LinkedHashSet<>(component);
            List<Dependence> inside = dependences.stream()
                    .filter(d -> members.contains(d.writer) && members.contains(d.reader))
                    .toList();
            steps.add(loop(equations, cycle, inside, carriers, downs));
        }
        return steps;
    }

    private static Step loop(
            List<Equation> equations,
            List<Equation> cycle,
            List<Dependence> inside,
            List<Carrier> carriers,
            List<Boolean> downs) {
        Set<String> tensors = cycle.stream().map(Equation::target).collect(Collectors.toCollection(TreeSet::new));
        String bothSigns = null;
        // the equation with the fewest axes has the fewest candidates
        Equation start = cycle.stream().min(Comparator.comparingInt(e -> e.box().size())).orElseThrow();
        for (Axis axis : start.box()) {
            Carrier carrier = Carrier.starting(start, axis, cycle, tensors);
            if (carrier == null) continue;
            boolean up = false;
            boolean down = false;
            for (Dependence d : inside) {
                int distance = carrier.distance(equations.get(d.writer), d.read);
                up |= distance > 0;
                down |= distance < 0;
            }
            if (up && down) bothSigns = axis.name();
            if (up == down) continue;
            List<Carrier> innerCarriers = new ArrayList<>(carriers);
            innerCarriers.add(carrier);
            List<Boolean> innerDowns = new ArrayList<>(downs);
            innerDowns.add(down);
            Size size = longest(cycle, carrier);
            return new Step.Loop(carriers.size(), size, down, order(cycle, innerCarriers, innerDowns));
        }
        String names = String.join(" → ", new LinkedHashSet<>(cycle.stream().map(Equation::target).toList()));
        throw new CycleException(
                bothSigns != null
                        ? "the equations of " + names + " read both earlier and later values along '" + bothSigns + "'"
                        : "the equations of " + names + " need each other's values without a delay",
                cycle);
    }

    private static Size longest(List<Equation> cycle, Carrier carrier) {
        Size longest = null;
        for (Equation e : cycle) {
            Size s = e.axis(carrier.axes().get(e)).size();
            if (longest == null || s.isBatch() || !longest.isBatch() && s.at(0) > longest.at(0)) longest = s;
        }
        return longest;
    }

    /** The dependences that the loops around do not satisfy: those within one value of each carrying axis. */
    private static List<Dependence> dependences(List<Equation> equations, List<Carrier> carriers) {
        Map<String, List<Integer>> writers = new HashMap<>();
        for (int w = 0; w < equations.size(); w++)
            writers.computeIfAbsent(equations.get(w).target(), t -> new ArrayList<>()).add(w);
        List<Dependence> all = new ArrayList<>();
        for (int r = 0; r < equations.size(); r++)
            for (Access read : new LinkedHashSet<>(Access.reads(equations.get(r))))
                for (int w : writers.getOrDefault(read.tensor(), List.of())) {
                    Equation writer = equations.get(w);
                    if (carriers.stream().allMatch(c -> c.distance(writer, read) == 0))
                        all.add(new Dependence(w, r, read));
                }
        return all;
    }

    /** One line a step, loops indented. */
    @Override
    public String toString() {
        StringBuilder s = new StringBuilder();
        print(steps, "", s);
        return s.toString();
    }

    private static void print(List<Step> steps, String indent, StringBuilder s) {
        for (Step step : steps) {
            if (step instanceof Step.Loop loop) {
                s.append(indent).append("loop ").append(loop.down() ? "down " : "").append("through ")
                        .append(loop.size()).append('\n');
                print(loop.body(), indent + "  ", s);
            } else {
                Step.Run run = (Step.Run) step;
                s.append(indent).append(run.equation());
                if (!run.serial().isEmpty()) s.append("  at ").append(String.join(", ", run.serial()));
                s.append('\n');
            }
        }
    }
}
