package org.nnl.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnl.data.NdArray;
import org.nnl.data.Safetensors;

class MainTest {
    private static final String MODEL = """
            model Kinds(hidden = 5) {
                input  x[2]
                target y : class(2)
                h = dense(x, hidden, tanh)
                z = dense(h, 2)
                output p = softmax(z)
                loss   crossEntropy(p, y)
                metric accuracy = (argmax[k] p[k]) == y
                train  { optimizer adam(rate = 0.05), batch 8, epochs 30, seed 1 }
            }

            data {
                file "kinds.csv"
                x = standardize(columns("a", "b"))
                y = column("kind")
                validation 0.25
            }
            """;

    @TempDir
    Path folder;

    private Path model;
    private String out;
    private String err;

    @BeforeEach
    void files() throws IOException {
        model = Files.writeString(folder.resolve("kinds.nnl"), MODEL);
        StringBuilder csv = new StringBuilder("a,b,kind\n");
        java.util.SplittableRandom random = new java.util.SplittableRandom(3);
        for (int i = 0; i < 60; i++) {
            double a = random.nextDouble() * 10, b = random.nextDouble() * 10;
            csv.append(a).append(',').append(b).append(',').append(a + b > 10 ? "much" : "little").append('\n');
        }
        Files.writeString(folder.resolve("kinds.csv"), csv);
    }

    private int run(Object... arguments) {
        PrintStream o = System.out, e = System.err;
        ByteArrayOutputStream ob = new ByteArrayOutputStream(), eb = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(ob, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(eb, true, StandardCharsets.UTF_8));
            List<String> texts = new ArrayList<>();
            for (Object a : arguments) texts.add(a.toString());
            return Main.run(texts.toArray(String[]::new));
        } finally {
            System.setOut(o);
            System.setErr(e);
            out = ob.toString(StandardCharsets.UTF_8);
            err = eb.toString(StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "predict", "generate", "compile", "check", "inspect", "bench"})
    void everyCommandHasHelp(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out).contains("Usage: nnl " + command).contains("--set").contains("--threads").contains("Exit codes");
    }

    /** A text in which every letter has one successor. */
    private static final String CIRCLE = """
            model Circle {
                axis   t = 8
                input  x[t] : class(6)
                target y[t] : class(6)
                %s
                output p[t] = softmax(dense(h[t], 6))
                loss   mean[t] crossEntropy(p[t], y[t])
                train  { optimizer adam(rate = 0.01), batch 8, epochs 150, seed 1 }
            }

            data {
                file "circle.txt"
                x = window(characters(), 8)
                y = window(next(characters()), 8)
                every 3
            }
            """;

    @ParameterizedTest
    @ValueSource(strings = {
        "h[t] = gru(onehot(x[t]), h[t-1], m = 12)",
        "e[t] = onehot(x[t]); h = transformerBlock(e, 1, 12, causal = 1)"
    })
    void aModelWithMemoryAndOneWithAWindowGoOnWithAText(String recurrence) throws IOException {
        Path circle = Files.writeString(folder.resolve("circle.nnl"), CIRCLE.formatted(recurrence));
        Files.writeString(folder.resolve("circle.txt"), "abcde\n".repeat(60));
        assertThat(run("train", circle, "-o", folder.resolve("t"))).isZero();
        assertThat(run("generate", circle, "--weights", folder.resolve("t"), "--prompt", "cde", "--length", "40",
                "--temperature", "0")).isZero();
        assertThat(out).isEqualTo("cde" + "\nabcde".repeat(6) + "\nabc\n");
        assertThat(run("generate", circle, "--weights", folder.resolve("t"), "--prompt", "cdx")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("the prompt's 'x' does not occur in the training text");
    }

    @Test
    void aSeriesGoesOnAsForecast() throws IOException {
        Path saw = Files.writeString(folder.resolve("saw.nnl"), """
                model Saw {
                    axis   t = 6
                    input  x[t]
                    target y
                    h[t] = gru([x[t]], h[t-1], m = 8)
                    output p = dense(h[5], 1)[0]
                    loss   (p - y)^2
                    train  { optimizer adam(rate = 0.02), batch 8, epochs 120, seed 1 }
                }

                data {
                    file "saw.csv"
                    x = window(column("a"), 6)
                    y = next(column("a"))
                }
                """);
        Files.writeString(folder.resolve("saw.csv"), "a\n" + "0.1\n0.4\n0.7\n".repeat(30));
        assertThat(run("train", saw, "-o", folder.resolve("t"))).as(err).isZero();
        assertThat(run("generate", saw, "--weights", folder.resolve("t"), "--prompt", "0.1 0.4 0.7 0.1 0.4 0.7", "--length", "3"))
                .as(err).isZero();
        List<String> lines = out.lines().toList();
        assertThat(lines).hasSize(9).startsWith("0.1", "0.4", "0.7", "0.1", "0.4", "0.7");
        assertThat(Double.parseDouble(lines.get(6))).isCloseTo(0.1, within(0.1));
        assertThat(run("generate", saw, "--weights", folder.resolve("t"))).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("--prompt wants the numbers that the series begins with");
        assertThat(run("generate", saw, "--weights", folder.resolve("t"), "--prompt", "0.1,x")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("the prompt's 'x' is not a number");
        assertThat(out).isEmpty();
        assertThat(run("generate", saw, "--weights", folder.resolve("t"), "--prompt", "0", "--temperature", "0.5"))
                .isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("--temperature is for texts");
    }

    @Test
    void whatIsNoSequenceDoesNotGoOn() {
        assertThat(run("train", model, "-o", folder.resolve("t"), "--epochs", "1")).isZero();
        assertThat(run("generate", model, "--weights", folder.resolve("t"), "--prompt", "1 2")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("kinds.nnl: is no model of a series: generate wants").doesNotContain("\tat ");
    }

    @Test
    void aTextIsPredictedInLetters() throws IOException {
        Path large = Files.writeString(folder.resolve("large.nnl"), """
                model Large {
                    axis   t = 4
                    input  x[t] : class(4)
                    target y[t] : class(4)
                    z[t] = dense(onehot(x[t]), 4)
                    output w[t] = argmax[k] z[t, k]
                    loss   mean[t] crossEntropy(softmax(z[t]), y[t])
                    train  { optimizer adam(rate = 0.1), batch 4, epochs 60, seed 1 }
                }

                data {
                    file "large.csv"
                    x = characters(column("small"), 4)
                    y = characters(column("large"), 4)
                }
                """);
        Files.writeString(folder.resolve("large.csv"), "small,large\nabc,ABC\nca,CA\nb,B\nbca,BCA\ncab,CAB\nacbb,ACBB\n");
        assertThat(run("train", large, "-o", folder.resolve("t"))).as(err).isZero();
        Path news = Files.writeString(folder.resolve("new.csv"), "small\nbb\nabca\nc\n");
        assertThat(run("predict", large, news, "--weights", folder.resolve("t"))).as(err).isZero();
        assertThat(out).isEqualTo("w\nBB\nABCA\nC\n");
    }

    @Test
    void usageErrors() {
        assertThat(run("tarin", model)).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("Did you mean: nnl train");
        assertThat(run("train")).isEqualTo(ExitCode.USAGE);
        assertThat(run("inspect", model, "--stop", "nowhere")).isEqualTo(ExitCode.USAGE);
        assertThat(run("compile", model, "--package", "1.x")).isEqualTo(ExitCode.USAGE);
        assertThat(run("train", model, "--epochs", "many")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: Invalid value for option '--epochs': 'many' is not a whole number")
                .contains("Usage: nnl train").endsWith("nnl train --help says more\n");
        for (String wrong : List.of("check --tolerance -1", "train --save-every NaN", "generate --length -1",
                "generate --temperature -0.5", "bench --seconds 0", "train -D batch=x")) {
            String[] words = wrong.split(" ");
            assertThat(run(words[0], model, words[1], words[2])).as(wrong).isEqualTo(ExitCode.USAGE);
        }
    }

    @Test
    void whatCannotBeWrittenIsSaidBeforeTheWork() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "kept");
        for (String command : List.of("train -o", "compile -o", "inspect --stages"))
            assertThat(run(command.split(" ")[0], model, command.split(" ")[1], file)).as(command).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("file: is a file, not a folder");
        for (String command : List.of("inspect --html", "bench --plot"))
            assertThat(run(command.split(" ")[0], model, command.split(" ")[1], folder)).as(command).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains(": is a folder, where a file is to be written");
        assertThat(out).isEmpty();
        assertThat(file).hasContent("kept");
        assertThat(run("compile", Files.createDirectory(folder.resolve("none")))).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("none: there is no .nnl file in this folder");
    }

    @Test
    void weightsOfAnotherModelAreRefusedAndNothingIsWritten() throws IOException {
        Path trained = folder.resolve("t"), result = folder.resolve("p.csv");
        assertThat(run("train", model, "-o", trained, "-q", "--epochs", "1")).as(err).isZero();
        Path other = Files.writeString(folder.resolve("other.nnl"), MODEL.replace("model Kinds", "model Others").replace("tanh", "relu"));
        assertThat(run("predict", other, folder.resolve("kinds.csv"), "--weights", trained, "-o", result)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("what was trained is the model Kinds of ", ", and this is Others").contains("is not for Others");
        Files.writeString(trained.resolve("record.json"), "{\"epochs\": [], \"fit\": 3}");
        assertThat(run("predict", model, folder.resolve("kinds.csv"), "--weights", trained, "-o", result)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("record.json: the training record does not hold");
        assertThat(result).doesNotExist();
    }

    @Test
    void errorsAreTextWithoutStackTraces() throws IOException {
        assertThat(run("train", folder.resolve("none.nnl"))).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("none.nnl: error: no such file").doesNotContain("\tat ");
        Path broken = Files.writeString(folder.resolve("broken.nnl"), MODEL.replace("softmax(z)", "sotfmax(z)"));
        assertThat(run("check", broken)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("broken.nnl:6:").contains("did you mean 'softmax'?").doesNotContain("\tat ");
        Files.writeString(folder.resolve("kinds.csv"), "a,b,kind\n1,x,much\n");
        assertThat(run("train", model, "-o", folder.resolve("t"))).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("kinds.csv, line 2, column 'b': 'x' is not a number").doesNotContain("\tat ");
    }

    /** The lock is that of JMH, one for all benchmarks of a machine. */
    @Test
    void benchDoesNotRunBesideAnother() throws IOException {
        try (FileChannel file = FileChannel.open(
                        Path.of(System.getProperty("java.io.tmpdir"), "jmh.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.tryLock()) {
            // null if another build holds it, which does as well
            assertThat(lock == null || lock.isValid()).isTrue();
            assertThat(run("bench", model, "--seconds", "0.01", "--plot", folder.resolve("plot.png"))).isEqualTo(ExitCode.ERRORS);
            assertThat(err).isEqualToIgnoringNewLines(
                    "error: another benchmark runs on this machine, and each would measure the other; start this one when that has ended");
        }
        assertThat(folder.resolve("plot.png")).doesNotExist();
    }

    @Test
    void benchMeasuresAndDraws() throws IOException {
        Path plot = folder.resolve("out/plot.png");
        System.setProperty("jmh.ignoreLock", "true"); // the times do not matter here
        try {
            assertThat(run("bench", model, "--vary", "batch=3,5", "--seconds", "0.01", "--plot", plot)).isZero();
        } finally {
            System.clearProperty("jmh.ignoreLock");
        }
        assertThat(out.lines().filter(l -> l.matches(" +[35] +[0-9].*[0-9] s")).toList()).hasSize(2);
        assertThat(javax.imageio.ImageIO.read(plot.toFile()).getWidth()).isEqualTo(900);
        assertThat(run("bench", model, "--vary", "batch")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("--vary hidden=32,64,128");
        assertThat(run("bench", model, "--vary", "bacth=3")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: '--vary bacth=3': 'Kinds' has no parameter or setting 'bacth'; did you mean 'batch'?");
        assertThat(run("bench", model, "--vary", "batch=3,2.5")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: '--vary batch' is a whole number, at least 1, not 2.5");
        assertThat(out).isEmpty();
    }

    @Test
    void benchShowsWhereTheTimeGoes() {
        assertThat(run("bench", model, "--nests", "--seconds", "0.02")).isZero();
        assertThat(out).containsPattern("compute_d_h_W +1 +[0-9]").containsPattern("compute_h_W_next +1 ").contains("FLOP, ");
        assertThat(out.lines().filter(l -> l.startsWith("compute_")).count()).isGreaterThan(5);
    }

    @Test
    void aModelWithoutALossTakesNoSteps() throws IOException {
        Path bare = folder.resolve("bare.nnl");
        Files.writeString(bare, "model Bare {\n    input x\n    param a = 1\n    output p = a * x\n}\n");
        for (String command : List.of("check", "bench")) {
            assertThat(run(command, bare)).isEqualTo(ExitCode.ERRORS);
            assertThat(err).startsWith(bare + ":1:7: error: the model has no loss").contains("  note: a line such as");
        }
    }

    @Test
    void aWrongWordOfTheCommandLineIsToldWithTheRightOnes() {
        assertThat(run("inspect", model, "--stop", "all")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("'all' is none of syntax, model, equations, gradient, simplified, order, schedule, java");
        assertThat(run("compile", model, "--backend", "gpu")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("'gpu' is none of vector, scalar");
        assertThat(run("inspect", model, "--stop", "Model")).isZero();
        assertThat(run("train", model, "-D", "hidden")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("Value for option '--set' (NAME=VALUE)");
    }

    @Test
    void weightsThatAreNotThere() {
        assertThat(run("predict", model, model, "--weights", folder.resolve("nowhere"))).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("nowhere: no such file or folder");
    }

    @Test
    void gradientCheck() {
        assertThat(run("check", model, "--examples", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(run("check", model, "--elements", "-1")).isEqualTo(ExitCode.USAGE);
        assertThat(run("check", model)).isZero();
        assertThat(out).contains("h.W").contains("z.b").contains("passed");
    }

    @Test
    void checkAgainstReference() throws IOException {
        Path line = Files.writeString(folder.resolve("line.nnl"), """
                model Line {
                    input  x
                    target y
                    param  m = 0
                    output p = m * x
                    loss   (p - y)^2
                    train  { optimizer sgd(rate = 0.1) }
                }
                """);
        Map<String, NdArray> t = new LinkedHashMap<>();
        t.put("data/x", NdArray.of(new double[] {1, 2}, 2));
        t.put("data/y", NdArray.of(new double[] {3, 4}, 2));
        t.put("param/m", NdArray.of(new double[] {1}, 1));
        t.put("loss", NdArray.of(new double[] {4}));
        t.put("output/p", NdArray.of(new double[] {1, 2}, 2));
        t.put("grad/m", NdArray.of(new double[] {-6}, 1));
        // m' = m - 0.1 (5 m - 11): the fixed point 2.2 is approached by half of the distance a step
        t.put("after3/m", NdArray.of(new double[] {2.2 - 1.2 / 8}, 1));
        Path reference = folder.resolve("line.safetensors");
        new Safetensors(Map.of(), t).write(reference);
        assertThat(run("check", line, "--against", reference)).as(out + err).isZero();
        assertThat(out).contains("after3/m").contains("passed");
        t.put("grad/m", NdArray.of(new double[] {-6.001}, 1));
        new Safetensors(Map.of(), t).write(reference);
        assertThat(run("check", line, "--against", reference)).isEqualTo(ExitCode.CHECK_FAILED);
        assertThat(run("check", line, "--against", reference, "--tolerance", "1e-2")).isZero();
        t.put("grad/n", NdArray.of(new double[] {1}, 1));
        new Safetensors(Map.of(), t).write(reference);
        assertThat(run("check", line, "--against", reference)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("grad/n has no counterpart in the model");
    }

    @Test
    void everyStageCanBeShown() {
        for (String stage : List.of("syntax", "model", "equations", "gradient", "simplified", "schedule", "java")) {
            assertThat(run("inspect", model, "--stop", stage)).as(stage + err).isZero();
            assertThat(out).as(stage).isNotBlank();
        }
        assertThat(run("inspect", model, "--stages", folder.resolve("stages"))).isZero();
        assertThat(folder.resolve("stages/8-java.java")).exists();
        assertThat(run("inspect", model, "--graph", "none")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("no graph 'none'");
        assertThat(run("inspect", model, "--graph", "loss", "--stop", "schedule")).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("'--graph' chooses from equations, gradient, simplified, order; the stage schedule is not made of graphs");
        assertThat(run("inspect", model, "--graph", "loss", "--html", folder.resolve("page.html"))).isEqualTo(ExitCode.USAGE);
        assertThat(run("inspect", model, "--graph", "loss", "--stop", "order")).isZero();
    }

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

    @Test
    void settingsThatCannotBeAreRefused() {
        Map.of("compile -D batch=0", "'-D batch' is a whole number, at least 1, not 0",
                "inspect -D epochs=2.5", "'-D epochs' is a whole number, at least 0, not 2.5",
                "check -D unroll=-1", "'-D unroll' is a whole number, at least 1, not -1; 0 takes it back",
                "bench -D stateful=2", "'-D stateful' is 0 or 1, not 2",
                "check --threads 0", "'--threads' is a whole number from 1 to 1024, not 0",
                "train --threads 1025", "'--threads' is a whole number from 1 to 1024, not 1025",
                "train --epochs -3", "'--epochs' is a whole number, at least 0, not -3",
                "train --batch 0", "'--batch' is a whole number, at least 1, not 0",
                "train --patience -1", "'--patience' is a whole number, at least 0, not -1",
                "train --seed 9999999999", "'--seed' is a whole number from -2147483648 to 2147483647, not 9999999999")
                .forEach((line, said) -> {
                    String[] words = line.split(" ");
                    assertThat(run(words[0], model, words[1], words[2])).as(line).isEqualTo(ExitCode.USAGE);
                    assertThat(err).startsWith("error: " + said + "\n").contains("Usage: nnl " + words[0]);
                });
    }

    @Test
    void aSettingThatTheModelDoesNotHaveOrCannotHaveIsAWrongCommandLine() throws IOException {
        assertThat(run("check", model, "-D", "hiden=3", "-D", "batch=2")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("""
                error: '-D hiden=3': 'Kinds' has no parameter or setting 'hiden'; did you mean 'hidden'?
                  note: it has hidden, batch, checkpoint, epochs, every, patience, seed, stateful, threads, unroll, rate, beta1, beta2, eps
                Usage: nnl check""");
        assertThat(run("compile", model, "-D", "rate=-1", "-D", "hidden=0", "-D", "beta1=0.5")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("""
                error: '-D hidden=0': in 'dense': a size is at least 1, not 0
                  note: at std:layers.nnl:6
                  note: at %1$s:4:9
                error: '-D rate=-1': 'adam' requires rate >= 0, and rate is -1
                  note: at %1$s:9:29
                Usage: nnl compile""".formatted(model));
        assertThat(run("inspect", model, "-D", "checkpoint=3")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: '-D checkpoint=3': 'checkpoint' is not possible: there is no recurrence\nUsage");

        // what is wrong in the model itself is the model's, whatever the settings are
        Path broken = Files.writeString(folder.resolve("broken.nnl"), MODEL.replace("dense(h, 2)", "dense(h, n)"));
        assertThat(run("check", broken, "-D", "rate=-1")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("broken.nnl:5:18: error: unknown name 'n'").contains("^");

        // a parameter without a default
        Path open = Files.writeString(folder.resolve("open.nnl"), MODEL.replace("hidden = 5", "hidden"));
        assertThat(run("check", open, "-D", "hidden=-2", "--threads", "2")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: '-D hidden=-2': in 'dense': a size is at least 1, not -2\n");
        assertThat(run("check", open, "-D", "hiden=2")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("'hidden' has no value").contains("or a value from outside; 'hiden' was given one");
    }

    @Test
    void aFolderOfModelsTellsWhichCannotHaveASetting() throws IOException {
        Path models = Files.createDirectory(folder.resolve("models"));
        Files.writeString(models.resolve("a.nnl"), MODEL);
        Files.writeString(models.resolve("b.nnl"), MODEL.replace("hidden = 5", "width = 5").replace("x, hidden", "x, width"));
        assertThat(run("compile", models, "-o", folder.resolve("gen"), "-D", "hidden=3")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith(models.resolve("b.nnl") + ": error: '-D hidden=3': 'Kinds' has no parameter or setting 'hidden'");
        assertThat(out).contains("Kinds.java");
        Files.writeString(models.resolve("c.nnl"), "model C {");
        assertThat(run("compile", models, "-o", folder.resolve("gen"), "-D", "hidden=3")).isEqualTo(ExitCode.ERRORS);
    }

    @Test
    void theCommandLineIsJudgedBeforeAnyFile() {
        Path nowhere = folder.resolve("nowhere");
        for (List<Object> line : List.<List<Object>>of(
                List.of("predict", model, nowhere, "--weights", nowhere, "--threads", 0),
                List.of("predict", nowhere, nowhere, "--threads", 0),
                List.of("generate", model, "--weights", nowhere, "--threads", 0),
                List.of("train", model, "--resume", "-o", nowhere, "--threads", 0))) {
            assertThat(run(line.toArray())).as("%s", line).isEqualTo(ExitCode.USAGE);
            assertThat(err).as("%s", line).startsWith("error: '--threads' is a whole number from 1 to 1024, not 0\n");
        }
        assertThat(run("train", model, "--resume", "-o", nowhere, "--batch", 0)).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: '--batch' is a whole number, at least 1, not 0\n");
        assertThat(nowhere).doesNotExist();
    }

    @Test
    void aSettingOfTheTrainingThatTheModelNoLongerHas() throws IOException {
        Path kept = folder.resolve("kept");
        assertThat(run("train", model, "-o", kept, "-q", "--epochs", "1", "-D", "hidden=3")).as(err).isZero();
        Files.writeString(model, MODEL.replace("hidden = 5", "width = 5").replace("x, hidden", "x, width"));
        assertThat(run("predict", model, folder.resolve("kinds.csv"), "--weights", kept)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).startsWith("error: 'hidden=3' in the training's record.json: 'Kinds' has no parameter or setting 'hidden'\n");
    }

    @Test
    void threadsAreASettingWithAnOptionOfItsOwn() throws IOException {
        for (String[] option : new String[][] {{"--threads", "3"}, {"-D", "threads=3"}}) {
            assertThat(run("compile", model, "-o", folder, option[0], option[1])).as(err).isZero();
            assertThat(folder.resolve("Kinds.java")).content().contains("        threads(3);");
        }
        assertThat(run("train", model, "--threads", "2.5")).isEqualTo(ExitCode.USAGE);
        assertThat(err).startsWith("error: Invalid value for option '--threads': '2.5' is not a whole number");

        Path one = folder.resolve("one"), two = folder.resolve("two");
        assertThat(run("train", model, "-o", one, "-q", "--epochs", "2")).as(err).isZero();
        assertThat(run("train", model, "-o", two, "-q", "--epochs", "2", "-D", "threads=4", "--threads", "2")).as(err).isZero();
        assertThat(two.resolve("record.json")).content().contains("\"threads\": 2,", "\"epochs\": 2\n", "\"seed\": 1,", "\"step\": 1,",
                "\"rate\": 0.05,", "\"eps\": 1.0E-8");
        assertThat(Files.readAllBytes(two.resolve("last-2.safetensors")))
                .isEqualTo(Files.readAllBytes(one.resolve("last-2.safetensors")));
        assertThat(run("predict", model, folder.resolve("kinds.csv"), "--weights", one, "--threads", "2")).as(err).isZero();
    }

    @Test
    void aRateThatFallsBelowZeroEndsATraining() throws IOException {
        Path falling = Files.writeString(folder.resolve("falling.nnl"), MODEL.replace("0.05", "0.05 - 0.001 * step"));
        assertThat(run("train", falling, "-o", folder.resolve("f"), "-q")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).matches("error: 'adam' requires rate >= 0, and at step 51 rate \\(falling.nnl:9\\) is -0.001\n");
    }

    @Test
    void trainPredictAndResume() throws IOException {
        Path whole = folder.resolve("whole"), parts = folder.resolve("parts");
        assertThat(run("train", model, "-o", whole)).as(err).isZero();
        assertThat(out).contains("45 examples, 15 for validation").contains("epoch 30/30").contains("validation loss");
        assertThat(run("train", model, "-o", parts, "--epochs", "12", "-q")).isZero();
        assertThat(run("train", model, "-o", parts, "--epochs", "30", "--resume", "-q")).as(err).isZero();
        assertThat(Files.readAllBytes(parts.resolve("last-30.safetensors")))
                .isEqualTo(Files.readAllBytes(whole.resolve("last-30.safetensors")));
        assertThat(Safetensors.read(whole.resolve("best.safetensors")).tensors()).containsKey("h.W");

        Path news = Files.writeString(folder.resolve("new.csv"), "a,b\n9,9\n1,1\n");
        assertThat(run("predict", model, news, "--weights", whole)).as(err).isZero();
        List<String> lines = out.lines().toList();
        assertThat(lines.get(0)).isEqualTo("p[little],p[much],y");
        assertThat(lines.get(1)).endsWith(",much");
        assertThat(lines.get(2)).endsWith(",little");
        assertThat(err).isEmpty();
        assertThat(run("predict", model, news, "--weights", whole, "-D", "hidden=4", "--precision", "double"))
                .isEqualTo(ExitCode.ERRORS);
        assertThat(err)
                .contains("warning: hidden is set to 4 here, and was not set when it was trained")
                .contains("warning: what was trained has numbers of float, and this of double")
                .contains("best.safetensors: is not for Kinds");
    }

    /** With a rate of 0 nothing is learned: the parameters at the end are those that training began with. */
    @Test
    void trainingBeginsWithGivenParameters() throws IOException {
        Path first = folder.resolve("first"), second = folder.resolve("second");
        assertThat(run("train", model, "-o", first, "-q")).as(err).isZero();
        Path fixed = Files.writeString(folder.resolve("fixed.nnl"), MODEL.replace("adam(rate = 0.05)", "sgd(rate = 0)"));
        assertThat(run("train", fixed, "-o", second, "-q", "--epochs", "1", "--weights", first)).as(err).isZero();
        assertThat(Safetensors.read(second.resolve("best.safetensors")).tensors().get("h.W"))
                .usingRecursiveComparison()
                .isEqualTo(Safetensors.read(first.resolve("best.safetensors")).tensors().get("h.W"));

        assertThat(run("train", model, "-o", second, "-D", "hidden=4", "--weights", first)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("best.safetensors: is not for Kinds").contains("'h.W' is [5,2], which does not fit h.W[4,2]");
        assertThat(run("train", model, "-o", second, "--resume", "--weights", first)).isEqualTo(ExitCode.USAGE);
        assertThat(err).contains("--resume goes on with its own weights");
    }

    @Test
    void aTrainingThatCannotLearnIsRefusedAndWhatIsNotUsedIsSaid() throws IOException {
        Path other = Files.writeString(folder.resolve("other.nnl"), MODEL.replace("optimizer adam(rate = 0.05), ", ""));
        assertThat(run("train", other, "-q")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("other.nnl: nothing would be learnt, the train block has no optimizer");
        Files.writeString(other, MODEL.replaceAll("    (loss|metric|train) .*\n", ""));
        assertThat(run("train", other, "-q")).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("the model has no loss");
        Files.writeString(other, MODEL.replace("    h = dense", "    param spare[3] = 0\n    h = dense"));
        assertThat(run("compile", other, "-o", folder)).isEqualTo(ExitCode.OK);
        assertThat(err).isEqualTo(other + """
                :4:11: warning: nothing uses 'spare'
                        param spare[3] = 0
                              ^~~~~
                """);
        assertThat(run("compile", model, "-o", folder)).isEqualTo(ExitCode.OK);
        assertThat(err).isEmpty();
    }

    @Test
    void predictionNeedsATraining() {
        assertThat(run("predict", model, folder.resolve("kinds.csv"), "--weights", folder)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("record.json: no such file");
        assertThat(run("predict", model, folder.resolve("kinds.csv"), "--weights", model)).isEqualTo(ExitCode.ERRORS);
        assertThat(err).contains("kinds.nnl: there is no record.json beside it");
    }
}
