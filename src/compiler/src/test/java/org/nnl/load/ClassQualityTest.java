package org.nnl.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nnl.Options;
import org.nnl.Options.Backend;
import org.nnl.Options.Precision;
import org.nnl.emit.WriteClass;
import org.nnl.library.Compiled;
import org.nnl.program.Program;
import org.nnl.reference.ReferenceCase;
import org.nnl.simplify.Simplify;

/** What a generated class promises beside its numbers. */
class ClassQualityTest {
    static final String DIGITS =
            """
            input x[64]
            target y : class(10)
            h = dense(x, 32, tanh)
            z = dense(h, 10)
            output p = softmax(z)
            loss crossEntropy(p, y)
            train { optimizer adam(rate = 0.005), batch 32 }
            """;

    private static Program digits() {
        return Simplify.simplify(Compiled.model(DIGITS));
    }

    private static Class<?> type(Program p, Options o) {
        return InMemoryCompiler.load(Map.of(WriteClass.className(p, o), WriteClass.of(p, o)));
    }

    /**
     * In a JVM of its own, as in an application: where tests of both precisions and all kernels have run before, HotSpot's
     * profiles of the vector methods see many types, and it keeps boxing in whatever is compiled later.
     */
    @ParameterizedTest
    @EnumSource(Backend.class)
    void aStepAllocatesNothing(Backend backend) throws IOException, InterruptedException {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        path,
                        AllocatedBytes.class.getName(),
                        backend.name())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).isZero();
        assertThat(printed).isEqualTo("bytes a step: 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lstm", "lenet", "attention", "optimizer_adam", "pinn"})
    void noMethodIsTooLongForTheJit(String name) throws IOException {
        Program p = Simplify.simplify(Compiled.source(name + ".nnl", ReferenceCase.model(name)));
        for (Backend backend : Backend.values()) {
            Options o = Options.DEFAULT.with(backend, Precision.FLOAT);
            byte[] bytes = InMemoryCompiler.compile(Map.of(WriteClass.className(p, o), WriteClass.of(p, o)))
                    .get(WriteClass.className(p, o));
            CodeLengths.of(bytes).forEach((method, length) -> assertThat(length).as(method).isLessThan(7500));
        }
    }

    @Test
    void isTheSameWhereverItIsCompiled() {
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        try {
            String first = WriteClass.of(digits(), Options.DEFAULT);
            Locale.setDefault(Locale.forLanguageTag("tr-TR-u-nu-arab"));
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
            assertThat(WriteClass.of(digits(), Options.DEFAULT)).isEqualTo(first);
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
    }

    @Test
    void countsStepsBeyondTheIntegersOfAFloat() {
        Instance model = new Instance(type(digits(), Options.DEFAULT), 1);
        model.setting("step", 1 << 24);
        for (int k = 0; k < 3; k++) model.trainStep(new Object[] {new float[64], new int[1]}, 1);
        assertThat(model.setting("step")).isEqualTo((1 << 24) + 3);
    }

    @Test
    void continuesFromASavedFileAsIfItHadNotStopped(@TempDir Path folder) throws IOException {
        Program p = digits();
        Class<?> type = type(p, Options.DEFAULT);
        Instance a = new Instance(type, 1);
        Object[] data = {new float[32 * 64], new int[32]};
        for (int k = 0; k < 32 * 64; k++) ((float[]) data[0])[k] = k % 11 / 11f;
        for (int k = 0; k < 3; k++) a.trainStep(data, 32);
        a.setting("rate", 0.01);
        Path file = folder.resolve("deep/model.safetensors");
        a.save(file);
        Instance b = new Instance(type, 2);
        b.load(file);
        assertThat(b.setting("step")).isEqualTo(4);
        for (int k = 0; k < 3; k++) assertThat(b.trainStep(data, 32)).isEqualTo(a.trainStep(data, 32));
        assertThat((float[]) b.parameter("h.W")).isEqualTo((float[]) a.parameter("h.W"));

        byte[] bytes = Files.readAllBytes(file);
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        String header = new String(bytes, 8, length, StandardCharsets.UTF_8);
        assertThat(header).contains("\"h.W\":{\"dtype\":\"F32\",\"shape\":[32,64]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"F64 for F32", "[64,32] for [32,64]", "\"g.W\" for \"h.W\"", "{{ for {\"", "}}}} for \"}}",
        "[0,8192] for [8,8200]", "\"h.b\" for \"h.W\"", "\"dtype\":\"F32\",\"dtype\":\"F32\" for \"dtype\":\"F32\"" })
    void refusesWhatIsNotForIt(String change, @TempDir Path folder) throws IOException {
        Instance a = new Instance(type(digits(), Options.DEFAULT.with(Backend.SCALAR, Precision.FLOAT)), 1);
        Path file = folder.resolve("model.safetensors");
        a.save(file);
        byte[] bytes = Files.readAllBytes(file);
        int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        String header = new String(bytes, 8, length, StandardCharsets.UTF_8);
        String[] change2 = change.split(" for ");
        String other = header.replace(change2[1], change2[0]);
        if (other.equals(header)) other = header.replaceFirst("\\[0,\\d+\\]", "[8,8200]");
        byte[] text = other.getBytes(StandardCharsets.UTF_8);
        ByteBuffer changed = ByteBuffer.allocate(8 + text.length + bytes.length - 8 - length).order(ByteOrder.LITTLE_ENDIAN);
        changed.putLong(text.length).put(text).put(bytes, 8 + length, bytes.length - 8 - length);
        Files.write(file, changed.array());
        float[] before = ((float[]) a.parameter("h.W")).clone();
        assertThatThrownBy(() -> a.load(file)).isInstanceOf(IOException.class).hasMessageContaining("model.safetensors");
        assertThat((float[]) a.parameter("h.W")).isEqualTo(before);
        for (int cut : new int[] {0, 7, 8, 100, bytes.length - 1}) {
            Files.write(file, java.util.Arrays.copyOf(bytes, cut));
            assertThatThrownBy(() -> a.load(file)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void saysWhatIsWrongWithArguments() {
        Instance a = new Instance(type(digits(), Options.DEFAULT.with(Backend.SCALAR, Precision.FLOAT)), 1);
        assertThatThrownBy(() -> a.trainStep(new Object[] {new float[63], new int[1]}, 1))
                .hasMessage("x has 63 elements, needed are 64");
        assertThatThrownBy(() -> a.trainStep(new Object[] {new float[64], new int[] {10}}, 1))
                .hasMessage("y[0] is 10, allowed are 0 to 9");
        assertThatThrownBy(() -> a.trainStep(new Object[] {new float[64], new int[1]}, 0))
                .hasMessage("at least one example is needed, not 0");
        assertThatThrownBy(() -> a.parameter("W")).hasMessageContaining("no parameter 'W', there are h.W");
        assertThatThrownBy(() -> a.setting("speed", 1)).hasMessageContaining("no setting 'speed'");
    }
}
