package org.nnl.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.nnl.Compilation;
import org.nnl.Options;
import org.nnl.syntax.SourceException;
import org.nnl.syntax.Suggestions;

/** How models are compiled: the configuration that all goals share. */
abstract class AbstractModelMojo extends AbstractMojo {

    @Parameter(defaultValue = "${project}", readonly = true, required = true)
    MavenProject project;

    @Parameter(defaultValue = "${mojoExecution}", readonly = true, required = true)
    MojoExecution execution;

    /** Where hashes of the last run, and derivatives found, are kept. */
    @Parameter(defaultValue = "${project.build.directory}/nnl", readonly = true)
    File recordDirectory;

    /** Where models are. */
    @Parameter(defaultValue = "${project.basedir}/src/main/nnl")
    File sourceDirectory;

    /** Where models for tests are. */
    @Parameter(defaultValue = "${project.basedir}/src/test/nnl")
    File testSourceDirectory;

    /** The Java that is written: {@code vector} (jdk.incubator.vector) or {@code scalar} (plain Java). */
    @Parameter(property = "nnl.backend", defaultValue = "vector")
    private String backend;

    /** The type of real numbers: {@code float} or {@code double}. */
    @Parameter(property = "nnl.precision", defaultValue = "float")
    private String precision;

    /** Examples a step for which code is specialised; without it, what the model's train block says. */
    @Parameter(property = "nnl.batch")
    private String batch;

    /** At most so many threads train; without it, what the model's train block says. */
    @Parameter(property = "nnl.threads")
    private String threads;

    /** Package of all classes; without it, a model's folder below the source folder is its package. */
    @Parameter(property = "nnl.package")
    private String packageName;

    /** Values for any train setting or model parameter: {@code <epochs>20</epochs>}, {@code <hidden>128</hidden>}. */
    @Parameter
    private Map<String, String> settings;

    /** Other configuration for single models. */
    @Parameter
    private List<ModelConfiguration> models;

    /** Does nothing; classes generated before stay in the build. */
    @Parameter(property = "nnl.skip", defaultValue = "false")
    boolean skip;

    @Override
    public void execute() throws MojoExecutionException, MojoFailureException {
        if (skip) {
            getLog().info("skipped");
            return;
        }
        checkConfiguration();
        work();
    }

    /** What a goal does unless it is skipped. */
    abstract void work() throws MojoExecutionException, MojoFailureException;

    /** The models this goal is about: those of the main sources, unless a goal says otherwise. */
    ModelFolder folder() {
        return new ModelFolder(sourceDirectory.toPath());
    }

    /** Where derivatives are remembered that do not come with the compiler. */
    Path derivatives() {
        return recordDirectory.toPath().resolve("derivatives.txt");
    }

    /**
     * How a model is compiled.
     *
     * @param model relative to the source folder
     */
    Options options(Path model) {
        ModelConfiguration own = own(model);
        ModelConfiguration all = new ModelConfiguration();
        all.backend = backend;
        all.precision = precision;
        all.batch = batch;
        all.threads = threads;
        all.packageName = packageName == null ? ModelFolder.packageOf(model) : packageName;
        all.settings = settings;
        return (own == null ? all : own.over(all)).options();
    }

    private ModelConfiguration own(Path model) {
        if (models == null) return null;
        String name = model.toString().replace(File.separatorChar, '/');
        return models.stream().filter(m -> name.equals(m.model)).findFirst().orElse(null);
    }

    /** Refuses configuration that cannot be meant, before anything is compiled. */
    void checkConfiguration() throws MojoExecutionException {
        try {
            for (ModelConfiguration m : models == null ? List.<ModelConfiguration>of() : models) checkNamed(m);
            for (Path model : folder().files()) options(model);
        } catch (IllegalArgumentException e) {
            throw new MojoExecutionException(e.getMessage());
        } catch (IOException e) {
            throw new MojoExecutionException("cannot read models: " + e, e);
        }
    }

    private void checkNamed(ModelConfiguration m) throws IOException {
        if (m.model == null) throw new IllegalArgumentException("a <model> of <models> needs a <model> that names its file");
        List<String> known = new ArrayList<>();
        for (File f : List.of(sourceDirectory, testSourceDirectory)) {
            if (Files.isRegularFile(f.toPath().resolve(m.model))) return;
            for (Path p : new ModelFolder(f.toPath()).files()) known.add(p.toString().replace(File.separatorChar, '/'));
        }
        throw new IllegalArgumentException("<models> configures '" + m.model + "', which is not in " + sourceDirectory
                + Suggestions.hint(m.model, known));
    }

    /** What a goal does with a model. */
    interface Work {
        void on(Compilation model) throws IOException;
    }

    /** Does its work for every model that compiles, and gives the errors of the others. */
    List<String> each(Work work) throws IOException {
        Set<String> errors = new LinkedHashSet<>();
        for (Path file : folder().files()) {
            try {
                for (Compilation c : folder().compilations(file, options(file), derivatives())) work.on(c);
            } catch (SourceException e) {
                errors.addAll(ModelFolder.errors(e));
            }
        }
        return List.copyOf(errors);
    }

    /** Logs all errors and fails if there are any. */
    void fail(List<String> errors) throws MojoFailureException {
        if (errors.isEmpty()) return;
        errors.forEach(e -> getLog().error(e));
        throw new MojoFailureException(
                errors.size() == 1 ? errors.get(0) : errors.size() + " errors in models, the first: " + errors.get(0));
    }

    /** Everything beside the texts that the output of a model depends on. */
    String configurationOf(Path model) {
        Options o = options(model);
        return String.join(
                "\n",
                execution.getMojoDescriptor().getPluginDescriptor().getVersion(),
                Fingerprint.ofThisPlugin(),
                o.packageName(),
                o.backend().name(),
                o.precision().name(),
                new TreeMap<>(o.overrides()).toString());
    }
}
