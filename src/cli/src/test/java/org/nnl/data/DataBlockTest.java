package org.nnl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.syntax.Parser;
import org.nnl.syntax.Tree;

class DataBlockTest {
    @TempDir
    Path folder;

    private static Tensor real(String name, int... sizes) {
        return tensor(name, 0, sizes);
    }

    private static Tensor tensor(String name, int classes, int... sizes) {
        List<Size> shape = new ArrayList<>(List.of(Size.BATCH));
        for (int s : sizes) shape.add(Size.of(s));
        Tensor.Role role = name.startsWith("y") ? Tensor.Role.TARGET : Tensor.Role.INPUT;
        return new Tensor(name, role, shape, classes, 0);
    }

    private DataBlock block(String lines) {
        String text = "data {\n" + lines + "\n}\n";
        Tree.Unit unit = Parser.parse("m.nnl", text);
        return new DataBlock((Tree.Data) unit.definitions().get(0), folder.resolve("m.nnl"), "m.nnl", text);
    }

    private DataSets read(String lines, Tensor... tensors) {
        List<Tensor> inputs = new ArrayList<>(), targets = new ArrayList<>();
        for (Tensor t : tensors) (t.role() == Tensor.Role.TARGET ? targets : inputs).add(t);
        return block(lines).read(inputs, targets, true, 1, null);
    }

    private void file(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }

    private static double[] doubles(Examples e, String tensor) {
        return (double[]) e.values().get(tensor);
    }

    private static int[] classes(Examples e, String tensor) {
        return (int[]) e.values().get(tensor);
    }

    @Test
    void columnsByNameNumberAndRange() throws IOException {
        file("a.csv", "u, v, w, kind\n1,2,3,b\n4,5,6,a\n");
        DataSets d = read(
                "file \"a.csv\"\nx = columns(1:2, \"w\") / 2\nx2 = [column(\"w\"), column(1) ^ 2]\ny = column(\"kind\")",
                real("x", 3),
                real("x2", 2),
                tensor("y", 2));
        assertThat(d.train().count()).isEqualTo(2);
        assertThat(doubles(d.train(), "x")).containsExactly(0.5, 1, 1.5, 2, 2.5, 3);
        assertThat(doubles(d.train(), "x2")).containsExactly(3, 1, 6, 16);
        assertThat(classes(d.train(), "y")).containsExactly(1, 0);
        assertThat(d.fit().labels("y")).containsExactly("a", "b");
    }

    @Test
    void packedQuotedTabbedAndWithoutHeader() throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("a.tsv.gz")))) {
            out.write("1\t\"2\"\n\n3\t4\n".getBytes());
        }
        DataSets d = read("file \"a.tsv.gz\"\nx = columns()", real("x", 2));
        assertThat(doubles(d.train(), "x")).containsExactly(1, 2, 3, 4);
        file("b.txt", "  1   2\n 3 4.5e0\n");
        assertThat(doubles(read("file \"b.txt\"\nx = columns()", real("x", 2)).train(), "x")).containsExactly(1, 2, 3, 4.5);
        file("c.csv", "one;two\n1;2\n");
        assertThat(doubles(read("file \"c.csv\"\nx = column(\"two\")", real("x")).train(), "x")).containsExactly(2);
    }

    @Test
    void aColumnWithoutANameInTheHeader() throws IOException {
        file("a.csv", ",one,two\n0,1,2\n1,3,4\n");
        assertThat(doubles(read("file \"a.csv\"\nx = column(\"two\")", real("x")).train(), "x")).containsExactly(2, 4);
    }

    @Test
    void heldBackRowsAreTheSameForTheSameSeedAndTakeNoPartInScaling() throws IOException {
        StringBuilder s = new StringBuilder("v\n");
        for (int i = 0; i < 100; i++) s.append(i).append('\n');
        file("a.csv", s.toString());
        String lines = "file \"a.csv\"\nx = column(\"v\")\ny = standardize(column(\"v\"))\nvalidation 0.2\ntest 0.1";
        DataSets d = read(lines, real("x"), real("y"));
        assertThat(d.train().count()).isEqualTo(70);
        assertThat(d.validation().count()).isEqualTo(20);
        assertThat(d.test().count()).isEqualTo(10);
        assertThat(doubles(read(lines, real("x"), real("y")).test(), "x")).isEqualTo(doubles(d.test(), "x"));
        double[] y = doubles(d.train(), "y");
        double mean = IntStream.range(0, 70).mapToDouble(i -> y[i]).sum() / 70;
        double square = IntStream.range(0, 70).mapToDouble(i -> y[i] * y[i]).sum() / 70;
        assertThat(mean).isCloseTo(0, org.assertj.core.data.Offset.offset(1e-12));
        assertThat(square).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-12));
    }

    @Test
    void timeSeriesWindows() throws IOException {
        file("a.csv", "t\n0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
        DataSets d = read(
                "file \"a.csv\"\nv = column(\"t\")\nx = window(v, 3)\ny = next(v)\nvalidation 0.3",
                real("x", 3),
                real("y"));
        assertThat(d.train().count()).isEqualTo(5);
        assertThat(doubles(d.train(), "x")).startsWith(0, 1, 2, 1, 2, 3);
        assertThat(doubles(d.train(), "y")).containsExactly(3, 4, 5, 6, 7);
        assertThat(doubles(d.validation(), "y")).containsExactly(8, 9);
    }

    @Test
    void textAsCharacters() throws IOException {
        file("a.txt", "abcabcab");
        DataSets d = read(
                "file \"a.txt\"\nx = window(characters, 3)\ny = window(next(characters), 3)\nevery 3",
                tensor("x", 3, 3),
                tensor("y", 3, 3));
        assertThat(classes(d.train(), "x")).containsExactly(0, 1, 2, 0, 1, 2);
        assertThat(classes(d.train(), "y")).containsExactly(1, 2, 0, 1, 2, 0);
        assertThat(d.fit().labels("x")).containsExactly("a", "b", "c");
    }

    @Test
    void linesOfSeveralFiles() throws IOException {
        file("n-irish.txt", "Ó Brien\nKane\n");
        file("n-czech.txt", "Abl\n");
        DataSets d = read(
                "file \"n-*.txt\"\nlines\nx = characters(column(\"line\"), 4)\nx2 = length(characters(column(\"line\"), 4))\n"
                        + "y = column(\"file\")",
                tensor("x", 20, 4),
                real("x2"),
                tensor("y", 2));
        assertThat(d.fit().labels("y")).containsExactly("n-czech", "n-irish");
        assertThat(classes(d.train(), "y")).containsExactly(0, 1, 1);
        assertThat(classes(d.train(), "x")[3]).isZero();
        assertThat(doubles(d.train(), "x2")).containsExactly(3, 4, 4);
    }

    @Test
    void wordsByFrequency() throws IOException {
        file("a.tsv", "k\tthe cat, the dog\nl\tThe end\n");
        DataSets d = read("file \"a.tsv\"\nx = words(column(2), 5, vocabulary = 4)", tensor("x", 4, 5));
        assertThat(d.fit().labels("x")).containsExactly("", "<other>", "the", ",");
        assertThat(classes(d.train(), "x")).containsExactly(2, 1, 3, 2, 1, 2, 1, 0, 0, 0);
    }

    @Test
    void missingValues() throws IOException {
        file("a.csv", "v,w\n1,1\nNA,2\n3,?\n,4\n");
        Tensor x = real("x"), y = real("y");
        String lines = "file \"a.csv\"\nx = column(\"v\")\ny = column(\"w\")\nmissing ";
        assertThat(doubles(read(lines + "drop", x, y).train(), "x")).containsExactly(1);
        assertThat(doubles(read(lines + "mean", x, y).train(), "x")).containsExactly(1, 2, 3, 2);
        assertThat(doubles(read(lines + "last", x, y).train(), "x")).containsExactly(1, 1, 3, 3);
        assertThat(doubles(read(lines + "0", x, y).train(), "y")).containsExactly(1, 2, 0, 4);
    }

    @Test
    void newDataAreTreatedAsInTraining() throws IOException {
        file("a.csv", "v,k,y\n2,red,u\n4,blue,v\n");
        file("new.csv", "v,k\n6,red\n");
        String lines = "file \"a.csv\"\nx = [minmax(column(\"v\")), onehot(column(\"k\"))]\ny = column(\"y\")";
        DataSets d = read(lines, real("x", 3), tensor("y", 2));
        Fit fit = Fit.fromJson(Json.parse(Json.print(d.fit().toJson())));
        List<String> said = new ArrayList<>();
        Examples e = block(lines).predict(List.of(real("x", 3)), true, folder.resolve("new.csv"), fit, said::add);
        assertThat(doubles(e, "x")).containsExactly(2, 0, 1);
        assertThat(fit.labels("y")).containsExactly("u", "v");
        assertThat(said).isEmpty();
    }

    @Test
    void rowsWithoutAPredictionAreTold() throws IOException {
        file("new.csv", "v\n6\nNA\n7\n\n8\nNA\n");
        List<String> said = new ArrayList<>();
        String lines = "file \"a.csv\"\ny = column(\"w\")\nmissing drop\nx = ";
        Examples e = block(lines + "column(\"v\")").predict(List.of(real("x")), true, folder.resolve("new.csv"), new Fit(), said::add);
        assertThat(doubles(e, "x")).containsExactly(6, 7, 8);
        assertThat(said).containsExactly("3 of 5 rows have a prediction; the first without one is row 2");
        said.clear();
        file("new.csv", "v\n6\n7\n8\n");
        block(lines + "window(column(\"v\"), 2)").predict(List.of(real("x", 2)), true, folder.resolve("new.csv"), new Fit(), said::add);
        assertThat(said).as("of a series").isEmpty();
    }

    @Test
    void computedData() {
        DataSets d = read("rows 50\nx = uniform(-1, 1)\ny = 3 * x + normal(0, 0.1)", real("x"), real("y"));
        assertThat(d.train().count()).isEqualTo(50);
        assertThat(java.util.Arrays.stream(doubles(d.train(), "x")).boxed()).allMatch(v -> v > -1 && v < 1);
    }

    @Test
    void comparisonWithText() throws IOException {
        file("a.csv", "5, <=50K\n6, >50K\n");
        DataSets d = read("file \"a.csv\"\ny = column(2) == \">50K\"", real("y"));
        assertThat(doubles(d.train(), "y")).containsExactly(0, 1);
    }

    @Test
    void arraysWithTestFile() throws IOException {
        idx("train.idx", 3, 2, 2);
        idx("test.idx", 1, 2, 2);
        DataSets d = read("x = file(\"train.idx\", test = \"test.idx\") / 2", real("x", 4));
        assertThat(doubles(d.train(), "x")).startsWith(0, 0.5, 1).hasSize(12);
        assertThat(d.test().count()).isEqualTo(1);
    }

    private void idx(String name, int... shape) throws IOException {
        int n = IntStream.of(shape).reduce(1, (a, b) -> a * b);
        java.nio.ByteBuffer b = java.nio.ByteBuffer.allocate(4 + 4 * shape.length + n);
        b.putInt(0x0800 + shape.length);
        for (int s : shape) b.putInt(s);
        for (int i = 0; i < n; i++) b.put((byte) i);
        Files.write(folder.resolve(name), b.array());
    }

    @Test
    void decimalCommas() throws IOException {
        file("a.csv", "u;v\n1,5;-2\n1.234,25;0,5\n");
        Examples train = read("file \"a.csv\"\ndecimal comma\nx = columns(\"u\", \"v\")", real("x", 2)).train();
        assertThat(doubles(train, "x")).containsExactly(1.5, -2, 1234.25, 0.5);
        file("b.csv", "1,5;-2\n1,25;0,5\n");
        assertThat(doubles(read("file \"b.csv\"\ndecimal comma\nx = column(1)", real("x")).train(), "x"))
                .containsExactly(1.5, 1.25);
    }

    @Test
    void encodings() throws IOException {
        for (java.nio.charset.Charset c : List.of(
                java.nio.charset.StandardCharsets.ISO_8859_1, java.nio.charset.StandardCharsets.UTF_16)) {
            Files.write(folder.resolve("a.csv"), "höhe,v\n1,2\n3,4\n".getBytes(c));
            String marked = c == java.nio.charset.StandardCharsets.UTF_16 ? "" : "encoding \"latin1\"\n";
            assertThat(doubles(read("file \"a.csv\"\n" + marked + "x = column(\"höhe\")", real("x")).train(), "x"))
                    .containsExactly(1, 3);
        }
    }

    @Test
    void longRows() throws IOException {
        StringBuilder row = new StringBuilder("0");
        for (int i = 1; i < 30_000; i++) row.append(',').append(i);
        file("a.csv", row + "\n" + row + "\n");
        assertThat(doubles(read("file \"a.csv\"\nx = column(30000)", real("x")).train(), "x")).containsExactly(29_999, 29_999);
    }

    @Test
    void textOfSeveralFiles() throws IOException {
        file("b.txt", "cd");
        file("a.txt", "ab");
        Tensor x = new Tensor("x", Tensor.Role.INPUT, List.of(Size.BATCH), 9, 0);
        assertThat((int[]) read("file \"*.txt\"\nx = characters()", x).train().values().get("x"))
                .containsExactly(0, 1, 2, 3);
    }

    @Test
    void aShareOfNoRowIsAnError() throws IOException {
        file("a.csv", "v\n1\n2\n3\n4\n");
        assertThatThrownBy(() -> read("file \"a.csv\"\nx = column(1)\nvalidation last 0.001\ntest 0.1", real("x")))
                .hasMessageContaining("m.nnl:4:17: error: 'validation' would hold back none of the 4 rows")
                .hasMessageContaining("m.nnl:5:6: error: 'test' would hold back none of the 4 rows")
                .hasMessageContaining("one row is a share of 0.25");
        assertThat(read("file \"a.csv\"\nx = column(1)\nvalidation 0", real("x")).validation()).isNull();
    }

    @Test
    void aFileGivenInPlaceOfNoneIsAnError() throws IOException {
        file("a.csv", "v\n1\n2\n");
        Path a = folder.resolve("a.csv");
        List<Tensor> x = List.of(real("x"));
        assertThat(block("x = column(1)").read(x, List.of(), true, 1, a).train().count()).isEqualTo(2);
        for (Path other : List.of(a, folder, folder.resolve("none.csv")))
            assertThatThrownBy(() -> block("rows 3\nx = uniform(0, 1)").read(x, List.of(), true, 1, other))
                    .hasMessageContaining("m.nnl:1:1: error: the data block names no file in whose place");
    }
}
