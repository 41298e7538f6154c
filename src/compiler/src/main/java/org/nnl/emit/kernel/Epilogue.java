package org.nnl.emit.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.nnl.emit.formula.Dialect;
import org.nnl.emit.formula.FormulaWriter;
import org.nnl.emit.formula.Leaves;
import org.nnl.emit.formula.Operand;
import org.nnl.equations.Fold;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Product;
import org.nnl.schedule.Step;
import org.nnl.schedule.Value;

/** Writes what happens to a finished sum: bias, activation, mask, and where it is stored. */
final class Epilogue {
    private final Product product;
    private final Surroundings around;
    private final Dialect dialect;
    private final Map<String, Parameter> parameters = new HashMap<>();
    private final Map<String, Boolean> known = new HashMap<>();
    private final Set<String> functions = new TreeSet<>();

    Epilogue(Parametrised p, Surroundings around, Dialect dialect) {
        this.product = p.product();
        p.parameters().forEach(x -> parameters.put(x.name(), x));
        this.around = around;
        this.dialect = dialect;
    }

    Set<String> functions() {
        return functions;
    }

    /** Steps of the epilogue; the plain store of the sum if there is none. */
    private List<Step> steps() {
        if (!product.epilogue().isEmpty()) return product.epilogue();
        Product.Result c = product.c();
        Affine at = c.offset()
                .plus(Affine.variable(product.row()).times(c.rowStride()))
                .plus(Affine.variable(product.column()).times(c.columnStride()));
        return List.of(new Step.Store(c.array(), at, List.of(), Fold.SET, new Value.Local(Product.SUM)));
    }

    /** Whether running it twice for an element does no harm: nothing it writes is read. */
    boolean isRepeatable() {
        Set<String> read = new TreeSet<>(), written = new TreeSet<>();
        for (Step s : steps()) {
            Value v = s instanceof Step.Let l ? l.value() : ((Step.Store) s).value();
            v.visit(x -> {
                if (x instanceof Value.Load l) read.add(l.array());
            });
            if (s instanceof Step.Store st) {
                written.add(st.array());
                if (st.fold() != Fold.SET) return false;
            }
        }
        read.retainAll(written);
        return read.isEmpty();
    }

    /** Whether it reads an array at a place that depends on row and column. */
    boolean readsPlaces() {
        boolean[] found = {false};
        for (Value value : values())
            value.visit(v -> found[0] |= v instanceof Value.Load && v.mentions(product.row()) && v.mentions(product.column()));
        return found[0];
    }

    /** The values computed, for an estimate of the cost. */
    List<Value> values() {
        return steps().stream().map(s -> s instanceof Step.Let l ? l.value() : ((Step.Store) s).value()).toList();
    }

    /**
     * Statements for the element at {@code row}, {@code column}, or for the lanes from there, along which c is contiguous.
     *
     * @param sum   Java name of the finished sum
     * @param fresh suffix that makes locals distinct
     */
    List<String> write(Affine row, Affine column, String sum, boolean lanes, String fresh) {
        Function<String, Affine> here =
                v -> v.equals(product.row()) ? row : v.equals(product.column()) ? column : null;
        int[] count = {0};
        Leaves leaves = leaf -> leaf(leaf, here, sum, lanes, fresh);
        FormulaWriter w = new FormulaWriter(lanes ? dialect : dialect.scalars(), leaves, hint -> hint.replaceAll("\\W", "") + fresh + "_" + count[0]++);
        List<String> out = new ArrayList<>();
        for (Step s : steps()) {
            if (s instanceof Step.Let let) {
                Operand o = w.value(let.value());
                String type = o.lanes() ? dialect.realVector() : dialect.real();
                flush(w, out);
                out.add(type + " " + let.local() + fresh + " = " + o.java() + ";");
                known.put(let.local() + fresh, o.lanes());
            } else if (s instanceof Step.Store store) {
                String at = around.index(store.at().substitute(here));
                String array = store.array();
                if (lanes) {
                    String v = w.lanes(store.value());
                    flush(w, out);
                    out.add(store.fold() == Fold.SET
                            ? v + ".intoArray(" + array + ", " + at + ");"
                            : v + (store.fold() == Fold.SUM ? ".add(" : ".max(") + dialect.realVector() + ".fromArray(SPECIES, " + array + ", " + at + ")).intoArray(" + array + ", " + at + ");");
                } else {
                    String v = w.value(store.value()).java();
                    flush(w, out);
                    out.add(switch (store.fold()) {
                        case SET -> array + "[" + at + "] = " + v + ";";
                        case SUM -> array + "[" + at + "] += " + v + ";";
                        default -> array + "[" + at + "] = Math.max(" + array + "[" + at + "], " + v + ");";
                    });
                }
                w.forget();
            } else throw new IllegalArgumentException("not in an epilogue: " + s);
        }
        functions.addAll(w.functions());
        return out;
    }

    private static void flush(FormulaWriter w, List<String> out) {
        out.addAll(w.prologue());
        out.addAll(w.statements());
    }

    private Operand leaf(Value leaf, Function<String, Affine> here, String sum, boolean lanes, String fresh) {
        if (leaf instanceof Value.Local l) {
            if (l.name().equals(Product.SUM)) return lanes ? Operand.lanes(sum) : Operand.scalar(sum, false);
            return lanes && known.getOrDefault(l.name() + fresh, true) ? Operand.lanes(l.name() + fresh) : Operand.scalar(l.name() + fresh, false);
        }
        if (leaf instanceof Value.Whole w) {
            String at = around.index(w.value().substitute(here));
            if (!lanes || !w.value().mentions(product.contiguous())) return Operand.whole(at, false);
            return Operand.wholeLanes(dialect.wholeVector() + ".broadcast(WHOLE, " + at + ").addIndex(1)");
        }
        Value.Load load = (Value.Load) leaf;
        String array = load.array();
        Parameter.Kind kind = parameters.get(array).kind();
        if (kind == Parameter.Kind.WIDE) return Operand.wide(array);
        if (kind == Parameter.Kind.REAL || kind == Parameter.Kind.INTEGER) return Operand.scalar(array, false);
        boolean integer = kind == Parameter.Kind.INTEGERS;
        String at = around.index(load.at().substitute(here));
        if (lanes && load.at().mentions(product.contiguous())) {
            if (integer)
                return Operand.wholeLanes(dialect.wholeVector() + ".fromArray(WHOLE, " + array + ", " + at + ")");
            return Operand.lanes(dialect.realVector() + ".fromArray(SPECIES, " + array + ", " + at + ")");
        }
        return integer
                ? Operand.whole(array + "[" + at + "]", false)
                : Operand.scalar(array + "[" + at + "]", false);
    }
}
