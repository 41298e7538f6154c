package org.nnl.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnl.syntax.Diagnostic;
import org.nnl.syntax.SourceException;
import org.nnl.syntax.Span;

/** Generation over real folders with a compiler that knows two lines: {@code import FILE} and {@code error}. */
class GenerationTest {
    @TempDir
    Path folder;

    private Path sources;
    private Path output;
    private String configuration = "float";
    private Path shared;
    private Action onCompile = () -> {};
    private final List<String> compiled = new ArrayList<>();

    @BeforeEach
    void model() throws IOException {
        sources = folder.resolve("nnl");
        output = folder.resolve("out");
        write("com/acme/Churn.nnl", "churn\nimport shared.txt");
        write("shared.txt", "cells");
    }

    @Test
    void folderIsPackageAndASecondRunDoesNothing() throws IOException {
        assertThat(run().generated()).containsExactly(Path.of("com/acme/Churn.java"));
        assertThat(output.resolve("com/acme/Churn.java")).hasContent("package com.acme; // churn");
        Generation.Result second = run();
        assertThat(second.generated()).isEmpty();
        assertThat(second.current()).hasSize(1);
        assertThat(compiled).containsExactly("Churn");
    }

    @Test
    void changedTextImportOrConfigurationCompilesAgain() throws IOException {
        run();
        write("shared.txt", "other cells");
        assertThat(run().generated()).hasSize(1);
        configuration = "double";
        assertThat(run().generated()).hasSize(1);
        write("com/acme/Churn.nnl", "churn 2");
        assertThat(run().generated()).hasSize(1);
        assertThat(run().generated()).isEmpty();
    }

    @Test
    void unchangedOutputKeepsItsTimeAndAnEditedOneIsMadeAnew() throws IOException {
        run();
        Path java = output.resolve("com/acme/Churn.java");
        FileTime long_ago = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(java, long_ago);
        write("shared.txt", "other cells"); // the class stays the same
        run();
        assertThat(Files.getLastModifiedTime(java)).isEqualTo(long_ago);
        Files.writeString(java, "edited by hand");
        run();
        assertThat(java).hasContent("package com.acme; // churn");
        Files.delete(java);
        run();
        assertThat(java).exists();
    }

    @Test
    void aRemovedModelLosesItsClassAndOthersKeepTheirs() throws IOException {
        write("Other.nnl", "other");
        run();
        Files.delete(sources.resolve("com/acme/Churn.nnl"));
        Files.writeString(output.resolve("Foreign.java"), "not ours");
        assertThat(run().removed()).containsExactly(Path.of("com/acme/Churn.java"));
        assertThat(output.resolve("Other.java")).exists();
        assertThat(output.resolve("Foreign.java")).exists();
    }

    @Test
    void errorsOfAllFilesAreReportedAndTriedAgain() throws IOException {
        write("A.nnl", "error");
        write("B.nnl", "error");
        Generation.Result first = run();
        assertThat(first.errors()).hasSize(2).allMatch(e -> e.endsWith(".nnl:[3,7] it is broken (a note)"));
        assertThat(first.generated()).hasSize(1);
        assertThat(run().errors()).hasSize(2);
        write("A.nnl", "mended");
        Generation.Result third = run();
        assertThat(third.errors()).hasSize(1);
        assertThat(output.resolve("A.java")).exists();
    }

    @Test
    void aDamagedRecordMakesEverythingAnew() throws IOException {
        run();
        Files.writeString(folder.resolve("record.tsv"), "nnl build record 3\t" + output + "\nnonsense");
        assertThat(run().generated()).hasSize(1);
    }

    @Test
    void aFileWithoutModelsGivesNoClassAndIsNotReadAgain() throws IOException {
        write("cells.nnl", "library");
        assertThat(run().generated()).containsExactly(Path.of("com/acme/Churn.java"));
        compiled.clear();
        assertThat(run().current()).containsExactly(Path.of("com/acme/Churn.java"));
        assertThat(compiled).isEmpty();
    }

    @Test
    void aFileWithSeveralModelsGivesSeveralClasses() throws IOException {
        write("Two.nnl", "two\nalso Three");
        assertThat(run().generated()).contains(Path.of("Two.java"), Path.of("Three.java"));
        write("Two.nnl", "two");
        assertThat(run().removed()).containsExactly(Path.of("Three.java"));
        assertThat(output.resolve("Two.java")).exists();
    }

    @Test
    void twoFilesWithOneClassAreAnError() throws IOException {
        write("Two.nnl", "two\nalso Same");
        write("Three.nnl", "three\nalso Same");
        assertThat(run().errors())
                .singleElement()
                .asString()
                .contains("Two.nnl:[1,1] the class Same is also generated from")
                .endsWith("Three.nnl");
    }

    @Test
    void anErrorInAnImportIsReportedOnce() throws IOException {
        write("A.nnl", "error");
        write("B.nnl", "error");
        shared = sources.resolve("shared.txt");
        assertThat(run().errors()).singleElement().asString().contains("shared.txt:[3,7]");
    }

    @Test
    void withTheFolderAllClassesVanishAndTheirPackages() throws IOException {
        run();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path p : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(p);
        }
        assertThat(run().removed()).containsExactly(Path.of("com/acme/Churn.java"));
        assertThat(output.resolve("com")).doesNotExist();
    }

    @Test
    void aFileSavedWhileItIsCompiledIsCompiledAgain() throws IOException {
        onCompile = () -> write("com/acme/Churn.nnl", "saved meanwhile");
        run();
        onCompile = () -> {};
        assertThat(run().generated()).hasSize(1);
        assertThat(run().generated()).isEmpty();
        assertThat(output.resolve("com/acme/Churn.java")).hasContent("package com.acme; // saved meanwhile");
    }

    @Test
    void generatedFilesMayBeReadByWhoMayReadTheFolder() throws IOException {
        run();
        write("plain.txt", "");
        assumeTrue(Files.getFileStore(sources).supportsFileAttributeView("posix"));
        assertThat(Files.getPosixFilePermissions(output.resolve("com/acme/Churn.java")))
                .isEqualTo(Files.getPosixFilePermissions(sources.resolve("plain.txt")));
    }

    /** Two executions, each with sources of its own, write into one folder; a model moves from the second to the first. */
    @Test
    void executionsMayShareAnOutputFolder() throws IOException {
        run();
        sources = folder.resolve("other");
        write("Other.nnl", "other");
        assertThat(run("second.tsv").removed()).isEmpty();
        sources = folder.resolve("nnl");
        assertThat(run().removed()).isEmpty();
        write("Other.nnl", "other");
        Files.delete(folder.resolve("other/Other.nnl"));
        assertThat(run().generated()).containsExactly(Path.of("Other.java"));
        sources = folder.resolve("other");
        assertThat(run("second.tsv").removed()).isEmpty();
        assertThat(output.resolve("Other.java")).exists();
        assertThat(output.resolve("com/acme/Churn.java")).exists();
    }

    private Generation.Result run() throws IOException {
        return run("record.tsv");
    }

    private Generation.Result run(String record) throws IOException {
        ModelFolder models = new ModelFolder(sources);
        return new Generation(models, output, folder.resolve(record), m -> configuration, this::compile).run();
    }

    private Generation.Output compile(Path file) throws IOException {
        String name = file.getFileName().toString().replace(".nnl", "");
        List<String> lines = Files.readAllLines(sources.resolve(file));
        onCompile.run();
        if (lines.contains("error"))
            throw new SourceException(
                    List.of(Diagnostic.of(
                            new Span((shared == null ? file : shared).toString(), 3, 7, 1), "it is broken", "a note")),
                    "report");
        compiled.add(name);
        if (lines.contains("library")) return new Generation.Output(List.of(), List.of());
        List<Path> imports = lines.stream()
                .filter(l -> l.startsWith("import "))
                .map(l -> sources.resolve(l.substring(7)))
                .toList();
        List<Generation.Output.Source> classes = new ArrayList<>();
        String packageName = ModelFolder.packageOf(file);
        String prefix = packageName.isEmpty() ? "" : "package " + packageName + "; ";
        Path place = Path.of(packageName.replace('.', '/'));
        classes.add(new Generation.Output.Source(place.resolve(name + ".java"), prefix + "// " + lines.get(0)));
        for (String l : lines)
            if (l.startsWith("also "))
                classes.add(new Generation.Output.Source(place.resolve(l.substring(5) + ".java"), prefix + "// too"));
        return new Generation.Output(classes, imports);
    }

    private void write(String path, String text) throws IOException {
        Files.createDirectories(sources.resolve(path).getParent());
        Files.writeString(sources.resolve(path), text);
    }

    private interface Action {
        void run() throws IOException;
    }
}
