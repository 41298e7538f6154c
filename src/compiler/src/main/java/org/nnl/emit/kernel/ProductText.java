package org.nnl.emit.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.nnl.emit.formula.Dialect;
import org.nnl.schedule.Affine;
import org.nnl.schedule.Count;
import org.nnl.schedule.Product;
import org.nnl.schedule.Step;
import org.nnl.schedule.Value;

/** What every kernel of a product says alike: parameters, addresses, plain loops. */
abstract class ProductText {
    final Product p;
    final String name;
    final List<String> variables;
    final Surroundings around;
    final Dialect dialect;
    final Epilogue epilogue;
    final String real;
    final List<String> methods = new ArrayList<>();
    final List<String> buffers = new ArrayList<>();

    /**
     * @param name      of the method
     * @param variables of the loops around, as parameters
     */
    ProductText(Product p, String name, List<String> variables, Surroundings around, Dialect dialect) {
        this.p = p;
        this.name = name;
        this.variables = variables;
        this.around = around;
        this.dialect = dialect;
        this.epilogue = new Epilogue(p, around, dialect, this::local, this::outer);
        this.real = dialect.real();
    }

    /** Names that kernels give to their own locals. */
    private static final Pattern OWN =
            Pattern.compile("examples|first|last|end|depth|row|slab|slabAt|panel|high|from|to|at|sums|sum\\d*|[a-z]|[a-z]\\d+");

    /** An array as a local, named as its field where possible. */
    String local(String array) {
        String field = around.array(array);
        return around.isField(array) || !OWN.matcher(field).matches() ? field : field + "_";
    }

    private static String renamed(String variable) {
        return OWN.matcher(variable).matches() ? variable + "_" : variable;
    }

    /** A variable of the loops around under its name here; null if it is none. */
    private Affine outer(String variable) {
        return variables.contains(variable) ? v(renamed(variable)) : null;
    }

    /** Parameters of a method: the number of examples, the loops around, then its own. */
    String parameters(String... own) {
        StringBuilder s = new StringBuilder("int examples");
        for (String v : variables) s.append(", int ").append(renamed(v));
        for (String o : own) s.append(", ").append(o);
        return s.toString();
    }

    String arguments(String... own) {
        StringBuilder s = new StringBuilder("examples");
        for (String v : variables) s.append(", ").append(renamed(v));
        for (String o : own) s.append(", ").append(o);
        return s.toString();
    }

    Kernel kernel(Set<String> functions) {
        List<String> all = new ArrayList<>(List.of("examples"));
        all.addAll(variables);
        return new Kernel(name + "(" + String.join(", ", all) + ");", List.copyOf(methods), List.copyOf(buffers), functions);
    }

    /** A buffer of the kernel, allocated once. */
    void buffer(String field, String elements) {
        buffers.add("private final " + real + "[] " + field + " = new " + real + "[" + elements + "];");
    }

    String rows() {
        return around.count(p.rows());
    }

    String columns() {
        return around.count(p.columns());
    }

    static Affine v(String name) {
        return Affine.variable(name);
    }

    /** Address of a[row, k] with k = 0. */
    Affine a(Affine row) {
        return p.a().offset().substitute(this::outer).plus(row.times(p.a().stride()));
    }

    /** Address of b[0, column]. */
    Affine b(Affine column) {
        return p.b().offset().substitute(this::outer).plus(column.times(p.b().stride()));
    }

    Affine c(Affine row, Affine column) {
        return p.c().offset().substitute(this::outer).plus(row.times(p.c().rowStride())).plus(column.times(p.c().columnStride()));
    }

    String index(Affine a) {
        return around.index(a);
    }

    /** An index in parentheses if it is a sum. */
    String plus(String base, Affine more) {
        if (more.isZero()) return base;
        String m = index(more);
        return base + (m.startsWith("-") ? " - " + m.substring(1) : " + " + m);
    }

    /** The fields that a method reads, as locals. */
    void locals(Source s, boolean factors) {
        Set<String> names = new TreeSet<>();
        if (factors) {
            names.add(p.a().array());
            names.add(p.b().array());
        }
        names.add(p.c().array());
        for (Step step : p.epilogue()) {
            Value value = step instanceof Step.Let l ? l.value() : ((Step.Store) step).value();
            value.visit(x -> {
                if (x instanceof Value.Load l) {
                    names.add(l.array());
                    names.addAll(l.at().arrays());
                }
                if (x instanceof Value.Whole w) names.addAll(w.value().arrays());
            });
            if (step instanceof Step.Store st) names.add(st.array());
        }
        names.addAll(p.a().offset().arrays());
        names.addAll(p.b().offset().arrays());
        names.addAll(p.c().offset().arrays());
        for (String n : names)
            if (!around.isField(n))
                s.line("final " + (around.isInteger(n) ? "int" : real) + "[] " + local(n) + " = this." + around.array(n) + ";");
    }

    /** A variable of the loops over k. */
    static String k(int level) {
        return "k" + level;
    }

    /** Σ k·stride over all loops of the sum, for a (b if not). */
    Affine inner(boolean ofA) {
        Affine sum = Affine.ZERO;
        for (int l = 0; l < p.inner().size(); l++) {
            Product.Inner i = p.inner().get(l);
            sum = sum.plus(v(k(l)).times(ofA ? i.aStride() : i.bStride()));
        }
        return sum;
    }

    /** Opens the loops over k. */
    void openInner(Source s) {
        for (int l = 0; l < p.inner().size(); l++)
            s.open("for (int " + k(l) + " = 0; " + k(l) + " < " + around.count(p.inner().get(l).count()) + "; " + k(l) + "++)");
    }

    void closeInner(Source s) {
        for (int l = 0; l < p.inner().size(); l++) s.close();
    }

    /** The element at (i, j) as a sum in three plain loops. */
    void plainElement(Source s) {
        s.line(real + " sum = " + start(v("i"), v("j")) + ";");
        openInner(s);
        s.line("sum += " + local(p.a().array()) + "[" + index(a(v("i")).plus(inner(true))) + "] * "
                + local(p.b().array()) + "[" + index(b(v("j")).plus(inner(false))) + "];");
        closeInner(s);
        s.lines(epilogue.write(v("i"), v("j"), "sum", false, ""));
    }

    /** What a sum starts with. */
    String start(Affine row, Affine column) {
        return p.accumulate() ? local(p.c().array()) + "[" + index(c(row, column)) + "]" : dialect.literal(0);
    }

    /** Rows × columns × k, for products that fit nothing better. */
    void plainMethod() {
        Source s = new Source().open("private void " + name + "(" + parameters() + ")");
        locals(s, true);
        s.open("for (int i = 0; i < " + rows() + "; i++)").open("for (int j = 0; j < " + columns() + "; j++)");
        plainElement(s);
        methods.add(s.close().close().close().toString());
    }

    static Affine of(Count c) {
        return Affine.of(c);
    }
}
