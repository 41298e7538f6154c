package org.nnl.emit.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.nnl.Options;
import org.nnl.equations.Op;
import org.nnl.schedule.Count;
import org.nnl.schedule.Product;
import org.nnl.schedule.Step;
import org.nnl.schedule.Value;

/**
 * The kernels of a class: each product is a call of one, and products that differ in arrays and places alone share it.
 * A kernel computes a range of rows, and an element comes out the same to the last bit whatever the range.
 */
public final class Kernels {
    private record Key(Parametrised general, Tiling tiling) {}

    private final Options options;
    private final Surroundings around;
    private final int batch;
    private final Map<Key, Kernel> kernels = new LinkedHashMap<>();
    private final Set<String> names = new HashSet<>();

    /**
     * @param batch the number of examples that the kernels should suit best
     */
    public Kernels(Options options, Surroundings around, int batch) {
        this.options = options;
        this.around = around;
        this.batch = batch;
    }

    /** The call that computes a product. */
    public KernelCall of(Product p) {
        return of(p, tiling(p, options, batch));
    }

    /** How a product is cut into tiles, in words. */
    public static String cut(Product p, Options options, int batch) {
        return tiling(p, options, batch).words();
    }

    private static Tiling tiling(Product p, Options options, int batch) {
        if (options.backend() == Options.Backend.SCALAR) return Tiling.inPlainJava(p);
        return Tiling.of(p, options.precision(), batch);
    }

    /** The same with a tiling of the caller's choice. */
    KernelCall of(Product p, Tiling tiling) {
        Parametrised own = Parametrised.of(p, around);
        String rows = around.count(p.rows());
        Tiling.Few few = tiling.few(p, options.precision());
        if (few == null || p.rows().at(1) >= few.below()) return call(own, tiling, rows, null);
        KernelCall.Few instead = new KernelCall.Few(call(own, few.tiling(), rows, null), few.below());
        return p.rows().batch() ? call(own, tiling, rows, instead) : instead.call();
    }

    private KernelCall call(Parametrised own, Tiling tiling, String rows, KernelCall.Few few) {
        Kernel k = kernels.computeIfAbsent(
                new Key(new Parametrised(own.product(), own.parameters(), List.of()), tiling), key -> kernel(key.general, tiling));
        List<String> arguments = new ArrayList<>();
        for (Parameter x : k.parameters()) {
            int at = own.parameters().indexOf(x);
            arguments.add(at < 0 ? x.name() : own.arguments().get(at));
        }
        return new KernelCall(k.name(), k.parameters().stream().map(Parameter::name).toList(), arguments, rows, few);
    }

    private Kernel kernel(Parametrised general, Tiling tiling) {
        String name = unique(name(general.product(), tiling));
        Options.Precision precision = options.precision();
        return switch (tiling.form()) {
            case TILES -> VectorProduct.of(general, tiling, name, around, precision);
            case TURNED -> TurnedProduct.of(general, tiling, name, around, precision);
            case DOTS -> DotProduct.of(general, name, around, precision);
            case ROWS -> RowProduct.of(general, name, around, precision);
            case BLOCKED -> BlockedProduct.of(general, name, around, precision);
            case LOOPS -> PlainProduct.of(general, name, around, precision);
        };
    }

    /** {@code product_nt_Bx64x32_tanh}: which factors are transposed, rows × k × columns, functions of the epilogue. */
    private static String name(Product p, Tiling tiling) {
        Product.Inner last = p.inner().get(p.inner().size() - 1);
        StringBuilder s = new StringBuilder(switch (tiling.form()) {
            case DOTS -> "dots_";
            case ROWS -> "row_";
            case LOOPS -> "sums_";
            default -> "product_";
        });
        s.append(last.aStride().isOne() ? 'n' : 't').append(p.b().stride().isOne() ? 'n' : 't');
        s.append('_').append(size(p.rows())).append('x').append(size(p.depth())).append('x').append(size(p.columns()));
        if (p.isOfPart()) s.append("_part");
        if (p.accumulate()) s.append("_add");
        Set<String> functions = new TreeSet<>();
        for (Step step : p.epilogue()) {
            Value v = step instanceof Step.Let l ? l.value() : ((Step.Store) step).value();
            v.visit(x -> {
                if (x instanceof Value.Apply a && !a.op().isInfix() && a.op() != Op.NEG && a.op().symbol().matches("\\w+"))
                    functions.add(a.op().symbol());
            });
        }
        if (functions.size() <= 3) functions.forEach(f -> s.append('_').append(f));
        return s.toString();
    }

    private static String size(Count c) {
        return c.toString().replace("*", "");
    }

    private String unique(String name) {
        String candidate = name;
        for (int n = 2; !names.add(candidate); n++) candidate = name + "_v" + n;
        return candidate;
    }

    // ---- what the class must hold

    /** The text of all methods. */
    public List<String> methods() {
        List<String> all = new ArrayList<>();
        kernels.values().forEach(k -> all.addAll(k.methods()));
        return all;
    }

    /** Static methods of {@link org.nnl.emit.formula.Dialect#function} that the kernels call. */
    public Set<String> functions() {
        Set<String> all = new LinkedHashSet<>();
        kernels.values().forEach(k -> all.addAll(k.functions()));
        return all;
    }

    /** The type of what calls hand over as {@code scratch}, one for each thread; empty if no kernel needs any. */
    public String scratchType() {
        return scratch() == 0 ? "" : options.precision().java() + (options.backend() == Options.Backend.SCALAR ? "[][]" : "[]");
    }

    /** An expression that allocates it. */
    public String newScratch() {
        return "new " + options.precision().java()
                + (options.backend() == Options.Backend.SCALAR ? "[" + BlockedProduct.ROWS + "]" : "") + "[" + scratch() + "]";
    }

    private int scratch() {
        return kernels.values().stream().mapToInt(Kernel::scratch).max().orElse(0);
    }
}
