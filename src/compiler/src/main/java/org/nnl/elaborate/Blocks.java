package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.Tensor;
import org.nnl.syntax.Span;
import org.nnl.syntax.Tree;

/**
 * The statements of a body. Equations stand in any order: one is elaborated when its name is first needed. Names that a
 * {@code repeat} sets anew are the exception, they mean what was set last.
 */
final class Blocks {
    private final Elaboration all;

    Blocks(Elaboration all) {
        this.all = all;
    }

    /** Equations that are elaborated together: the parts of one tensor, and what is mutually recurrent. */
    private static final class Cluster {
        final List<Tree.Assignment> parts = new ArrayList<>();
        final Set<String> names = new LinkedHashSet<>();
        boolean recursive;
        boolean done;
    }

    /** One body being elaborated. */
    private final class Run {
        final Frame frame;
        final Set<String> rebound = new LinkedHashSet<>();
        final Map<String, Tensor> states = new HashMap<>();
        final Map<Tree.Assignment, Cluster> clusters = new HashMap<>();
        final Set<Tree.Assignment> refused = new LinkedHashSet<>();
        Value result;

        Run(Frame frame) {
            this.frame = frame;
        }

        void statements(List<Tree.Statement> body, Runnable named) {
            for (Tree.Statement s : body) if (s instanceof Tree.Repeat r) assigned(r.body(), rebound);
            for (Tree.Statement s : body)
                if (result == null && s instanceof Tree.Return && s != body.get(body.size() - 1))
                    guarded(body.get(body.indexOf(s) + 1), () -> {
                        throw all.problems.error(frame, body.get(body.indexOf(s) + 1).span(),
                                "this comes after 'return' and would never be reached");
                    });
            for (Tree.Statement s : body)
                guarded(s, () -> {
                    if (s instanceof Tree.Declaration d) declare(d, false);
                    else if (s instanceof Tree.AxisDeclaration a) axis(a);
                    else if (s instanceof Tree.Require r && all.requirements.isReady(r, frame))
                        all.requirements.check(r, frame);
                });
            prepare(body);
            named.run();
            for (Tree.Statement s : body) guarded(s, () -> statement(s));
        }

        /** In a model, an error in one statement does not keep the others from being looked at. */
        private void guarded(Tree.Statement s, Runnable what) {
            if (frame.depth() > 0) {
                what.run();
                return;
            }
            try {
                what.run();
            } catch (Problems.Abort e) {
                all.problems.ensure(s.span());
                if (s instanceof Tree.Declaration d && frame.scope().own(d.name()) == null)
                    frame.scope().bind(d.name(), Value.BAD, d.span());
            }
        }

        private void statement(Tree.Statement s) {
            if (s instanceof Tree.Assignment a) assign(a);
            else if (s instanceof Tree.Repeat r) repeat(r);
            else if (s instanceof Tree.Require r) all.requirements.check(r, frame);
            else if (s instanceof Tree.Return r) {
                List<Value> values = new ArrayList<>();
                int layers = r.values().stream().mapToInt(e -> all.equations.layerCalls(e, frame)).sum();
                Frame f = layers == 0 ? frame : frame.at(frame.path(), false);
                for (Tree.Expression e : r.values()) values.add(all.expressions.evaluate(e, f));
                result = values.size() == 1 ? values.get(0) : new Value.Tuple(values);
            } else if (!(s instanceof Tree.Declaration || s instanceof Tree.AxisDeclaration))
                throw all.problems.error(frame, s.span(), "losses, metrics, outputs and training belong to a model");
        }

        private void declare(Tree.Declaration d, boolean again) {
            all.declarations.declare(d, frame, again);
            if (d.word() != Tree.Word.STATE) return;
            Value v = frame.scope().own(d.name()).value();
            if (v instanceof Value.Array a) states.put(d.name(), Storing.wholeTensor(a, frame));
        }

        private void axis(Tree.AxisDeclaration a) {
            Scope.Entry other = frame.scope().own(a.name());
            if (other != null)
                throw all.problems.error(
                        frame, a.span(), "'" + a.name() + "' is defined twice", "first at " + other.declared().place());
            frame.scope().bind(a.name(), all.declarations.underWay(a.name(), frame), a.span());
            Value value = Value.BAD;
            try {
                value = new Value.AxisName(a.name(), all.expressions.size(a.size(), frame), true);
            } finally {
                frame.scope().bind(a.name(), value, a.span());
            }
        }

        private void assign(Tree.Assignment a) {
            if (refused.contains(a)) return;
            Tensor state = states.get(a.targets().get(0).name());
            if (state != null && a.targets().size() == 1) {
                all.equations.next(a, state, frame);
                return;
            }
            Cluster c = clusters.get(a);
            if (c != null) elaborate(c);
            else all.equations.elaborate(List.of(a), delayed(a), frame);
        }

        private void repeat(Tree.Repeat r) {
            int count = all.expressions.whole(r.count(), frame);
            if (count < 0 || count > 10000)
                throw all.problems.error(frame, r.count().span(), "a body is repeated 0 to 10000 times, not "
                        + count);
            for (int k = 0; k < count; k++) {
                if (r.index() != null && !r.index().isEmpty())
                    frame.scope().bind(r.index(), new Value.Number(k), r.span());
                for (Tree.Statement s : r.body()) {
                    if (s instanceof Tree.Declaration d) declare(d, true);
                    else statement(s);
                }
            }
            if (r.index() != null) frame.scope().unbind(r.index());
        }

        private void elaborate(Cluster c) {
            if (c.done) return;
            c.done = true;
            all.equations.elaborate(c.parts, c.recursive, frame);
        }

        /** Binds every equation outside loops as pending, with those that depend on each other in one cluster. */
        private void prepare(List<Tree.Statement> body) {
            Map<String, Cluster> byName = new LinkedHashMap<>();
            Map<String, Span> wholes = new HashMap<>();
            List<Cluster> list = new ArrayList<>();
            for (Tree.Statement s : body) {
                if (!(s instanceof Tree.Assignment a)) continue;
                Set<String> names = new LinkedHashSet<>();
                for (Tree.Left l : a.targets()) names.add(l.name());
                if (names.stream().anyMatch(n -> rebound.contains(n) || states.containsKey(n))) continue;
                Cluster c = new Cluster();
                c.parts.add(a);
                c.names.addAll(names);
                for (Tree.Left l : a.targets()) {
                    Scope.Entry other = frame.scope().own(l.name());
                    if (other != null) {
                        all.problems.error(frame, l.span(), "'" + l.name() + "' is defined twice", "first at "
                                + other.declared().place());
                        if (frame.depth() > 0) throw new Problems.Abort();
                        refused.add(a);
                    }
                    Span first = l.indices().isEmpty() ? wholes.putIfAbsent(l.name(), l.span()) : null;
                    if (first != null) {
                        all.problems.error(frame, l.span(), "'" + l.name() + "' is defined twice", "first at " + first.place(),
                                "an equation is no assignment: give this one a name of its own");
                        if (frame.depth() > 0) throw new Problems.Abort();
                        refused.add(a);
                        break;
                    }
                    Cluster same = byName.get(l.name());
                    if (same != null && same != c) {
                        same.parts.addAll(c.parts);
                        same.names.addAll(c.names);
                        list.remove(c);
                        c = same;
                    }
                }
                if (refused.contains(a)) continue;
                if (!list.contains(c)) list.add(c);
                for (String n : c.names) byName.put(n, c);
            }
            for (Cluster c : new Components(byName, list).merged())  {
                for (Tree.Assignment a : c.parts) {
                    clusters.put(a, c);
                    for (Tree.Left l : a.targets())
                        if (frame.scope().own(l.name()) == null)
                            frame.scope().bind(l.name(), new Value.Pending(() -> elaborate(c)), l.span());
                }
                if (c.recursive) instantly(c);
            }
        }

        /** A cycle in which every read is at the same step has no beginning. */
        private void instantly(Cluster c) {
            Map<String, Set<String>> now = new LinkedHashMap<>();
            Map<String, Span> spans = new HashMap<>();
            for (Tree.Assignment a : c.parts) {
                Set<String> names = new LinkedHashSet<>();
                undelayed(a, names);
                names.retainAll(c.names);
                for (Tree.Left l : a.targets()) {
                    now.computeIfAbsent(l.name(), n -> new LinkedHashSet<>()).addAll(names);
                    spans.putIfAbsent(l.name(), l.span());
                }
            }
            for (String start : now.keySet()) {
                List<String> path = path(start, start, now, new LinkedHashSet<>());
                if (path == null) continue;
                String first = path.get(0);
                all.problems.error(
                        frame, spans.get(first), "'" + first + "' depends on itself without delay: "
                                + String.join(" → ", path),
                        "a recurrence reads an earlier or later step, as in h[t] = f(x[t], h[t-1])");
                for (String n : c.names) frame.scope().bind(n, Value.BAD, spans.get(n));
                c.done = true;
                if (frame.depth() > 0) throw new Problems.Abort();
                return;
            }
        }
    }

    private static List<String> path(String from, String to, Map<String, Set<String>> edges, Set<String> seen) {
        for (String next : edges.getOrDefault(from, Set.of())) {
            if (next.equals(to)) return new ArrayList<>(List.of(from, to));
            if (!seen.add(next)) continue;
            List<String> rest = path(next, to, edges, seen);
            if (rest != null) {
                rest.add(0, from);
                return rest;
            }
        }
        return null;
    }

    /** Names read whole, or at bare index variables only. */
    private static void undelayed(Tree.Assignment a, Set<String> names) {
        Set<Tree.Expression> delayed = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
        Names.visit(a.value(), e -> {
            if (e instanceof Tree.Indexed i && i.base() instanceof Tree.Name
                    && i.selectors().stream().anyMatch(s -> !(s instanceof Tree.At at
                            && at.index() instanceof Tree.Name)))
                delayed.add(i.base());
        });
        Names.visit(a.value(), e -> {
            if (e instanceof Tree.Name n && !delayed.contains(n)) names.add(n.name());
        });
        Set<String> free = new LinkedHashSet<>();
        Names.free(a.value(), free);
        names.retainAll(free);
        for (Tree.Left l : a.targets())
            for (Tree.IndexVariable v : l.indices())
                Names.visit(v.index(), e -> {
                    if (e instanceof Tree.Name n) names.remove(n.name());
                });
    }

    /** Whether an assignment in a loop is a recurrence of its own, rather than setting a name anew. */
    private static boolean delayed(Tree.Assignment a) {
        Set<String> own = new LinkedHashSet<>();
        for (Tree.Left l : a.targets()) if (!l.indices().isEmpty()) own.add(l.name());
        Set<String> read = new LinkedHashSet<>();
        Names.free(a.value(), read);
        read.retainAll(own);
        Set<String> now = new LinkedHashSet<>();
        undelayed(a, now);
        read.removeAll(now);
        return !read.isEmpty();
    }

    private static void assigned(List<Tree.Statement> body, Set<String> names) {
        for (Tree.Statement s : body) {
            if (s instanceof Tree.Assignment a) for (Tree.Left l : a.targets()) names.add(l.name());
            if (s instanceof Tree.Repeat r) assigned(r.body(), names);
        }
    }

    /** Strongly connected components of clusters (Tarjan), each merged into one. */
    private static final class Components {
        private final Map<String, Cluster> byName;
        private final List<Cluster> clusters;
        private final Map<Cluster, Integer> number = new HashMap<>();
        private final Map<Cluster, Integer> low = new HashMap<>();
        private final List<Cluster> stack = new ArrayList<>();
        private final List<Cluster> merged = new ArrayList<>();

        Components(Map<String, Cluster> byName, List<Cluster> clusters) {
            this.byName = byName;
            this.clusters = clusters;
        }

        List<Cluster> merged() {
            for (Cluster c : clusters) if (!number.containsKey(c)) visit(c);
            return merged;
        }

        private Set<Cluster> needs(Cluster c) {
            Set<Cluster> needed = new LinkedHashSet<>();
            for (Tree.Assignment a : c.parts)
                for (String n : Names.read(a)) if (byName.containsKey(n)) needed.add(byName.get(n));
            return needed;
        }

        private void visit(Cluster c) {
            number.put(c, number.size());
            low.put(c, number.get(c));
            stack.add(c);
            for (Cluster d : needs(c)) {
                if (!number.containsKey(d)) {
                    visit(d);
                    low.merge(c, low.get(d), Math::min);
                } else if (stack.contains(d)) low.merge(c, number.get(d), Math::min);
            }
            if (!low.get(c).equals(number.get(c))) return;
            int from = stack.indexOf(c);
            List<Cluster> component = new ArrayList<>(stack.subList(from, stack.size()));
            stack.subList(from, stack.size()).clear();
            boolean recursive = component.size() > 1 || needs(c).contains(c);
            component.sort(java.util.Comparator.comparingInt(clusters::indexOf));
            Cluster whole = component.get(0);
            for (Cluster d : component.subList(1, component.size())) {
                whole.parts.addAll(d.parts);
                whole.names.addAll(d.names);
            }
            whole.recursive = recursive;
            merged.add(whole);
        }
    }

    /**
     * Elaborates the statements of a body in the scope of the frame.
     *
     * @return what it returns; null if it returns nothing
     */
    Value run(List<? extends Tree.Statement> body, Frame frame) {
        return run(body, frame, () -> {});
    }

    /** The same; {@code named} runs when all names are known, before the equations are gone through. */
    Value run(List<? extends Tree.Statement> body, Frame frame, Runnable named) {
        Run run = new Run(frame);
        run.statements(List.copyOf(body), named);
        if (run.result == null && frame.site() != null)
            throw all.problems.error(frame, frame.site().span(), "'" + frame.site().callee() + "' returns nothing");
        return run.result;
    }
}
