package org.nnl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code nnl compile}. */
class CompileCommandTest extends CommandTest {
    @Test
    void compileWritesTheClassUnderItsPackage() throws IOException {
        assertThat(run("compile", model, "-o", folder.resolve("gen"), "--package", "com.acme", "--backend", "scalar")).isZero();
        Path java = folder.resolve("gen/com/acme/Kinds.java");
        assertThat(java).content().contains("package com.acme;").doesNotContain("jdk.incubator");
    }

    @Test
    void aFileOfSeveralModelsGivesSeveralClassesAndOneCanBeChosen() throws IOException {
        String other = MODEL.substring(0, MODEL.indexOf("data {")).replace("model Kinds", "model Sorts");
        Path two = Files.writeString(folder.resolve("two.nnl"), other + MODEL);
        assertThat(run("compile", two, "-o", folder.resolve("gen"))).as(err).isZero();
        assertThat(folder.resolve("gen/Kinds.java")).exists();
        assertThat(folder.resolve("gen/Sorts.java")).exists();
        assertThat(run("check", two)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("there are several models").contains("one is to be chosen, on the command line by --model NAME: Sorts, Kinds");
        assertThat(run("inspect", two, "--model", "Sorts", "--stop", "model")).isZero();
        assertThat(out).startsWith("model Sorts");
        assertThat(run("compile", two, "--model", "Sotrs")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("has no model 'Sotrs'; did you mean 'Sorts'?");
    }
}
