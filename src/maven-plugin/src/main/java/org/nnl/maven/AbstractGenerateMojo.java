package org.nnl.maven;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.nnl.Compilation;
import org.nnl.Compiler;
import org.nnl.Options;

/** What {@code generate} and {@code test-generate} share; they differ in folders and source root. */
abstract class AbstractGenerateMojo extends AbstractMojo {

    @Parameter(defaultValue = "${project}", readonly = true, required = true)
    MavenProject project;

    @Parameter(defaultValue = "${mojoExecution}", readonly = true, required = true)
    private MojoExecution execution;

    /** Where the hashes of the last run are kept. */
    @Parameter(defaultValue = "${project.build.directory}/nnl", readonly = true)
    private File recordDirectory;

    /** The Java that is written: {@code vector} (jdk.incubator.vector) or {@code scalar} (plain Java). */
    @Parameter(property = "nnl.backend", defaultValue = "vector")
    private String backend;

    /** The type of real numbers: {@code float} or {@code double}. */
    @Parameter(property = "nnl.precision", defaultValue = "float")
    private String precision;

    /** Package of all classes; without it, a model's folder below the source folder is its package. */
    @Parameter(property = "nnl.package")
    private String packageName;

    /** Values for train settings and model parameters: {@code <batch>64</batch>}, {@code <hidden>128</hidden>}. */
    @Parameter
    private Map<String, String> settings;

    /** Other configuration for single models. */
    @Parameter
    private List<ModelConfiguration> models;

    /** Generates nothing; classes generated before stay in the build. */
    @Parameter(property = "nnl.skip", defaultValue = "false")
    private boolean skip;

    abstract File sources();

    abstract File output();

    abstract void addSourceRoot(String path);

    @Override
    public void execute() throws MojoExecutionException, MojoFailureException {
        addSourceRoot(output().getPath());
        if (skip) {
            getLog().info("skipped");
            return;
        }
        Path record = recordDirectory.toPath().resolve(execution.getGoal() + "-" + execution.getExecutionId() + ".tsv");
        Generation generation = new Generation(
                sources().toPath(), output().toPath(), record, this::configurationOf, this::compile);
        Generation.Result result;
        try {
            result = generation.run();
        } catch (IOException e) {
            throw new MojoExecutionException("cannot read models or write classes: " + e, e);
        }
        result.removed().forEach(p -> getLog().info("removed " + p + ", its model is gone"));
        result.errors().forEach(e -> getLog().error(e));
        if (!result.errors().isEmpty()) {
            int n = result.errors().size();
            throw new MojoFailureException(
                    n == 1 ? result.errors().get(0) : n + " errors in models, the first: " + result.errors().get(0));
        }
        int all = result.compiled().size() + result.unchanged().size();
        if (all == 0) getLog().info("no models in " + sources());
        else if (result.compiled().isEmpty()) getLog().info("nothing to generate, all models are up to date");
        else getLog().info("generated " + result.compiled().size() + " of " + all + " models into " + output());
    }

    private Generation.Output compile(Path file, String folderPackage) throws IOException {
        Options options = options(sources().toPath().relativize(file), folderPackage);
        Compilation c = Compiler.compile(file, options);
        return new Generation.Output(options.packageName(), c.simpleName(), c.java(), c.imports());
    }

    /** Everything beside the texts that the output depends on; the plugin's version stands for the compiler. */
    private String configurationOf(Path model) {
        Options o = options(model, "");
        return String.join(
                "\n",
                execution.getMojoDescriptor().getPluginDescriptor().getVersion(),
                o.packageName(),
                o.backend().name(),
                o.precision().name(),
                new TreeMap<>(o.overrides()).toString());
    }

    Options options(Path model, String folderPackage) {
        String name = model.toString().replace(File.separatorChar, '/');
        ModelConfiguration own = models == null
                ? null
                : models.stream().filter(m -> name.equals(m.model)).findFirst().orElse(null);
        Map<String, Double> overrides = new TreeMap<>();
        numbers(settings, overrides);
        if (own != null) numbers(own.settings, overrides);
        String p = own != null && own.packageName != null ? own.packageName : packageName;
        return new Options(
                p != null ? p : folderPackage,
                "",
                choice(Options.Backend.class, own != null && own.backend != null ? own.backend : backend, "backend"),
                choice(
                        Options.Precision.class,
                        own != null && own.precision != null ? own.precision : precision,
                        "precision"),
                overrides);
    }

    private static void numbers(Map<String, String> from, Map<String, Double> to) {
        if (from == null) return;
        from.forEach((name, text) -> {
            try {
                to.put(name, Double.valueOf(text));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("setting <" + name + "> is no number: '" + text + "'");
            }
        });
    }

    private static <E extends Enum<E>> E choice(Class<E> type, String text, String parameter) {
        for (E e : type.getEnumConstants()) if (e.name().equalsIgnoreCase(text)) return e;
        StringBuilder all = new StringBuilder();
        for (E e : type.getEnumConstants())
            all.append(all.length() == 0 ? "" : " or ").append(e.name().toLowerCase(java.util.Locale.ROOT));
        throw new IllegalArgumentException("<" + parameter + "> is " + all + ", not '" + text + "'");
    }
}
