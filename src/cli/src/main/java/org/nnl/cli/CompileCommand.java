package org.nnl.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;
import org.nnl.Compilation;
import org.nnl.SettingException;
import org.nnl.data.DataException;
import org.nnl.syntax.SourceException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "compile",
        description = {
            "Writes the Java class of a model; of each model if the file has several.",
            "If FILE is a folder, of all models below it: their folders are packages. A class that would be the same is "
                    + "not written again."
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
        if (!packageName.isEmpty() && !SourceVersion.isName(packageName)) {
            Terminal.error("'" + packageName + "' is not the name of a package");
            return ExitCode.USAGE;
        }
        if (!Files.isDirectory(model.file)) {
            List<Compilation> all = model.compileAll(model.file, packageName);
            if (all.isEmpty()) model.compile().model(); // says that there is no model
            write(all);
            return ExitCode.OK;
        }
        List<Path> files = files(model.file);
        if (files.isEmpty()) throw new DataException(model.file + ": there is no .nnl file in this folder");
        Set<String> errors = new LinkedHashSet<>(); // an error in an imported file is found once for each importer
        int wrongSettings = 0;
        for (Path file : files) {
            Path folder = model.file.relativize(file).getParent();
            String own = folder == null ? "" : folder.toString().replace(File.separatorChar, '.');
            try {
                List<Compilation> all = model.compileAll(file, packageName.isEmpty() ? own : packageName);
                if (packageName.isEmpty() && !all.isEmpty() && !own.isEmpty() && !SourceVersion.isName(own))
                    errors.add(file + ":1:1: error: '" + own + "' is not the name of a package\n"
                            + "  note: a model's folder is its package: rename it, or give --package");
                else write(all);
            } catch (SettingException e) {
                errors.add(file + ": error: " + model.refusal(e).getMessage());
                wrongSettings++;
            } catch (SourceException e) {
                errors.add(e.getMessage());
            }
        }
        errors.forEach(Terminal::error);
        if (errors.isEmpty()) return ExitCode.OK;
        return errors.size() == wrongSettings ? ExitCode.USAGE : ExitCode.ERRORS;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(".nnl") && Files.isRegularFile(f)).sorted().toList();
        }
    }

    private void write(List<Compilation> models) throws IOException {
        for (Compilation c : models) {
            ModelFile.warn(c);
            Path file = output.resolve(c.className().replace('.', '/') + ".java");
            write(file, c.java());
            System.out.println(file);
        }
    }

    /** Whole or not at all, and not if nothing would change: what depends on the file's time then stays up to date. */
    private static void write(Path file, String java) throws IOException {
        if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), java.getBytes(StandardCharsets.UTF_8))) return;
        Output.write(Output.file(file), out -> out.write(java));
    }
}
