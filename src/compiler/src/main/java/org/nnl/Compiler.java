package org.nnl;

import java.nio.file.Path;
import org.nnl.derive.Partials;
import org.nnl.elaborate.Sources;

/** From a model file to a Java class: the whole pipeline. */
public final class Compiler {
    private Compiler() {}

    /** Compiles a model with the derivatives that come with the compiler. */
    public static Compilation compile(Path file, Options options) {
        return compile(file, options, null);
    }

    /**
     * Compiles a model. Stages are run when they are asked for, so that a caller who wants the equations only does not wait
     * for the class.
     *
     * @param cache where derivatives are remembered that do not come with the compiler; null for nowhere
     * @throws org.nnl.syntax.SourceException with all syntax errors; later stages report theirs when they are run
     */
    public static Compilation compile(Path file, Options options, Path cache) {
        Partials partials = cache == null ? Partials.shipped() : Partials.cachedIn(cache);
        return new Compilation(Sources.files(), file, options, partials);
    }

    /** Compiles a model whose text, and what it imports, comes from elsewhere than files. */
    public static Compilation compile(Sources sources, String fileName, Options options) {
        return new Compilation(sources, Path.of(fileName), options, Partials.shipped());
    }
}
