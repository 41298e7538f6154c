import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;

/**
 * Makes the data of the samples that are not measured but drawn: fruit.csv, in the current directory. Run as
 * {@code java MakeData.java}; java.util.Random is specified to the bit, so the file is always the same.
 */
final class MakeData {
    public static void main(String[] arguments) throws IOException {
        fruit();
    }

    /**
     * 400 fruits, apples (1) and oranges (0) in turn. Radius in cm: apples 3.7 ± 0.35, oranges 3.9 ± 0.4. Colour, from
     * 0 (red) to 1 (orange): apples 0.3 ± 0.17, oranges 0.75 ± 0.13, cut off at 0 and 1. All normal: some red oranges
     * and yellow apples cannot be told apart.
     */
    private static void fruit() throws IOException {
        Random random = new Random(20);
        try (PrintWriter out = open("fruit.csv")) {
            out.print("radius,colour,apple\n");
            for (int i = 0; i < 400; i++) {
                boolean apple = i % 2 == 0;
                double radius = apple ? 3.7 + 0.35 * random.nextGaussian() : 3.9 + 0.4 * random.nextGaussian();
                double colour = apple ? 0.3 + 0.17 * random.nextGaussian() : 0.75 + 0.13 * random.nextGaussian();
                out.printf(Locale.ROOT, "%.2f,%.3f,%d\n", radius,
                        Math.max(0, Math.min(1, colour)), apple ? 1 : 0);
            }
        }
    }

    private static PrintWriter open(String name) throws IOException {
        return new PrintWriter(Files.newBufferedWriter(Path.of(name), StandardCharsets.US_ASCII));
    }
}
