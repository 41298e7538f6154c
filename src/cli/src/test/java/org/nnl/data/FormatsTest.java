package org.nnl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatsTest {
    @TempDir
    Path folder;

    private Path safetensors(String header, int bytes) throws IOException {
        byte[] h = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer b = ByteBuffer.allocate(8 + h.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
        b.putLong(h.length).put(h);
        return Files.write(folder.resolve("a.safetensors"), b.array());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aPipeIsReadLikeAFile() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        String text = "a,b\n" + "1,2\n".repeat(40_000);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try (OutputStream out = new FileOutputStream(pipe.toFile())) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThat(Content.text(pipe, null)).isEqualTo(text);
        writer.join();
        assertThatThrownBy(() -> Content.bytes(folder.resolve("none"))).hasMessageEndingWith("none: no such file");
        assertThatThrownBy(() -> Content.bytes(folder)).hasMessageEndingWith("is a directory");
    }

    @Test
    void safetensorsComeBackAsWritten() throws IOException {
        Map<String, NdArray> tensors = new LinkedHashMap<>();
        tensors.put("h.W", NdArray.of(new double[] {1, -2.5, Math.PI, 4, 5, 6}, 2, 3));
        tensors.put("step", NdArray.of(new int[] {-7}));
        tensors.put("b", NdArray.of(new float[] {0.5f}, 1));
        Path f = folder.resolve("w.safetensors");
        new Safetensors(Map.of("model", "Digits \"1\" \n é"), tensors).write(f);
        Safetensors s = Safetensors.read(f);
        assertThat(s.metadata()).containsEntry("model", "Digits \"1\" \n é");
        assertThat(s.tensors().keySet()).containsExactly("h.W", "step", "b");
        assertThat(s.tensors().get("h.W").shape()).containsExactly(2, 3);
        assertThat(s.tensors().get("h.W").toDoubles()).containsExactly(1, -2.5, Math.PI, 4, 5, 6);
        assertThat(s.tensors().get("step").toInts()).containsExactly(-7);
        assertThat(s.tensors().get("b").get(0)).isEqualTo(0.5);
        try (var all = Files.list(folder)) {
            assertThat(all).containsExactly(f);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 4 | ends too early",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 12 | unused bytes at its end",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}} | 8 | needs 12 bytes",
        "{\"a\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}} | 8 | unknown dtype 'F31'",
        "{\"a\":{\"dtype\":7,\"shape\":[2],\"data_offsets\":[0,8]}} | 8 | has no dtype",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | 8 | not a size",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967298],\"data_offsets\":[0,8]}} | 8 | too large",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[65536,65536,65536,65536],\"data_offsets\":[0,0]}} | 0 | too large",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}} | 8 | data_offsets give -8",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}} | 8 | not two numbers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8 | unused bytes before",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[0,5]},\"b\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[3,8]}} | 8 | overlaps tensor 'a'",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}} | 1 | occurs twice",
        "{\"a\":[1]} | 0 | not an object",
        "{\"__metadata__\":{\"k\":1}} | 0 | not a text",
        "[1] | 0 | not a JSON object",
        "{\"a\": | 0 | not JSON",
    })
    void hostileSafetensors(String header, int bytes, String message) throws IOException {
        Path f = safetensors(header.strip(), bytes);
        assertThatThrownBy(() -> Safetensors.read(f))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(f.toString())
                .hasMessageContaining(message);
    }

    @Test
    void headerLengthsThatLie() throws IOException {
        for (long n : new long[] {-1, Long.MAX_VALUE, 1L << 40, 17, 0}) {
            Path f = folder.resolve("a.safetensors");
            Files.write(f, ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putLong(n).array());
            assertThatThrownBy(() -> Safetensors.read(f)).isInstanceOf(DataException.class).hasMessageContaining("claims");
        }
        Path deep = safetensors("[".repeat(1_000_000), 0);
        assertThatThrownBy(() -> Safetensors.read(deep)).isInstanceOf(DataException.class).hasMessageContaining("levels");
    }

    @Test
    void changedBytesNeverDoMoreThanComplain() throws IOException {
        Path f = folder.resolve("w.safetensors");
        new Safetensors(Map.of("k", "v"), Map.of("a", NdArray.of(new float[] {1, 2}, 2))).write(f);
        byte[] good = Files.readAllBytes(f);
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            byte[] bad = java.util.Arrays.copyOf(good, random.nextInt(10) == 0 ? random.nextInt(good.length) : good.length);
            for (int k = random.nextInt(4); k >= 0 && bad.length > 0; k--)
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            Files.write(f, bad);
            try {
                Safetensors.read(f);
            } catch (DataException e) {
                assertThat(e).hasMessageContaining("w.safetensors");
            }
        }
    }

    private Path npy(String header, byte[] body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x93);
        out.write("NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1));
        out.write(header.length() & 255);
        out.write(header.length() >> 8);
        out.write(header.getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
        return Files.write(folder.resolve("a.npy"), out.toByteArray());
    }

    @Test
    void npyInBothOrders() throws IOException {
        byte[] six = {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6};
        Path rows = npy("{'descr': '>i2', 'fortran_order': False, 'shape': (2, 3), }\n", six);
        assertThat(Npy.read(rows).toInts()).containsExactly(1, 2, 3, 4, 5, 6);
        Path columns = npy("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }\n", six);
        assertThat(Npy.read(columns).toInts()).containsExactly(1, 3, 5, 2, 4, 6);
        assertThat(Npy.read(columns).shape()).isEqualTo(List.of(2, 3));
    }

    @Test
    void brokenNpy() throws IOException {
        Path f = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", new byte[4]);
        assertThatThrownBy(() -> Npy.read(f)).hasMessageContaining("has 8 bytes, not 4");
        Path o = npy("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }\n", new byte[4]);
        assertThatThrownBy(() -> Npy.read(o)).hasMessageContaining("cannot read the NPY header");
        Path huge = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }\n", new byte[4]);
        assertThatThrownBy(() -> Npy.read(huge)).hasMessageContaining("too large");
    }

    @Test
    void brokenIdxAndGzip() throws IOException {
        Path f = Files.write(folder.resolve("a.idx"), new byte[] {0, 0, 8, 1, 0, 0, 0, 5, 1, 2, 3});
        assertThatThrownBy(() -> Idx.read(f)).hasMessageContaining("announces 5 bytes for shape [5], but 3 follow");
        Path t = Files.write(folder.resolve("b.idx"), new byte[] {0, 0, 7, 1});
        assertThatThrownBy(() -> Idx.read(t)).hasMessageContaining("unknown IDX element type 7");
        Path h = Files.write(folder.resolve("c.idx"), new byte[] {0, 0, 8, 3, 127, -1, -1, -1, 127, -1, -1, -1, 127, -1, -1, -1});
        assertThatThrownBy(() -> Idx.read(h)).hasMessageContaining("too large");
        Path z = Files.write(folder.resolve("d.csv.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3});
        assertThatThrownBy(() -> Table.read(z, TableFormat.DEFAULT)).hasMessageContaining("ends too early");
        Path u = Files.write(folder.resolve("e.csv"), new byte[] {'a', '\n', (byte) 0xff, '\n'});
        assertThatThrownBy(() -> Table.read(u, TableFormat.DEFAULT)).hasMessageContaining("line 2: not UTF-8");
    }

    @Test
    void halfPrecision() {
        ByteBuffer b = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        b.putShort((short) 0x3c00).putShort((short) 0xc100).putShort((short) 1).putShort((short) 0x7c00);
        NdArray a = new NdArray(ElementType.F16, List.of(4), b.rewind());
        assertThat(a.toDoubles()).containsExactly(1, -2.5, 0x1p-24, Double.POSITIVE_INFINITY);
    }
}
