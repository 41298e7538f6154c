package org.nnl.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.nnl.Compilation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "compile", description = "Writes the Java class of a model.")
final class CompileCommand implements Callable<Integer> {
    @Mixin
    private ModelFile model;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            defaultValue = ".",
            description = "Source folder to write to (default: the current folder).")
    private Path output;

    @Option(names = "--package", paramLabel = "P", defaultValue = "", description = "Package of the class.")
    private String packageName;

    @Override
    public Integer call() throws IOException {
        if (!packageName.isEmpty() && !javax.lang.model.SourceVersion.isName(packageName)) {
            Terminal.error("'" + packageName + "' is not the name of a package");
            return ExitCode.USAGE;
        }
        Compilation c = model.compile(model.options(packageName));
        Path file = output.resolve(c.className().replace('.', '/') + ".java");
        String java = c.java();
        if (file.getParent() != null) Files.createDirectories(file.getParent());
        if (!Files.exists(file) || !Files.readString(file).equals(java)) Files.writeString(file, java);
        System.out.println(file);
        return ExitCode.OK;
    }
}
