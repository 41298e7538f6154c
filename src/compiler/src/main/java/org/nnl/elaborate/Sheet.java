package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Derivative;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Index;
import org.nnl.equations.Tensor;

/**
 * The equations written so far for one graph. It can be taken back to an earlier state: the size of a recurrence is
 * found by elaborating it on trial.
 */
final class Sheet {
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final List<Equation> equations = new ArrayList<>();
    private final List<Derivative> derivatives = new ArrayList<>();
    private final Map<String, String> commits = new LinkedHashMap<>();
    private final Set<String> names = new LinkedHashSet<>();
    private final Map<String, Integer> depths = new HashMap<>();
    private final Sheet starts;
    private int stream;

    /**
     * @param firstStream number of the first stream of random numbers
     * @param starts      where the first values of parameters and states are written; null if there can be none
     */
    Sheet(int firstStream, Sheet starts) {
        this.stream = firstStream;
        this.starts = starts;
    }

    Sheet starts() {
        return starts;
    }

    /** A state to come back to. */
    record Mark(
            Map<String, Tensor> tensors,
            int equations,
            int derivatives,
            Map<String, String> commits,
            Set<String> names,
            int stream,
            Mark starts) {}

    Mark mark() {
        return new Mark(
                new LinkedHashMap<>(tensors), equations.size(), derivatives.size(), new LinkedHashMap<>(commits),
                new LinkedHashSet<>(names), stream, starts == null ? null : starts.mark());
    }

    void rewind(Mark m) {
        tensors.clear();
        tensors.putAll(m.tensors());
        equations.subList(m.equations(), equations.size()).clear();
        derivatives.subList(m.derivatives(), derivatives.size()).clear();
        commits.clear();
        commits.putAll(m.commits());
        names.clear();
        names.addAll(m.names());
        stream = m.stream();
        if (starts != null) starts.rewind(m.starts());
    }

    /** The name wanted, or that with a number behind it; it is taken from now on. */
    String fresh(String wanted) {
        String name = wanted;
        for (int n = 2; !names.add(name); n++) name = wanted + n;
        return name;
    }

    void release(String name) {
        names.remove(name);
    }

    /** A number for a new stream of random numbers. */
    int nextStream() {
        return stream++;
    }

    void add(Tensor tensor, int depth) {
        names.add(tensor.name());
        tensors.put(tensor.name(), tensor);
        depths.put(tensor.name(), depth);
    }

    void add(Equation e) {
        equations.add(e);
    }

    void add(Derivative d) {
        derivatives.add(d);
    }

    void commit(String state, String next) {
        commits.put(state, next);
    }

    Tensor tensor(String name) {
        return tensors.get(name);
    }

    /** The depth of calls in which a tensor came into being. */
    int depth(String name) {
        return depths.getOrDefault(name, 0);
    }

    Map<String, Tensor> tensors() {
        return tensors;
    }

    List<Equation> equations() {
        return equations;
    }

    List<Derivative> derivatives() {
        return derivatives;
    }

    Map<String, String> commits() {
        return commits;
    }

    int size() {
        return equations.size();
    }

    /** Gives the tensor {@code from}, written and read only by what came after {@code since}, the name {@code to}. */
    void rename(String from, String to, Mark since, int depth) {
        Tensor t = tensors.remove(from);
        add(new Tensor(to, t.role(), t.shape(), t.classes(), t.boundary()), depth);
        for (int k = since.equations(); k < equations.size(); k++) equations.set(k, rename(equations.get(k), from, to));
        for (int k = since.derivatives(); k < derivatives.size(); k++) {
            Derivative d = derivatives.get(k);
            derivatives.set(k, new Derivative(
                    d.result().equals(from) ? to : d.result(), d.of().equals(from) ? to : d.of(),
                    d.by().equals(from) ? to : d.by(), d.origin()));
        }
        commits.replaceAll((state, next) -> next.equals(from) ? to : next);
        release(from);
    }

    private static Equation rename(Equation e, String from, String to) {
        if (!e.target().equals(from) && !e.reads().contains(from)) return e;
        return new Equation(
                e.target().equals(from) ? to : e.target(), rename(e.indices(), from, to), e.fold(), e.position(),
                e.box(), rename(e.body(), from, to), e.origin());
    }

    static Expr rename(Expr body, String from, String to) {
        return body.rewrite(x -> {
            if (x instanceof Expr.Read r)
                return new Expr.Read(r.tensor().equals(from) ? to : r.tensor(), rename(r.indices(), from, to));
            if (x instanceof Expr.IndexValue v) return Expr.index(rename(v.index(), from, to));
            return x;
        });
    }

    private static List<Index> rename(List<Index> indices, String from, String to) {
        return indices.stream().map(i -> rename(i, from, to)).toList();
    }

    private static Index rename(Index i, String from, String to) {
        return new Index(i.constant(), i.terms().stream()
                .map(t -> t.atom() instanceof Index.Lookup l
                        ? new Index.Term(t.coefficient(), new Index.Lookup(
                                l.tensor().equals(from) ? to : l.tensor(), rename(l.indices(), from, to)))
                        : t)
                .toList());
    }
}
