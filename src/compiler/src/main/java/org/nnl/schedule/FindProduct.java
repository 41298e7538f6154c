package org.nnl.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A nest that is a matrix product, as one:
 * <pre>for … { start s; for k … { s += x[…] * y[…] }; rest(s) }</pre>
 * where all addresses are linear in the loop variables. A variable that moves x and the target is a row, one that moves
 * y and the target a column, one that moves the factors alone is summed over; variables that move all three, and what
 * cannot be joined to a single row and column, become loops around. The column must run along contiguous elements of
 * the target. What follows the sum becomes the product's epilogue.
 */
final class FindProduct {
    private final Map<String, Affine> to = new HashMap<>();
    private final List<Step> tail;
    private final Value.Load x;
    private final Value.Load y;
    private final Step.Store target;

    private FindProduct(List<Step.Loop> loops, List<Step> tail, Value.Load x, Value.Load y, Step.Store target) {
        loops.forEach(l -> to.put(l.variable(), l.to()));
        this.tail = tail;
        this.x = x;
        this.y = y;
        this.target = target;
    }

    /** The steps with nests that are products replaced; the steps themselves where there are none. */
    static List<Step> of(List<Step> steps) {
        List<Step> out = new ArrayList<>();
        for (Step s : steps) {
            if (s instanceof Step.When w) {
                out.add(w.with(of(w.body())));
                continue;
            }
            Step found = s instanceof Step.Loop l ? product(l) : null;
            List<Step> parted = found == null && s instanceof Step.Loop l ? parted(l) : null;
            if (parted != null) out.addAll(parted);
            else out.add(found == null ? s : found);
        }
        return out;
    }

    private static Step product(Step.Loop nest) {
        List<Step.Loop> loops = Steps.perfect(nest);
        List<Step> body = loops.get(loops.size() - 1).body();
        if (body.size() < 3 || !(body.get(0) instanceof Step.Start start)) return null;
        if (!(body.get(1) instanceof Step.Loop sum) || start.fold() != org.nnl.equations.Fold.SUM) return null;
        int outside = loops.size();
        loops.addAll(Steps.perfect(sum));
        List<Step> innermost = loops.get(loops.size() - 1).body();
        if (innermost.size() != 1 || !(innermost.get(0) instanceof Step.Accumulate acc)) return null;
        if (loops.stream().anyMatch(l -> l.kind() != Step.Kind.UP || !l.from().isZero())) return null;

        List<Value> factors = new ArrayList<>();
        double[] sign = {1};
        factors(acc.value(), factors, sign);
        List<Value.Load> moved = new ArrayList<>();
        List<Value> scale = new ArrayList<>();
        Set<String> variables = new LinkedHashSet<>();
        loops.forEach(l -> variables.add(l.variable()));
        for (Value f : factors) {
            if (variables.stream().noneMatch(f::mentions)) scale.add(f);
            else if (f instanceof Value.Load l) moved.add(l);
            else return null;
        }
        if (moved.size() != 2 || scale.stream().anyMatch(v -> loadsLocal(v))) return null;
        List<Step> tail = new ArrayList<>(body.subList(2, body.size()));
        Value total = new Value.Local(Product.SUM);
        for (Value f : scale) total = new Value.Apply(org.nnl.equations.Op.MUL, List.of(total, f));
        if (sign[0] < 0) total = new Value.Apply(org.nnl.equations.Op.NEG, List.of(total));
        Value finished = total;
        tail.replaceAll(s -> rename(s, start.local(), finished));
        Step.Store target = target(tail);
        if (target == null || !isEpilogue(tail)) return null;
        FindProduct p = new FindProduct(loops, tail, moved.get(0), moved.get(1), target);
        return p.build(loops, outside, total);
    }

    /** A nest whose sum is a product, though what follows is none of its epilogues; null if that is not so. */
    private static List<Step> parted(Step.Loop nest) {
        PartNest parts = PartNest.of(nest);
        Step product = parts == null ? null : product(parts.sums());
        return product == null ? null : List.of(product, parts.rest());
    }

    private static boolean loadsLocal(Value v) {
        boolean[] found = {false};
        v.visit(n -> found[0] |= n instanceof Value.Local);
        return found[0];
    }

    private static void factors(Value v, List<Value> factors, double[] sign) {
        if (v instanceof Value.Apply a && a.op() == org.nnl.equations.Op.MUL)
            a.arguments().forEach(f -> factors(f, factors, sign));
        else if (v instanceof Value.Apply a && a.op() == org.nnl.equations.Op.NEG) {
            sign[0] = -sign[0];
            factors(a.arguments().get(0), factors, sign);
        } else {
            factors.add(v);
        }
    }

    private static Step rename(Step s, String local, Value by) {
        Function<Value, Value> f = v -> v.rewrite(n -> n.equals(new Value.Local(local)) ? by : n);
        if (s instanceof Step.Let l) return new Step.Let(l.local(), f.apply(l.value()));
        if (s instanceof Step.Store w) return new Step.Store(w.array(), w.at(), w.inside(), w.fold(), f.apply(w.value()));
        return s;
    }

    /** The first store of the epilogue that overwrites what the epilogue does not read: sums may wait there. */
    private static Step.Store target(List<Step> tail) {
        List<Value.Load> loads = Steps.loads(tail);
        for (Step.Store w : Steps.stores(tail))
            if (w.fold() == org.nnl.equations.Fold.SET && loads.stream().noneMatch(l -> l.array().equals(w.array())))
                return w;
        for (Step.Store w : Steps.stores(tail))
            if (w.fold() == org.nnl.equations.Fold.SUM && w.value().equals(new Value.Local(Product.SUM))
                    && loads.stream().noneMatch(l -> l.array().equals(w.array())))
                return w;
        return null;
    }

    private static boolean isEpilogue(List<Step> tail) {
        for (Step s : tail) {
            if (!(s instanceof Step.Let || s instanceof Step.Store)) return false;
            if (s instanceof Step.Store w && !w.inside().isEmpty()) return false;
        }
        return Steps.integers(tail).stream().allMatch(a -> a.terms().stream().allMatch(t -> t.atom() instanceof Affine.One))
                && Steps.loads(tail).stream().allMatch(l -> l.inside().isEmpty());
    }

    private Count size(String v) {
        Affine end = to.get(v);
        return end.terms().get(0).coefficient();
    }

    private static boolean isZero(Count c) {
        return c.factor() == 0;
    }

    private Step build(List<Step.Loop> loops, int outside, Value total) {
        for (Step.Loop l : loops) {
            String v = l.variable();
            if (x.at().looksUpBy(v) || y.at().looksUpBy(v) || target.at().looksUpBy(v)) return null;
            if (l.to().terms().size() != 1) return null;
        }
        if (x.inside().stream().anyMatch(i -> mentions(i, loops)) || y.inside().stream().anyMatch(i -> mentions(i, loops)))
            return null;
        List<Inside> tests = new ArrayList<>(x.inside());
        y.inside().stream().filter(i -> !tests.contains(i)).forEach(tests::add);
        if (!tests.isEmpty() && (x.boundary() != 0 && !x.inside().isEmpty() || y.boundary() != 0 && !y.inside().isEmpty()))
            return null;

        String column = null;
        for (int k = outside - 1; k >= 0; k--)
            if (target.at().coefficient(loops.get(k).variable()).isOne()) column = loops.get(k).variable();
        if (column == null) return null;
        boolean swap = isZero(y.at().coefficient(column));
        Value.Load a = swap ? y : x;
        Value.Load b = swap ? x : y;
        if (!isZero(a.at().coefficient(column)) || isZero(b.at().coefficient(column))) return null;

        List<String> around = new ArrayList<>();
        List<String> rows = new ArrayList<>();
        List<String> columns = new ArrayList<>(List.of(column));
        for (int k = outside - 1; k >= 0; k--) {
            String v = loops.get(k).variable();
            if (v.equals(column)) continue;
            boolean inA = !isZero(a.at().coefficient(v));
            boolean inB = !isZero(b.at().coefficient(v));
            boolean inC = !isZero(target.at().coefficient(v));
            if (inC && inB && !inA && joins(v, columns.get(0), b.at()) && !size(v).batch()) columns.add(0, v);
            else if (inC && inA && !inB && rows.isEmpty()) rows.add(v);
            else if (inC && inA && !inB && joins(v, rows.get(0), a.at())) rows.add(0, v);
            else around.add(0, v);
        }
        Count n = total(columns);
        preferLongerRows(rows, around, a, b, n);
        if (!rows.isEmpty() && overlap(rows.get(rows.size() - 1), n)) {
            around.addAll(rows);
            rows.clear();
        }
        Count m = total(rows);
        List<Product.Inner> inner = inner(loops.subList(outside, loops.size()), a.at(), b.at());
        Count depth = Count.ONE;
        for (Product.Inner i : inner) {
            if (depth.batch() && i.count().batch()) return null;
            depth = depth.times(i.count());
        }
        if (n.batch() || !isWorthIt(m, n, depth, inner.size() > 1)) return null;

        String row = rows.isEmpty() ? "row" : rows.get(rows.size() - 1);
        Set<String> gone = new LinkedHashSet<>(rows);
        gone.addAll(columns);
        gone.remove(row);
        gone.remove(column);
        Function<String, Affine> drop = v -> gone.contains(v) ? Affine.ZERO : null;
        List<Step> epilogue = Steps.substitute(tail, drop);
        boolean plain = tail.size() == 1 && tail.get(0) instanceof Step.Store w
                && w.value().equals(new Value.Local(Product.SUM)) && w.equals(target);
        boolean accumulate = target.fold() == org.nnl.equations.Fold.SUM;
        if (accumulate && !plain) return null;
        for (Affine at : Steps.addresses(epilogue)) {
            Count c = at.coefficient(column);
            if (!c.isOne() && !isZero(c) || at.looksUpBy(column) || at.looksUpBy(row)) return null;
        }
        for (Step.Store w : Steps.stores(epilogue)) if (!w.at().coefficient(column).isOne()) return null;
        Set<String> all = new LinkedHashSet<>(gone);
        all.add(row);
        all.add(column);
        for (Step.Loop l : loops.subList(outside, loops.size())) all.add(l.variable());
        Function<String, Affine> origin = v -> all.contains(v) ? Affine.ZERO : null;
        Product p = new Product(
                new Product.Operand(a.array(), a.at().substitute(origin),
                        rows.isEmpty() ? Count.of(0) : a.at().coefficient(row)),
                new Product.Operand(b.array(), b.at().substitute(origin), b.at().coefficient(column)),
                new Product.Result(target.array(), target.at().substitute(origin),
                        rows.isEmpty() ? Count.of(0) : target.at().coefficient(row), Count.ONE),
                m, n, inner, accumulate, row, column, plain ? List.of() : epilogue);
        Step s = p;
        if (!tests.isEmpty()) s = tested(tests, p, plain, accumulate);
        if (s == null) return null;
        for (int k = around.size() - 1; k >= 0; k--)
            s = new Step.Loop(around.get(k), Affine.ZERO, to.get(around.get(k)), Step.Kind.UP, 1, List.of(s));
        return s;
    }

    /** Whether there is enough of each to share what is read. A window of 3 by 3 has three columns, and so has a layer of three units. */
    private static boolean isWorthIt(Count m, Count n, Count depth, boolean window) {
        boolean manyRows = m.batch() || m.factor() >= 4;
        if (n.factor() < 4) return n.factor() > 1 && manyRows && (window || depth.batch() || depth.factor() >= 16);
        return depth.batch() || depth.factor() >= 4 || depth.factor() == 3 && n.factor() >= 16 && manyRows;
    }

    /** Rows of a product that only runs where the tests hold; elsewhere its sum is zero. */
    private static Step tested(List<Inside> tests, Product p, boolean plain, boolean accumulate) {
        return plain && accumulate ? new Step.When(tests, List.of(p)) : null;
    }

    private static boolean mentions(Inside i, List<Step.Loop> loops) {
        return loops.stream().anyMatch(l -> i.index().mentions(l.variable()));
    }

    /**
     * Whether rows share elements of the target, as in {@code c[v + j] += …} with rows v and columns j: a kernel holds
     * several rows at a time and would lose what it adds to a shared element, so such rows are computed one by one.
     */
    private boolean overlap(String row, Count columns) {
        return Math.abs(target.at().coefficient(row).factor()) < columns.factor();
    }

    /** Exchanges the row with an axis around the product that has more values, or whose rows share no element. */
    private void preferLongerRows(List<String> rows, List<String> around, Value.Load a, Value.Load b, Count columns) {
        if (rows.isEmpty()) return;
        boolean overlap = overlap(rows.get(rows.size() - 1), columns);
        for (int k = 0; k < around.size(); k++) {
            String v = around.get(k);
            boolean row = !isZero(a.at().coefficient(v)) && isZero(b.at().coefficient(v))
                    && !isZero(target.at().coefficient(v));
            if (!row || total(rows).batch() || overlap(v, columns)) continue;
            if (overlap || size(v).batch() || size(v).factor() > total(rows).factor()) {
                around.remove(k);
                around.addAll(k, rows);
                rows.clear();
                rows.add(v);
                return;
            }
        }
    }

    /** Whether a variable continues another: in a factor, in the target and throughout the epilogue. */
    private boolean joins(String outer, String inner, Affine factor) {
        if (size(outer).batch() && size(inner).batch()) return false;
        List<Affine> all = new ArrayList<>(Steps.addresses(tail));
        all.add(factor);
        for (Affine a : all) {
            Count c = a.coefficient(inner);
            if (c.batch() && size(inner).batch()) return false;
            if (a.looksUpBy(outer) || a.looksUpBy(inner)) return false;
            if (!same(a.coefficient(outer), c.times(size(inner)))) return false;
        }
        return true;
    }

    private static boolean same(Count a, Count b) {
        return a.equals(b) || isZero(a) && isZero(b);
    }

    private Count total(List<String> variables) {
        Count n = Count.ONE;
        for (String v : variables) n = n.times(size(v));
        return n;
    }

    /** The loops of the sum: largest steps outermost, joined where both factors allow. */
    private List<Product.Inner> inner(List<Step.Loop> sums, Affine a, Affine b) {
        List<Product.Inner> all = new ArrayList<>();
        for (Step.Loop l : sums) {
            String v = l.variable();
            all.add(new Product.Inner(size(v), a.coefficient(v), b.coefficient(v)));
        }
        all.sort(Comparator.comparing((Product.Inner i) -> !i.bStride().batch())
                .thenComparing(i -> -(long) Math.max(i.bStride().factor(), i.aStride().factor())));
        List<Product.Inner> joined = new ArrayList<>();
        for (Product.Inner i : all) {
            Product.Inner before = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            boolean twice = before != null && (before.count().batch() && i.count().batch()
                    || i.count().batch() && (i.aStride().batch() || i.bStride().batch()));
            if (before != null && !twice
                    && same(before.aStride(), i.aStride().times(i.count()))
                    && same(before.bStride(), i.bStride().times(i.count())))
                joined.set(joined.size() - 1,
                        new Product.Inner(before.count().times(i.count()), i.aStride(), i.bStride()));
            else joined.add(i);
        }
        return joined;
    }
}
