package org.nnl.schedule;

import java.util.List;
import java.util.StringJoiner;
import java.util.function.Function;
import org.nnl.equations.ExprPrinter;
import org.nnl.equations.Op;

/** A schedule as text: arrays, then each routine with its loops indented and what it should cost ({@link Estimate}). */
public final class SchedulePrinter {
    private final StringBuilder out = new StringBuilder();
    private final Function<Product, String> cut;

    private SchedulePrinter(Function<Product, String> cut) {
        this.cut = cut;
    }

    /** @param cut how a product is computed, which is for the emitter to say */
    public static String print(Schedule schedule, Function<Product, String> cut) {
        SchedulePrinter p = new SchedulePrinter(cut);
        schedule.notes().forEach(n -> p.line(0, "# " + n));
        schedule.arrays().values().forEach(a -> p.line(0, a.toString()));
        schedule.routines().values().forEach(r -> {
            p.out.append('\n');
            p.routine(r, Estimate.of(r, schedule));
        });
        p.out.append('\n');
        schedule.entries().forEach((graph, routine) -> p.line(0, "graph " + graph + " runs " + routine));
        return p.out.toString();
    }

    public static String print(List<Step> steps) {
        SchedulePrinter p = new SchedulePrinter(x -> "");
        p.steps(steps, 0);
        return p.out.toString();
    }

    private void routine(Routine r, Estimate estimate) {
        for (String h : r.heading()) line(0, "# " + h);
        if (!r.remark().isEmpty()) line(0, "# " + r.remark());
        line(0, "routine " + r.name() + (r.variables().isEmpty() ? "" : r.variables().toString()) + "  # " + estimate);
        steps(r.steps(), 1);
    }

    private void steps(List<Step> steps, int depth) {
        for (Step s : steps) step(s, depth);
    }

    private void step(Step s, int depth) {
        if (s instanceof Step.Loop l) {
            String kind = l.kind() == Step.Kind.UP ? "" : " " + l.kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
            String from = l.from().isZero() ? "" : l.from() + " <= ";
            line(depth, "for " + from + l.variable() + " < " + l.to() + kind
                    + (l.unroll() > 1 ? " unroll " + l.unroll() : ""));
            steps(l.body(), depth + 1);
        } else if (s instanceof Step.Let l) {
            line(depth, "let " + l.local() + " = " + print(l.value()));
        } else if (s instanceof Step.Start a) {
            line(depth, "start " + a.local() + " = " + ExprPrinter.number(a.fold().start()));
        } else if (s instanceof Step.Accumulate a) {
            line(depth, a.local() + " " + a.fold().symbol() + " " + print(a.value()));
        } else if (s instanceof Step.Best b) {
            StringBuilder positions = new StringBuilder();
            b.positions().forEach((at, p) -> positions.append(", ").append(at).append(" = ").append(p));
            line(depth, b.best() + " max= " + print(b.value()) + positions);
        } else if (s instanceof Step.Store w) {
            line(depth, element(w.array(), w.at()) + " " + w.fold().symbol() + " " + print(w.value()) + tests(w.inside()));
        } else if (s instanceof Step.When w) {
            line(depth, "when" + tests(w.inside()).replaceFirst("^ if", ""));
            steps(w.body(), depth + 1);
        } else if (s instanceof Step.Fill f) {
            line(depth, "fill " + element(f.array(), f.from()) + " x " + f.count() + " = " + ExprPrinter.number(f.value()));
        } else if (s instanceof Step.Copy c) {
            line(depth, "copy " + c.array() + " = " + c.source() + " x " + c.count());
        } else if (s instanceof Step.Call c) {
            line(depth, "call " + c.routine() + (c.arguments().isEmpty() ? "" : c.arguments())
                    + share(c.share()));
        } else if (s instanceof Product p) {
            line(depth, "product " + p.c().array() + "[" + p.c().offset() + "; " + p.c().rowStride() + ", "
                    + p.c().columnStride() + "]" + (p.accumulate() ? " += " : " = ") + p.a().array() + "["
                    + p.a().offset() + "; " + p.a().stride() + "] * " + p.b().array() + "[" + p.b().offset() + "; "
                    + p.b().stride() + "]"
                    + (p.b().runs() == null ? "" : " in runs of " + p.b().runs().length() + ", " + p.b().runs().apart() + " apart"));
            StringJoiner inner = new StringJoiner(", ");
            for (Product.Inner i : p.inner()) inner.add(i.count() + part(i.part()) + " [" + i.aStride() + "; " + i.bStride() + "]");
            line(depth + 1, "rows " + p.row() + " < " + p.rows() + ", columns " + p.column() + " < " + p.columns()
                    + ", inner " + inner);
            if (!cut.apply(p).isEmpty()) line(depth + 1, "# " + cut.apply(p));
            steps(p.epilogue(), depth + 1);
        }
    }

    private static String part(Product.Part p) {
        return p == null ? "" : " of examples " + p.from() + " <= b < " + p.to();
    }

    private static String share(int share) {
        return switch (share) {
            case 0 -> "";
            case 1 -> " for its part";
            case Step.Call.OWN -> " for a part";
            case Step.Call.ONE -> " in one part";
            case Step.Call.FIRST -> " for the first half";
            case Step.Call.SECOND -> " for the second half";
            default -> " for its part times " + share;
        };
    }

    private static String element(String array, Affine at) {
        return at.isZero() ? array + "[]" : array + "[" + at + "]";
    }

    private static String tests(List<Inside> inside) {
        if (inside.isEmpty()) return "";
        StringJoiner all = new StringJoiner(" and ", " if ", "");
        for (Inside i : inside) all.add(i.toString());
        return all.toString();
    }

    /** A value as text, every operation in parentheses or written as a call. */
    public static String print(Value v) {
        if (v instanceof Value.Number n) return ExprPrinter.number(n.value());
        if (v instanceof Value.Whole w) return "{" + w.value() + "}";
        if (v instanceof Value.Local l) return l.name();
        if (v instanceof Value.Load l) {
            String e = element(l.array(), l.at());
            return l.inside().isEmpty() ? e : "(" + e + tests(l.inside()) + " else " + ExprPrinter.number(l.boundary()) + ")";
        }
        Value.Apply a = (Value.Apply) v;
        if (a.op().isInfix())
            return "(" + print(a.arguments().get(0)) + " " + a.op().symbol() + " " + print(a.arguments().get(1)) + ")";
        if (a.op() == Op.NEG) return "-" + print(a.arguments().get(0));
        StringJoiner arguments = new StringJoiner(", ", a.op().symbol() + "(", ")");
        for (Value c : a.arguments()) arguments.add(print(c));
        return arguments.toString();
    }

    private void line(int depth, String text) {
        out.append("  ".repeat(depth)).append(text).append('\n');
    }
}
