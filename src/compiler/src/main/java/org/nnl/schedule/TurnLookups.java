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
import org.nnl.equations.Origin;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;

/**
 * A weight whose last index is looked up, {@code W[i,w[b]]}, is read (or summed into) column by column: elements that
 * lie far apart. A copy with that dimension first makes them rows:
 * <pre>W.turned[v,i] = W[i,v]           … W.turned[w[b],i] …
 * d.turned[w[b],i] += …            d[i,v] += d.turned[v,i]</pre>
 */
final class TurnLookups {
    private static final String TURNED = ".turned";
    private final Graph graph;
    private final Map<String, Tensor> tensors;
    private final List<Equation> equations = new ArrayList<>();
    private final List<Equation> before = new ArrayList<>();

    private TurnLookups(Graph graph) {
        this.graph = graph;
        this.tensors = new LinkedHashMap<>(graph.tensors());
    }

    static Graph of(Graph graph) {
        TurnLookups t = new TurnLookups(graph);
        for (Equation e : graph.equations()) t.add(e);
        if (t.tensors.size() == graph.tensors().size()) return graph;
        List<Equation> all = new ArrayList<>(t.before);
        all.addAll(t.equations);
        return graph.withTensors(t.tensors).withEquations(all);
    }

    private void add(Equation e) {
        Expr body = e.body().rewrite(x -> x instanceof Expr.Read r && isColumn(r.tensor(), r.indices())
                ? new Expr.Read(copied(r.tensor(), e.origin()), turned(r.indices()))
                : x);
        Equation read = e.withBody(body);
        if (e.fold() != Fold.SUM || !isColumn(e.target(), e.indices())) {
            equations.add(read);
            return;
        }
        String name = e.target() + TURNED;
        declare(e.target(), name);
        equations.add(Equation.of(name, turned(e.indices()), Fold.SUM, e.box(), body, e.origin()));
        if (equations.stream().noneMatch(x -> x.target().equals(e.target()) && x.origin().reason().equals("turned back")))
            equations.add(copy(name, e.target(), true, e.origin().because("turned back", "")));
    }

    private boolean isColumn(String tensor, List<Index> indices) {
        Tensor t = graph.tensor(tensor);
        if (t.isBatched() || t.rank() < 2 || t.isInteger() || t.boundary() != 0) return false;
        int last = indices.size() - 1;
        return !indices.get(last).isAffine()
                && indices.subList(0, last).stream().allMatch(i -> i.isAffine())
                && indices.subList(0, last).stream().anyMatch(i -> i.bareAxis() != null);
    }

    private static <T> List<T> turned(List<T> list) {
        List<T> turned = new ArrayList<>(list.subList(0, list.size() - 1));
        turned.add(0, list.get(list.size() - 1));
        return turned;
    }

    private String copied(String tensor, Origin origin) {
        String name = tensor + TURNED;
        if (!tensors.containsKey(name)) {
            declare(tensor, name);
            before.add(copy(tensor, name, false, Origin.at(origin.place()).because("rows for look-ups", "")));
        }
        return name;
    }

    private void declare(String tensor, String name) {
        List<Size> shape = turned(graph.tensor(tensor).shape());
        tensors.putIfAbsent(name, Tensor.real(name, Tensor.Role.VALUE, shape));
    }

    /** The equation between a tensor and its turned copy. */
    private Equation copy(String from, String to, boolean back, Origin origin) {
        List<Size> shape = graph.tensor(back ? to : from).shape();
        List<Axis> box = new ArrayList<>();
        List<Index> indices = new ArrayList<>();
        for (int d = 0; d < shape.size(); d++) {
            box.add(new Axis("d" + d, shape.get(d)));
            indices.add(Index.axis("d" + d));
        }
        List<Index> other = turned(indices);
        return Equation.of(to, back ? indices : other, back ? Fold.SUM : Fold.SET, box,
                Expr.read(from, back ? other : indices), origin);
    }
}
