package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.equations.Axis;
import org.nnl.equations.Equation;
import org.nnl.equations.Expr;
import org.nnl.equations.Fold;
import org.nnl.equations.Index;
import org.nnl.equations.Origin;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.syntax.Span;

/** Equations for the parts of a tensor whose layout is known: {@code y[0] = …}, {@code y[t] = …}. */
final class WriteParts {
    private WriteParts() {}

    /** Writes the equations and binds the names. */
    static void write(
            Map<String, Span> names, Map<String, List<Part>> values, Map<String, Layout> layouts,
            Map<String, String> tensors, Sheet.Mark mark, Frame f) {
        Sheet sheet = f.sheet();
        Map<String, String> renamed = new LinkedHashMap<>();
        for (String name : names.keySet()) {
            Layout layout = layouts.get(name);
            String tensor = tensors.get(name);
            List<Size> tail = layout.trailing().stream().map(Size::of).toList();
            if (!layout.isShifted() && values.get(name).size() == 1) {
                String temporary = temporary(values.get(name).get(0), layout, mark, sheet, f);
                if (temporary != null && !renamed.containsKey(temporary)) {
                    renamed.put(temporary, tensor);
                    f.scope().bind(name, layout.reading(tensor, Value.Open.NOWHERE), names.get(name));
                    continue;
                }
            }
            String stored = layout.isShifted() ? Layout.rows(tensor) : tensor;
            List<Size> lead = layout.lead().stream().map(Axis::size).toList();
            List<Size> shape = new ArrayList<>(lead);
            layout.stored().forEach(n -> shape.add(Size.of(n)));
            shape.addAll(tail);
            sheet.add(new Tensor(stored, Tensor.Role.VALUE, shape, layout.classes(), 0), f.depth());
            for (Part p : values.get(name))
                sheet.add(p.equation(stored, layout.lead(), layout.shift(), layout.trailing()));
            if (layout.isShifted()) view(tensor, stored, layout, lead, tail, values.get(name).get(0), f);
            f.scope().bind(name, layout.reading(stored, layout.given()), names.get(name));
        }
        renamed.forEach((from, to) -> sheet.rename(from, to, mark, f.depth()));
    }

    /** {@code h[t] = h.rows[t+1]}: the tensor under its own name, for those outside who want it whole. */
    private static void view(
            String tensor, String stored, Layout layout, List<Size> lead, List<Size> tail, Part any, Frame f) {
        List<Integer> dims = new ArrayList<>(layout.visible());
        dims.addAll(layout.trailing());
        List<Size> shape = new ArrayList<>(lead);
        dims.forEach(n -> shape.add(Size.of(n)));
        f.sheet().add(new Tensor(tensor, Tensor.Role.VALUE, shape, layout.classes(), 0), f.depth());
        List<Axis> axes = Storing.axes(dims, f);
        List<Axis> box = new ArrayList<>(layout.lead());
        box.addAll(axes);
        f.sheet().add(Equation.of(
                tensor, Storing.indices(box), Fold.SET, box, layout.reading(stored, Value.Open.EVERYWHERE).at(Storing.indices(axes)),
                Origin.at(any.span().place())));
    }

    /** The tensor made for this very assignment that its value is the whole of, or null: it can take the name. */
    private static String temporary(Part p, Layout layout, Sheet.Mark mark, Sheet sheet, Frame f) {
        if (!p.value().isKnown()) return null;
        List<Axis> dims = Storing.axes(p.value().shape(), p.frame());
        if (!(p.value().at(Storing.indices(dims)) instanceof Expr.Read r)) return null;
        Tensor t = sheet.tensor(r.tensor());
        if (t == null || t.role() != Tensor.Role.VALUE || mark.tensors().containsKey(t.name())
                || sheet.depth(t.name()) <= f.depth())
            return null;
        List<Axis> order = new ArrayList<>(layout.lead());
        order.addAll(p.variables());
        order.addAll(dims);
        List<Index> left = new ArrayList<>(Storing.indices(layout.lead()));
        left.addAll(p.left());
        left.addAll(Storing.indices(dims));
        boolean same = r.indices().equals(left) && Storing.indices(order).equals(left)
                && t.shape().equals(order.stream().map(Axis::size).toList()) && t.classes() == layout.classes();
        return same ? t.name() : null;
    }
}
