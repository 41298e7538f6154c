package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.List;
import org.nnl.equations.Axis;
import org.nnl.equations.Expr;
import org.nnl.syntax.Span;

/**
 * Where an expression is being elaborated.
 *
 * @param ground what graph is being written
 * @param scope  the names visible
 * @param path   prefix of the names of parameters and tensors that come into being here: the equation's name
 * @param sole   whether the layer called here takes the path itself as its prefix, being the only one in its equation
 * @param live   the index axes bound around this place, outermost first; the batch is not among them
 * @param depth  how deep in calls
 * @param site   the call whose body this is, null outside calls
 */
record Frame(Ground ground, Scope scope, String path, boolean sole, List<Axis> live, int depth, Site site) {

    /**
     * The graph being written.
     *
     * @param sheet   where its equations go
     * @param batched whether there are examples
     * @param step    the step that noise depends on
     * @param root    the names visible everywhere
     */
    record Ground(Sheet sheet, boolean batched, Expr step, Scope root) {}

    /** A call under way. */
    record Site(String callee, Span span, Site outer) {}

    Frame {
        live = List.copyOf(live);
    }

    Sheet sheet() {
        return ground.sheet();
    }

    Frame in(Scope inner) {
        return new Frame(ground, inner, path, sole, live, depth, site);
    }

    Frame over(List<Axis> axes) {
        List<Axis> all = new ArrayList<>(live);
        all.addAll(axes);
        return new Frame(ground, scope, path, sole, all, depth, site);
    }

    Frame at(String newPath, boolean onlyLayer) {
        return new Frame(ground, scope, newPath, onlyLayer, live, depth, site);
    }

    /** The frame of a called body. */
    Frame calling(String callee, Span span, Scope inner, String newPath) {
        return new Frame(ground, inner, newPath, false, live, depth + 1, new Site(callee, span, site));
    }

    /** The path with a further name. */
    String join(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** The name wanted, or the nearest to it that no axis around here bears, nor any of {@code taken}. */
    String freshAxis(String wanted, List<Axis> taken) {
        String name = wanted;
        for (int n = 2; name.equals(Storing.BATCH) || isLive(name, live) || isLive(name, taken); n++) name = wanted + n;
        return name;
    }

    private static boolean isLive(String name, List<Axis> axes) {
        return axes.stream().anyMatch(a -> a.name().equals(name));
    }
}
