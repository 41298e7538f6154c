package org.nnl.emit.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.nnl.emit.formula.Dialect;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;
import org.nnl.schedule.Product;
import org.nnl.schedule.SchedulePrinter;
import org.nnl.schedule.Step;

/** What all kernels say alike: parameters, addresses, plain loops. */
abstract class ProductText {
    final Product p;
    final String name;
    final Surroundings around;
    final Dialect dialect;
    final Epilogue epilogue;
    final String real;
    final Set<String> functions = new TreeSet<>();
    int scratch;
    private final List<Parameter> parameters;
    private final String scratchType;
    private final List<String> methods = new ArrayList<>();

    /** Parameters of the methods written so far. */
    private final Map<String, List<Parameter>> written = new TreeMap<>();

    /**
     * @param name        of the method to call
     * @param scratchType of the parameter that holds copies
     */
    ProductText(Parametrised p, String name, Surroundings around, Dialect dialect, String scratchType) {
        this.p = p.product();
        this.name = name;
        this.around = around;
        this.dialect = dialect;
        this.epilogue = new Epilogue(p, around, dialect);
        this.real = dialect.real();
        this.scratchType = scratchType;
        parameters = new ArrayList<>(p.parameters());
        parameters.add(Parameter.integer(Kernel.FIRST));
        parameters.add(Parameter.integer(Kernel.LAST));
        parameters.add(new Parameter(Kernel.SCRATCH, Parameter.Kind.SCRATCH));
    }

    /** Adds a method; of the kernel's parameters it takes those that its body mentions, then integers of its own. */
    void method(String comment, String method, Source body, String... own) {
        String text = body.toString();
        List<Parameter> takes = new ArrayList<>();
        for (Parameter x : parameters)
            if (Pattern.compile("\\b" + x.name() + "\\b").matcher(text).find()) takes.add(x);
        for (String o : own) takes.add(Parameter.integer(o));
        written.put(method, takes);
        Source s = new Source();
        if (!comment.isEmpty()) s.line("/** " + comment + " */");
        List<String> declared = takes.stream().map(x -> x.declaration(real, scratchType)).toList();
        s.open("private static void " + method + "(" + String.join(", ", declared) + ")");
        for (String l : text.split("\n")) s.line(l);
        methods.add(s.close().toString());
    }

    /** Takes over another kernel's methods. */
    void include(Kernel k) {
        methods.addAll(k.methods());
        written.put(k.name(), k.parameters());
        functions.addAll(k.functions());
    }

    /** A call of a method written before; {@code changed} are parameters that do not keep their names, each with what to hand over. */
    String call(String method, String... changed) {
        List<String> arguments = new ArrayList<>();
        for (Parameter x : written.get(method)) {
            String argument = x.name();
            for (int k = 0; k < changed.length; k += 2) if (changed[k].equals(argument)) argument = changed[k + 1];
            arguments.add(argument);
        }
        return method + "(" + String.join(", ", arguments) + ");";
    }

    Kernel kernel() {
        List<String> ordered = new ArrayList<>(methods);
        ordered.add(0, ordered.remove(ordered.size() - 1));
        functions.addAll(epilogue.functions());
        return new Kernel(name, written.get(name), ordered, scratch, functions);
    }

    /** The mathematics, for the head of the kernel. */
    String comment() {
        StringBuilder s = new StringBuilder("Rows first to last of ");
        List<String> parts = new ArrayList<>();
        String sum = "sum";
        Product.Result c = p.c();
        if (p.epilogue().isEmpty())
            parts.add(c.array() + "[" + c.offset().plus(v("i").times(c.rowStride())).plus(v("j").times(c.columnStride())) + "] "
                    + (p.accumulate() ? "+= " : "= ") + sum);
        for (Step step : p.epilogue()) parts.add(SchedulePrinter.print(List.of(step)).strip().replaceFirst("= \\((.*)\\)$", "= $1"));
        s.append(String.join("; ", parts)).append(" for j < ").append(p.columns()).append(", where sum = Σ ");
        Affine ka = Affine.ZERO, kb = Affine.ZERO;
        List<String> bounds = new ArrayList<>();
        for (int l = 0; l < p.inner().size(); l++) {
            Product.Inner in = p.inner().get(l);
            Affine k = v(p.inner().size() == 1 ? "k" : k(l));
            ka = ka.plus(k.times(in.aStride()));
            kb = kb.plus(k.times(in.bStride()));
            bounds.add(k + " < " + (in.part() == null ? in.count() : own(in)));
        }
        return s.append(p.a().array() + "[" + a(v("i")).plus(ka) + "]·" + p.b().array() + "[" + b(v("j")).plus(kb) + "] over "
                + String.join(", ", bounds) + "." + runs()).toString();
    }

    private String runs() {
        Product.Runs r = p.b().runs();
        return r == null ? "" : " Columns of b lie in runs of " + r.length() + ", " + r.apart() + " apart.";
    }

    static Affine v(String name) {
        return Affine.variable(name);
    }

    /** Address of a[row, k] with k = 0. */
    Affine a(Affine row) {
        return p.a().offset().plus(row.times(p.a().stride()));
    }

    /** Address of b[0, column]. */
    Affine b(Affine column) {
        return p.b().offset().plus(column.times(p.b().stride()));
    }

    Affine c(Affine row, Affine column) {
        return p.c().offset().plus(row.times(p.c().rowStride())).plus(column.times(p.c().columnStride()));
    }

    String a() {
        return p.a().array();
    }

    String b() {
        return p.b().array();
    }

    String c() {
        return p.c().array();
    }

    String columns() {
        return around.count(p.columns());
    }

    String index(Affine a) {
        return around.index(a);
    }

    /** A variable of the loops over k. */
    static String k(int level) {
        return "k" + level;
    }

    /** Σ k·stride over all loops of the sum, for a (b if not). */
    Affine inner(boolean ofA) {
        return inner(p.inner(), ofA);
    }

    static Affine inner(List<Product.Inner> loops, boolean ofA) {
        Affine sum = Affine.ZERO;
        for (int l = 0; l < loops.size(); l++) {
            Product.Inner i = loops.get(l);
            sum = sum.plus(v(k(l)).times(ofA ? i.aStride() : i.bStride()));
        }
        return sum;
    }

    /** Opens the loops over k. */
    void openInner(Source s) {
        openInner(s, p.inner());
    }

    void openInner(Source s, List<Product.Inner> loops) {
        for (int l = 0; l < loops.size(); l++) openLoop(s, l, loops.get(l));
    }

    /** Opens one of them. */
    void openLoop(Source s, int l, Product.Inner in) {
        s.open("for (int " + k(l) + " = 0; " + k(l) + " < " + count(in) + "; " + k(l) + "++)");
    }

    void closeInner(Source s) {
        for (int l = 0; l < p.inner().size(); l++) s.close();
    }

    /** What a sum starts with. */
    String start(Affine row, Affine column) {
        return p.accumulate() ? c() + "[" + index(c(row, column)) + "]" : dialect.literal(0);
    }

    /** Sets the rows of c to 0. */
    void zero(Source s) {
        s.open("for (int i = first; i < last; i++)");
        s.line("java.util.Arrays.fill(" + c() + ", " + index(c(v("i"), Affine.ZERO)) + ", "
                + index(c(v("i"), Affine.of(p.columns()))) + ", " + dialect.literal(0) + ");");
        s.close();
    }

    /** The epilogue in loops of its own, over sums that stand in c. */
    void finish() {
        Source s = new Source();
        s.open("for (int i = first; i < last; i++)").open("for (int j = 0; j < " + columns() + "; j++)");
        s.line("final " + real + " sum = " + c() + "[" + index(c(v("i"), v("j"))) + "];");
        s.lines(epilogue.write(v("i"), v("j"), "sum", false, ""));
        method("", name + "_finish", s.close().close());
    }

    static String parenthesised(String e) {
        return e.matches("\\w+") ? e : "(" + e + ")";
    }

    String count(Count c) {
        return around.count(c);
    }

    /** How often a loop of the sum runs. */
    String count(Product.Inner in) {
        return in.part() == null ? count(in.count()) : index(own(in));
    }

    private static Affine own(Product.Inner in) {
        return in.part().size().times(Count.of(in.count().factor()));
    }

    /** K, the number of products summed in an element. */
    String depthOfSum() {
        Affine own = null;
        int factor = 1;
        for (Product.Inner in : p.inner())
            if (in.part() != null) own = own(in);
            else factor *= in.count().batch() ? 1 : in.count().factor();
        return own == null ? count(p.depth()) : index(own.times(Count.of(factor)));
    }
}
