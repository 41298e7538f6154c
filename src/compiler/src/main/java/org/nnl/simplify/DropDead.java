package org.nnl.simplify;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.nnl.equations.Tensor;

/** An equation whose target reaches neither a result nor a commit is dropped, and so is its target. */
final class DropDead implements Rule {
    @Override
    public String name() {
        return "dead";
    }

    @Override
    public void apply(Draft g) {
        Set<String> live = new HashSet<>();
        Deque<String> open = new ArrayDeque<>();
        for (Tensor t : g.tensors()) if (g.isNeeded(t.name()) && live.add(t.name())) open.add(t.name());
        while (!open.isEmpty())
            for (int k : g.writers(open.pop()))
                for (String read : g.equation(k).reads()) if (live.add(read)) open.push(read);
        for (int k : g.numbers()) if (!live.contains(g.equation(k).target())) g.remove(k);
        for (Tensor t : g.tensors())
            if (t.role() == Tensor.Role.VALUE && !live.contains(t.name())) g.removeTensor(t.name());
    }
}
