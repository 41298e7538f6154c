package org.nnl;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import org.nnl.syntax.Span;

/** A syntax tree as indented text: a line a node, its plain components behind its name, its place at the end. */
final class TreePrinter {
    private final StringBuilder out = new StringBuilder();

    private TreePrinter() {}

    static String print(Record tree) {
        TreePrinter p = new TreePrinter();
        p.node("", tree, 0);
        return p.out.toString();
    }

    private void node(String label, Record node, int depth) {
        out.append("  ".repeat(depth)).append(label).append(node.getClass().getSimpleName());
        Span span = null;
        for (RecordComponent c : node.getClass().getRecordComponents()) {
            Object v = value(node, c);
            if (v instanceof Span s) span = s;
            else if (v != null && !(v instanceof Record) && !isNodes(v) && !v.equals("") && !v.equals(List.of()))
                out.append(' ').append(c.getName().equals("name") ? v.toString() : c.getName() + "=" + v);
        }
        if (span != null && span.line() > 0) out.append("  @").append(span.line()).append(':').append(span.column());
        out.append('\n');
        for (RecordComponent c : node.getClass().getRecordComponents()) {
            Object v = value(node, c);
            if (v instanceof Span) continue;
            if (v instanceof Record r) node(c.getName() + ": ", r, depth + 1);
            if (isNodes(v)) for (Object o : (List<?>) v) node("", (Record) o, depth + 1);
        }
    }

    private static boolean isNodes(Object v) {
        return v instanceof List<?> l && !l.isEmpty() && l.get(0) instanceof Record;
    }

    private static Object value(Record node, RecordComponent c) {
        try {
            return c.getAccessor().invoke(node);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }
}
