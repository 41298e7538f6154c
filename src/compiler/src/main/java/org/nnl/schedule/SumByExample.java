package org.nnl.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Graph;
import org.nnl.equations.Index;
import org.nnl.equations.Tensor;

/**
 * A number summed over all examples and more, as a loss over time, is the sum of what each example has of it: threads can share that, and
 * it is computed where the rest of the example is.
 * <pre>loss += f(b,t)   becomes   loss.example[b] += f(b,t)    loss += loss.example[b]</pre>
 */
final class SumByExample {
    private static final String EXAMPLE = ".example";

    /** Terms of an example, and examples, from which they are summed apart. */
    private static final int ENOUGH = 8, MANY = 2;

    private SumByExample() {}

    /** @param batch the number of examples it should suit best */
    static Graph of(Graph graph, int batch) {
        if (batch < MANY) return graph;
        Map<String, Tensor> tensors = new LinkedHashMap<>(graph.tensors());
        List<Equation> all = new ArrayList<>();
        for (Equation e : graph.equations()) {
            Axis examples = examples(e);
            if (examples == null || tensors.containsKey(e.target() + EXAMPLE)) {
                all.add(e);
                continue;
            }
            String each = e.target() + EXAMPLE;
            List<Index> example = List.of(Index.axis(examples.name()));
            tensors.put(each, Tensor.real(each, Tensor.Role.VALUE, List.of(examples.size())));
            all.add(Equation.of(each, example, Fold.SUM, e.box(), e.body(), e.origin()));
            all.add(Equation.of(e.target(), List.of(), Fold.SUM, List.of(examples), Expr.read(each, example), e.origin()));
        }
        return tensors.size() == graph.tensors().size() ? graph : graph.withTensors(tensors).withEquations(all);
    }

    /** The axis of examples of what sums over them and enough else; null of any other equation. */
    private static Axis examples(Equation e) {
        if (!e.indices().isEmpty() || e.fold() != Fold.SUM) return null;
        Axis examples = null;
        long terms = 1;
        for (Axis a : e.box()) {
            if (a.size().isBatch()) examples = a;
            else terms *= a.size().at(1);
        }
        return terms >= ENOUGH ? examples : null;
    }
}
