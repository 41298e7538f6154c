package org.nnl.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.nnl.Compilation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "compile",
        description = {
            "Writes the Java class of a model, of each model if the file has several.",
            "A class that would be the same is not written again."
        })
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
        for (Compilation c : model.compileAll(packageName)) {
            Path file = output.resolve(c.className().replace('.', '/') + ".java");
            write(file, c.java());
            System.out.println(file);
        }
        return ExitCode.OK;
    }

    /** Whole or not at all, and not if nothing would change: what depends on the file's time then stays up to date. */
    private static void write(Path file, String java) throws IOException {
        if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), java.getBytes(StandardCharsets.UTF_8))) return;
        if (file.getParent() != null) Files.createDirectories(file.getParent());
        Path temporary = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        Files.writeString(temporary, java);
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
