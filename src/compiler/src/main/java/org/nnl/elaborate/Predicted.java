package org.nnl.elaborate;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Tensor;
import org.nnl.syntax.Tree;

/** The search for what a model predicts, from its losses against the direction of computation. */
record Predicted(Sheet sheet, Map<String, Set<String>> reads, Set<String> seen, Set<String> found) {

    /**
     * What is predicted if the model does not say: the tensors of equations that the loss reads, through nameless
     * ones, that depend on inputs and not on targets. Without a loss, what no other equation reads.
     */
    static Set<String> of(Sheet sheet, List<Tree.Loss> losses, Set<String> equationNames) {
        Set<String> found = new LinkedHashSet<>();
        Map<String, Set<String>> reads = Slices.reads(Slices.settled(sheet, 0), sheet.derivatives());
        if (losses.isEmpty()) {
            Set<String> read = new LinkedHashSet<>();
            reads.forEach((target, from) -> from.stream().filter(n -> !n.equals(target)).forEach(read::add));
            for (String n : equationNames) if (sheet.tensor(n) != null && !read.contains(n)) found.add(n);
            return found;
        }
        Predicted search = new Predicted(sheet, reads, new LinkedHashSet<>(), found);
        for (Tree.Loss l : losses) search.from(ModelElaboration.lossName(l));
        return found;
    }

    private void from(String name) {
        if (!seen.add(name)) return;
        Tensor t = sheet.tensor(name);
        if (t == null || t.role() != Tensor.Role.VALUE) return;
        Set<String> needed = Slices.reachable(List.of(name), Slices.settled(sheet, 0), sheet.derivatives());
        boolean target = needed.stream().anyMatch(n -> sheet.tensor(n) != null
                && sheet.tensor(n).role() == Tensor.Role.TARGET);
        boolean input = needed.stream().anyMatch(n -> sheet.tensor(n) != null
                && sheet.tensor(n).role() == Tensor.Role.INPUT);
        if (!target && input && sheet.depth(name) == 0) {
            found.add(Layout.visible(name));
            return;
        }
        for (String r : reads.getOrDefault(name, Set.of())) from(r);
    }
}
