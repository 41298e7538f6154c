package org.nnl.derive;

import org.nnl.equations.Graph;

final class Stabilize {
    static Graph stabilize(Graph g) { return g; }
}
