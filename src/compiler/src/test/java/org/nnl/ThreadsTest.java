package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnl.elaborate.Sources;
import org.nnl.emit.WriteClass;
import org.nnl.equations.Tensor;
import org.nnl.load.InMemoryCompiler;
import org.nnl.load.Instance;
import org.nnl.program.Program;
import org.nnl.reference.ReferenceCase;
import org.nnl.schedule.MakeSchedule;
import org.nnl.schedule.Schedule;

/** Classes whose routines are divided over threads: the same numbers to the bit, and threads that end. */
class ThreadsTest {
    private static Program program(String text) {
        return Compiler.compile(Sources.of(Map.of("m.nnl", text)), "m.nnl", Options.DEFAULT).simplified();
    }

    /** A class that divides everything it can, however small. */
    private static Class<?> type(Program p, Options options) {
        return type(p, MakeSchedule.of(p, options, 0), options);
    }

    private static Class<?> type(Program p, Schedule s, Options options) {
        return InMemoryCompiler.load(Map.of(WriteClass.className(p, options), WriteClass.of(p, s, options)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp_relu", "rnn", "lstm", "gru", "lenet", "attention"})
    void referenceModelsGiveTheSameForAnyNumberOfThreads(String name) throws IOException {
        for (Options.Backend backend : Options.Backend.values())
            sameForAnyNumber(ReferenceCase.model(name), Options.DEFAULT.with(backend, Options.Precision.FLOAT));
    }

    static LongStream seeds() {
        // the others have nothing that can be divided
        return LongStream.range(300, 330)
                .filter(s -> MakeSchedule.of(program(RandomModel.text(s, true)), Options.DEFAULT, 0).routines().values()
                        .stream().anyMatch(r -> r.division() != null))
                .limit(12);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomModelsGiveTheSameForAnyNumberOfThreads(long seed) {
        Options.Backend backend = Options.Backend.values()[(int) (seed / 2 % 2)];
        Options.Precision precision = Options.Precision.values()[(int) (seed % 2)];
        sameForAnyNumber(RandomModel.text(seed, true), Options.DEFAULT.with(backend, precision));
    }

    /** Pictures with room around them, and with channels enough for these to come last. */
    @Test
    void layersOfWindowsGiveTheSameForAnyNumberOfThreads() {
        String text = """
                model Windows {
                    input  x[32, 6, 6]
                    target y : class(2)
                    a = conv2d(conv2d(x, 32, 3, pad = 1, f = relu), 16, 3, pad = 1, f = tanh)
                    output p = softmax(dense(flatten(a), 2))
                    loss   crossEntropy(p, y)
                    train  { optimizer sgd, batch 16 }
                }
                """;
        assertThat(Compiler.compile(Sources.of(Map.of("m.nnl", text)), "m.nnl", Options.DEFAULT).print(Stage.SCHEDULE, null))
                .contains("_last[B, 8, 8, 32]", "_compact[B, 32, 6, 6]", "_arranged[");
        sameForAnyNumber(text, Options.DEFAULT);
    }

    private static void sameForAnyNumber(String text, Options options) {
        Program p = program(text);
        Schedule divided = MakeSchedule.of(p, options, 0);
        assertThat(divided.routines().values()).as(text).anyMatch(r -> r.division() != null);
        Schedule whole = MakeSchedule.of(p, options, Double.MAX_VALUE);
        assertThat(whole.routines().values()).allMatch(r -> r.division() == null);
        Class<?> type = type(p, divided, options);
        int[] any = {1, 5, 31, 64};
        Map<String, Object> one = Outcome.of(p, new Instance(type, 3), options.precision(), any);
        for (int threads : new int[] {2, 3, 5}) {
            Instance model = new Instance(type, 3);
            model.threads(threads);
            Outcome.same(one, Outcome.of(p, model, options.precision(), any), threads + " threads, " + options + "\n" + text);
            model.threads(1);
        }
        // a divided product has its roles exchanged, and a divided sum is two: both add in another order
        int[] many = {32, 64};
        Outcome.near(
                Outcome.of(p, new Instance(type(p, whole, options), 3), options.precision(), many),
                Outcome.of(p, new Instance(type, 3), options.precision(), many), options.precision(), "not divided, " + options + "\n" + text);
    }

    /** Steps of which one thread does all now and then, as a trial would have it. */
    @Test
    void theSameWhetherThreadsAreFoundToPayOrNot() throws ReflectiveOperationException {
        Program p = program(WIDE.replace("Wide", "Trying"));
        Class<?> type = type(p, Options.DEFAULT);
        Instance one = new Instance(type, 1), two = new Instance(type, 1);
        two.threads(2);
        Random random = new Random(1);
        for (int k = 0; k < 100; k++) {
            if (k > 0 && k % 7 == 0) share(two, k % 2 == 0);
            int examples = k % 40 == 39 ? 17 : 64;
            float[] x = new float[6400];
            for (int j = 0; j < x.length; j++) x[j] = random.nextFloat();
            Object[] data = {x, random.ints(64, 0, 10).toArray()};
            double loss;
            if (k % 3 == 1) { // gradient and update by themselves give what they give as one
                loss = two.gradient(data, examples);
                two.update();
            } else {
                loss = two.trainStep(data, examples);
            }
            assertThat(loss).as("step %d", k).isEqualTo(one.trainStep(data, examples));
        }
        for (Tensor w : p.parameters())
            assertThat((float[]) two.parameter(w.name())).as(w.name()).isEqualTo((float[]) one.parameter(w.name()));
    }

    /** What is frozen counts as 0 where gradients are clipped together: also where gradient and update are one routine. */
    @Test
    void theGradientOfAFrozenParameterIsNotClippedAlong() throws ReflectiveOperationException {
        String clipped = WIDE.replace("Wide", "Frozen").replace("optimizer adam", "optimizer adam, clip 0.01");
        Program p = program(clipped);
        Class<?> type = type(p, Options.DEFAULT);
        Instance step = new Instance(type, 1), apart = new Instance(type, 1);
        step.threads(2);
        Object[] data = {new float[6400], new int[64]};
        for (int j = 0; j < 6400; j++) ((float[]) data[0])[j] = j % 7 - 3;
        for (Instance m : List.of(step, apart)) {
            Object model = field(m, "object");
            model.getClass().getMethod("freeze", String.class, boolean.class).invoke(model, p.parameters().get(0).name(), true);
        }
        for (int k = 0; k < 3; k++) {
            double loss = apart.gradient(data, 64);
            apart.update();
            assertThat(step.trainStep(data, 64)).isEqualTo(loss);
        }
        for (Tensor w : p.parameters())
            assertThat((float[]) step.parameter(w.name())).as(w.name()).isEqualTo((float[]) apart.parameter(w.name()));
        step.threads(1);
    }

    /** Has all threads, or one, do what follows, until the next trial. */
    private static void share(Instance model, boolean sharing) throws ReflectiveOperationException {
        Object workers = field(field(model, "object"), "workers");
        for (Object trial : (Object[]) field(workers, "trials")) {
            var f = trial.getClass().getDeclaredField("sharing");
            f.setAccessible(true);
            f.setBoolean(trial, sharing);
        }
    }

    private static Object field(Object of, String name) throws ReflectiveOperationException {
        var f = of.getClass().getDeclaredField(name);
        f.setAccessible(true);
        return f.get(of);
    }

    /** The gradient of a kernel is summed over examples and copied to its own order in the same loops. */
    @ParameterizedTest
    @EnumSource(Options.Backend.class)
    void aSumIsPartedFromItsCopy(Options.Backend backend) {
        Options options = Options.DEFAULT.with(backend, Options.Precision.FLOAT);
        if (backend == Options.Backend.VECTOR)
            assertThat(MakeSchedule.of(program(CONVOLUTIONS), options, 0).routines().keySet()).anyMatch(r -> r.endsWith("_rest"));
        sameForAnyNumber(CONVOLUTIONS, options);
    }

    private static final String CONVOLUTIONS =
            """
            model Convolutions {
                input  x[1, 28, 28]
                target y : class(3)
                a = conv2d(x, 6, 5, f = relu)
                b = conv2d(maxPool2d(a, 2), 16, 5, f = relu)
                output p = softmax(dense(flatten(b), 3))
                loss   crossEntropy(p, y)
                train  { optimizer adam, batch 64 }
            }
            """;

    /** Forty rounds shared, twenty that are compared, twenty alone once they become no faster: what was faster goes on. */
    @ParameterizedTest
    @CsvSource({"50, 0", "99, 0", "200, 0", "50, 10", "99, 10"})
    void theFasterWayIsKept(long alone, int compiling) throws ReflectiveOperationException {
        Class<?> type = type(program(WIDE.replace("Wide", "Timed" + alone)), Options.DEFAULT);
        Class<?> trials = java.util.Arrays.stream(type.getDeclaredClasses()).filter(c -> c.getSimpleName().equals("Trial")).findFirst().orElseThrow();
        var constructor = trials.getDeclaredConstructor();
        constructor.setAccessible(true);
        Object trial = constructor.newInstance();
        var begin = trials.getDeclaredMethod("begin", int.class);
        begin.setAccessible(true);
        var time = trials.getDeclaredField("time");
        time.setAccessible(true);
        StringBuilder shared = new StringBuilder();
        int times = 0;
        for (int round = 0; round < 130; round++) {
            boolean together = (boolean) begin.invoke(trial, 64);
            shared.append(together ? 's' : 'a');
            time.setLong(trial, 1_000_000 * (together ? 100 : times++ < compiling ? 8 * alone : alone));
        }
        // the first round only tells the number of examples; 99 are not clearly fewer than 100
        assertThat(shared.toString()).isEqualTo("s".repeat(61) + "a".repeat(compiling + 21) + (alone < 97 ? "a" : "s").repeat(69 - compiling - 21));
    }

    private static final String WIDE =
            """
            model Wide {
                input  x[100]
                target y : class(10)
                h = dense(x, 200, tanh)
                output p = softmax(dense(h, 10))
                loss   crossEntropy(p, y)
                train  { optimizer adam, batch 64, threads 2 }
            }
            """;

    private static List<Thread> helpers(String model) {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().matches(model + " \\d")).toList();
    }

    private static void awaitNone(List<Thread> threads) throws InterruptedException {
        for (Thread t : threads) {
            t.join(60_000);
            assertThat(t.isAlive()).isFalse();
        }
    }

    private static void step(Instance model) {
        model.trainStep(new Object[] {new float[6400], new int[64]}, 64);
    }

    @Test
    void helpersStartWhenNeededAndEndWithThreads1() throws InterruptedException {
        Program p = program(WIDE.replace("Wide", "Ending"));
        Instance model = new Instance(type(p, Options.DEFAULT), 1);
        assertThat(helpers("Ending")).isEmpty();
        step(model);
        List<Thread> first = helpers("Ending");
        assertThat(first).hasSize(1).allMatch(Thread::isDaemon);
        model.threads(4);
        awaitNone(first);
        step(model);
        List<Thread> more = helpers("Ending");
        assertThat(more).hasSize(3);
        model.threads(1);
        awaitNone(more);
        step(model);
        assertThat(helpers("Ending")).isEmpty();
        assertThatThrownBy(() -> model.threads(0)).hasMessage("threads must be from 1 to 1024, not 0");
    }

    @Test
    void aForgottenModelIsCollectedAndItsHelpersEnd() throws InterruptedException {
        Class<?> type = type(program(WIDE.replace("Wide", "Forgotten")), Options.DEFAULT);
        WeakReference<Instance> model = new WeakReference<>(stepped(type));
        List<Thread> helpers = helpers("Forgotten");
        assertThat(helpers).hasSize(1);
        for (int k = 0; k < 100 && model.get() != null; k++) {
            System.gc();
            Thread.sleep(20);
        }
        assertThat(model.get()).isNull();
        awaitNone(helpers);
    }

    private static Instance stepped(Class<?> type) {
        Instance model = new Instance(type, 1);
        step(model);
        return model;
    }

    @Test
    void whatFailsInAPartReachesTheCallerAndTheClassGoesOn() {
        Program p = program(WIDE.replace("Wide", "Failing"));
        String source = WriteClass.of(p, MakeSchedule.of(p, Options.DEFAULT, 0), Options.DEFAULT);
        // the second half of the examples fails on demand
        String failing = source.replaceFirst(
                "(private void compute_p_s\\(int examples, int from, int to\\) \\{)",
                "$1\n        if (from > 0 && x[x.length - 1] == 7) throw new IllegalStateException(\"part \" + from);");
        assertThat(failing).isNotEqualTo(source);
        Instance model = new Instance(InMemoryCompiler.load(Map.of("Failing", failing)), 1);
        Instance sound = new Instance(type(p, Options.DEFAULT), 1);
        float[] x = new float[6400];
        x[6399] = 7;
        assertThatThrownBy(() -> model.loss(new Object[] {x, new int[64]}, 64))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageMatching("part \\d+");
        x[6399] = 0;
        assertThat(model.loss(new Object[] {x, new int[64]}, 64)).isEqualTo(sound.loss(new Object[] {x, new int[64]}, 64));
    }

    @Test
    void aTinyModelHasNothingToDivide() {
        String tiny = "model Tiny { input x[2]\n target y\n param w[2] = 0\n output p = sum[i] w[i]*x[i]\n"
                + "loss (p - y)^2\n train { optimizer sgd(rate = 0.1), batch 8, threads 4 } }";
        Compilation c = Compiler.compile(Sources.of(Map.of("m.nnl", tiny)), "m.nnl", Options.DEFAULT);
        assertThat(c.java()).doesNotContain("class Team").contains("public void threads(int number)");
        assertThat(c.schedule().toString()).contains("# one thread: ");
    }
}
