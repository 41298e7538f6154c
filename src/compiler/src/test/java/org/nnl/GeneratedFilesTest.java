package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nnl.emit.WriteClass;
import org.nnl.load.InMemoryCompiler;

/**
 * What the compiler makes of every sample stands in {@code generated/}: {@code java} holds the classes, {@code stages}
 * the printed stages before. A change of the compiler thus shows as a difference in review. With the property
 * {@code nnl.rewrite} the files are written anew instead of compared.
 */
class GeneratedFilesTest {
    private static final String PACKAGE = "org.nnl.samples";
    private static final List<Stage> STAGES = List.of(Stage.EQUATIONS, Stage.GRADIENT, Stage.SIMPLIFIED, Stage.SCHEDULE);
    private static final String COMMAND =
            "to accept: mvn -pl src/compiler test -Dtest=GeneratedFilesTest -Dnnl.rewrite, and review the difference";
    private static final Path ROOT = Path.of(System.getProperty("basedir", ".")).resolve("../..");
    private static final boolean REWRITE = System.getProperty("nnl.rewrite") != null;

    private static List<Path> samples() throws IOException {
        try (Stream<Path> list = Files.list(ROOT.resolve("samples"))) {
            return list.filter(f -> f.toString().endsWith(".nnl")).sorted().toList();
        }
    }

    /** Texts by their places in {@code generated/}. */
    private static Map<String, String> made(Path sample) {
        Options d = Options.DEFAULT;
        Compilation c = Compiler.compile(
                sample, new Options(PACKAGE, d.className(), d.backend(), d.precision(), d.overrides()));
        String name = sample.getFileName().toString().replace(".nnl", "");
        Map<String, String> files = new LinkedHashMap<>();
        for (Stage s : STAGES) files.put("stages/" + name + "/" + s + ".txt", c.print(s, null));
        files.put("java/" + c.className().replace('.', '/') + ".java", c.java());
        return files;
    }

    @TestFactory
    Stream<DynamicTest> areWhatTheCompilerMakes() throws IOException {
        return samples().stream().map(s -> DynamicTest.dynamicTest(s.getFileName().toString(), () -> {
            for (Map.Entry<String, String> e : made(s).entrySet()) {
                Path file = ROOT.resolve("generated").resolve(e.getKey());
                if (REWRITE) {
                    Files.createDirectories(file.getParent());
                    Files.writeString(file, e.getValue());
                }
                assertThat(file).as(COMMAND).exists();
                if (!Files.readString(file).equals(e.getValue()))
                    throw new AssertionError("generated/" + e.getKey() + ", line "
                            + (firstDifference(Files.readString(file), e.getValue()) + 1) + ": differs; " + COMMAND);
            }
        }));
    }

    private static int firstDifference(String a, String b) {
        List<String> x = a.lines().toList();
        List<String> y = b.lines().toList();
        int i = 0;
        while (i < x.size() && i < y.size() && x.get(i).equals(y.get(i))) i++;
        return i;
    }

    /** The checked-in classes compile, and nothing is left of samples that are gone. */
    @Test
    void compileAndBelongToASample() throws IOException {
        List<String> names = samples().stream().map(s -> s.getFileName().toString().replace(".nnl", "")).toList();
        try (Stream<Path> stages = Files.list(ROOT.resolve("generated/stages"))) {
            assertThat(stages.map(f -> f.getFileName().toString())).isSubsetOf(names);
        }
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve("generated/java"))) {
            for (Path f : (Iterable<Path>) files.filter(p -> p.toString().endsWith(".java"))::iterator)
                sources.put(PACKAGE + "." + f.getFileName().toString().replace(".java", ""), Files.readString(f));
        }
        assertThat(sources).hasSameSizeAs(names);
        assertThat(InMemoryCompiler.compile(sources)).containsKeys(sources.keySet().toArray(String[]::new));
    }

    /** A model cannot be called as a type of java.lang is that its class uses. */
    @Test
    void typesThatClassesUseAreTaken() throws IOException {
        Set<String> used = new TreeSet<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve("generated/java"))) {
            for (Path f : (Iterable<Path>) files.filter(p -> p.toString().endsWith(".java"))::iterator)
                Pattern.compile("\\b[A-Z]\\w+").matcher(Files.readString(f).replaceAll("(?s)/\\*.*?\\*/|//[^\n]*|\"[^\"\n]*\"", ""))
                        .results().forEach(m -> used.add(m.group()));
        }
        used.removeIf(name -> {
            try {
                return Class.forName("java.lang." + name) == null;
            } catch (ClassNotFoundException | NoClassDefFoundError e) {
                return true;
            }
        });
        assertThat(used).contains("Math", "Override", "Long").allSatisfy(name -> assertThat(WriteClass.objection(name)).as(name).isNotNull());
    }
}
