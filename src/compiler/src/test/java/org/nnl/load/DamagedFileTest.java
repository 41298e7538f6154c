package org.nnl.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nnl.load.SavedModels.SMALL;
import static org.nnl.load.SavedModels.everything;
import static org.nnl.load.SavedModels.header;
import static org.nnl.load.SavedModels.numbers;
import static org.nnl.load.SavedModels.saved;
import static org.nnl.load.SavedModels.type;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are damaged or hostile: an IOException that says how, and no change. */
class DamagedFileTest {
    @TempDir
    Path folder;

    /** The header that {@link #saved} has, with one thing changed, in front of the same numbers; and what is said of it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "^\\{ | [ | malformed header",
        "\\}$ | | malformed header",
        "\\}$ | }} | malformed header",
        "\\}$ | ,} | malformed header",
        "^\\{ | {\"deep\":{\"a\":{\"b\":{}}}, | malformed header",
        "\"shape\":\\[3\\] | \"shape\":[[3]] | malformed header",
        "\"shape\":\\[3\\] | \"shape\":[-3] | malformed header",
        "\"shape\":\\[3\\] | \"shape\":[3.0] | malformed header",
        "\"shape\":\\[3\\] | \"shape\":[3000000000000000000] | malformed header",
        "\"shape\":\\[3\\] | \"shape\":[300000000000000000,300000000000000000] | its shape needs others",
        "\"shape\":\\[3\\] | \"shape\":[4] | its shape needs others",
        "\"shape\":\\[3\\], | | needs a dtype",
        "\\[0,24\\] | [24,0] | needs a dtype",
        "\\[0,24\\] | [0] | needs a dtype",
        "\\[0,24\\] | [0,24,48] | needs a dtype",
        "\\[0,24\\] | \"0,24\" | needs a dtype",
        "\\[0,24\\] | [0,-24] | malformed header",
        "\\[0,24\\] | [0,99999999999999999999] | malformed header",
        "\\[0,24\\] | [8,32] | begins after a gap",
        "\\[24,36\\] | [0,12] | overlaps another tensor",
        "\\[60,72\\] | [64,76] | begins after a gap",
        "\"h.W\":.*?\\}, | | begins after a gap",
        "\"h.b\" | \"h.W\" | 'h.W' occurs twice",
        "\"h.b\" | \"h.q\" | 'h.b' is missing",
        "\"dtype\":\"F32\", | \"dtype\":\"F32\",\"dtype\":\"F32\", | 'dtype' of 'h.W' occurs twice",
        "F32 | F64 | its shape needs others",
        "F32 | I32 | 'h.W' holds I32",
        "\"setting.rate\":\"0.1\" | \"setting.rate\":\"fast\" | setting rate is 'fast'",
        "\"setting.rate\":\"0.1\" | \"setting.rate\":\"NaN\" | setting rate is 'NaN'",
        "(equations.update\":\")\\w+ | $1anything | the equations of update are others",
    })
    void damageIsFoundAndDoesNothing(String part, String replacement, String message) throws IOException {
        byte[] bytes = Files.readAllBytes(saved(folder));
        String header = header(bytes).strip();
        String changed = header.replaceFirst(part, replacement == null ? "" : replacement);
        assertThat(changed).isNotEqualTo(header);
        Path file = SafetensorsFile.write(
                folder.resolve("damaged"), changed, Arrays.copyOfRange(bytes, 8 + header(bytes).length(), bytes.length));
        refused(file, message);
    }

    private void refused(Path file, String message) {
        Instance m = new Instance(type(SMALL), 4);
        List<Object> before = everything(m);
        assertThatThrownBy(() -> m.load(file)).isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString()).hasMessageContaining(message);
        assertThat(everything(m)).isEqualTo(before);
    }

    @Test
    void whatIsNoSafetensorsFileIsRefused() throws IOException {
        byte[] bytes = Files.readAllBytes(saved(folder));
        Path file = folder.resolve("bad");
        refused(Files.write(file, new byte[0]), "0 bytes are no safetensors file");
        refused(Files.write(file, Arrays.copyOf(bytes, 7)), "7 bytes");
        refused(Files.write(file, Arrays.copyOf(bytes, 8)), "in a file of 8");
        for (int n : new int[] {9, 100, bytes.length - 73}) refused(Files.write(file, Arrays.copyOf(bytes, n)), "a header of");
        refused(Files.write(file, Arrays.copyOf(bytes, bytes.length - 1)), "bytes of numbers, the header says");
        refused(Files.write(file, Arrays.copyOf(bytes, bytes.length + 1)), "bytes of numbers, the header says");
        for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, 0, 1}) {
            byte[] other = bytes.clone();
            ByteBuffer.wrap(other).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
            refused(Files.write(file, other), "a header of " + length);
        }
        byte[] huge = new byte[(1 << 24) + 2];
        Arrays.fill(huge, (byte) ' ');
        refused(SafetensorsFile.write(file, huge, new byte[0]), "a header of");
        refused(SafetensorsFile.write(file, new byte[] {'{', '"', (byte) 0xff, '"', '}'}, new byte[0]), "not UTF-8");
        refused(SafetensorsFile.write(file, "{\"a\":" + "{".repeat(1 << 20), new byte[0]), "malformed header");
        refused(SafetensorsFile.write(file, "{\"" + "\\\\".repeat(1 << 20) + "\"}", new byte[0]), "malformed header");
        refused(folder.resolve("nowhere"), "nowhere");
        refused(folder, folder.toString());
    }

    /** Bytes changed at random: an IOException and no change, or a file that is as good. */
    @Test
    void noFileDoesDamage() throws IOException {
        byte[] bytes = Files.readAllBytes(saved(folder));
        int header = 8 + header(bytes).length();
        Class<?> type = type(SMALL);
        Instance m = new Instance(type, 4);
        List<Object> start = everything(m);
        Path good = folder.resolve("good");
        m.save(good);
        Random random = new Random(1);
        Path file = folder.resolve("random");
        int refused = 0;
        for (int k = 0; k < 3000; k++) {
            byte[] other = bytes.clone();
            if (k % 10 == 0) {
                other = new byte[random.nextInt(300)];
                random.nextBytes(other);
                if (k % 20 == 0 && other.length > 8)
                    ByteBuffer.wrap(other).order(ByteOrder.LITTLE_ENDIAN).putLong(0, random.nextInt(other.length));
            } else {
                for (int n = 1 + random.nextInt(4); n > 0; n--) {
                    int at = random.nextInt(random.nextInt(4) == 0 ? 8 : header);
                    other[at] = (byte) (k % 2 == 0 ? random.nextInt(256) : "{}[]\",:0987654321\\uF ".charAt(random.nextInt(20)));
                }
            }
            Files.write(file, other);
            try {
                m.load(file);
                m.load(good);
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith(file.toString());
                refused++;
            }
            assertThat(everything(m)).isEqualTo(start);
        }
        assertThat(refused).isGreaterThan(2000);
    }
}
