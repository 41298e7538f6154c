package org.nnl.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.nnl.Compilation;
import org.nnl.Options;

/** What {@code generate} and {@code test-generate} share; they differ in folders and source root. */
abstract class AbstractGenerateMojo extends AbstractModelMojo {

    abstract File output();

    abstract void addSourceRoot(String path);

    @Override
    public void execute() throws MojoExecutionException, MojoFailureException {
        addSourceRoot(output().getPath()); // for classes generated before, too
        super.execute();
    }

    @Override
    void work() throws MojoExecutionException, MojoFailureException {
        Path record = recordDirectory.toPath().resolve(execution.getGoal() + "-" + execution.getExecutionId() + ".tsv");
        Generation.Result result;
        try {
            result = new Generation(folder(), output().toPath(), record, this::configurationOf, this::compile).run();
        } catch (IOException e) {
            throw new MojoExecutionException("cannot read models or write classes: " + e, e);
        }
        result.removed().forEach(p -> getLog().info("removed " + p + ", its model is gone"));
        fail(result.errors());
        int made = result.generated().size();
        int all = made + result.current().size();
        if (all == 0) getLog().info("no models in " + folder().path());
        else if (made == 0) getLog().info("nothing to generate, all models are up to date");
        else getLog().info("generated " + made + " of " + all + (all == 1 ? " class" : " classes") + " into " + output());
    }

    private Generation.Output compile(Path file) {
        Options options = options(file);
        List<Generation.Output.Source> classes = new ArrayList<>();
        List<Compilation> compilations = folder().compilations(file, options, derivatives());
        for (Compilation c : compilations) {
            c.warnings().forEach(w -> getLog().warn(ModelFolder.line(w)));
            String path = c.className().replace('.', '/') + ".java";
            classes.add(new Generation.Output.Source(Path.of(path), c.java()));
        }
        return new Generation.Output(classes, compilations.isEmpty() ? List.of() : compilations.get(0).imports());
    }
}
