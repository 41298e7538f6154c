package org.nnl.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
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
        assertThat(run().compiled()).containsExactly(Path.of("com/acme/Churn.nnl"));
        assertThat(output.resolve("com/acme/Churn.java")).hasContent("package com.acme; // churn");
        Generation.Result second = run();
        assertThat(second.compiled()).isEmpty();
        assertThat(second.unchanged()).hasSize(1);
        assertThat(compiled).containsExactly("Churn");
    }

    @Test
    void changedTextImportOrConfigurationCompilesAgain() throws IOException {
        run();
        write("shared.txt", "other cells");
        assertThat(run().compiled()).hasSize(1);
        configuration = "double";
        assertThat(run().compiled()).hasSize(1);
        write("com/acme/Churn.nnl", "churn 2");
        assertThat(run().compiled()).hasSize(1);
        assertThat(run().compiled()).isEmpty();
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
        assertThat(first.compiled()).hasSize(1);
        assertThat(run().errors()).hasSize(2);
        write("A.nnl", "mended");
        Generation.Result third = run();
        assertThat(third.errors()).hasSize(1);
        assertThat(output.resolve("A.java")).exists();
    }

    @Test
    void aDamagedRecordMakesEverythingAnew() throws IOException {
        run();
        Files.writeString(folder.resolve("record"), "nnl build record 1\nnonsense");
        assertThat(run().compiled()).hasSize(1);
    }

    private Generation.Result run() throws IOException {
        return new Generation(sources, output, folder.resolve("record"), m -> configuration, this::compile).run();
    }

    private Generation.Output compile(Path file, String packageName) throws IOException {
        String name = file.getFileName().toString().replace(".nnl", "");
        List<String> lines = Files.readAllLines(file);
        if (lines.contains("error"))
            throw new SourceException(
                    List.of(Diagnostic.of(new Span(file.toString(), 3, 7, 1), "it is broken", "a note")), "report");
        compiled.add(name);
        List<Path> imports = lines.stream()
                .filter(l -> l.startsWith("import "))
                .map(l -> sources.resolve(l.substring(7)))
                .toList();
        String prefix = packageName.isEmpty() ? "" : "package " + packageName + "; ";
        return new Generation.Output(packageName, name, prefix + "// " + lines.get(0), imports);
    }

    private void write(String path, String text) throws IOException {
        Files.createDirectories(sources.resolve(path).getParent());
        Files.writeString(sources.resolve(path), text);
    }
}
