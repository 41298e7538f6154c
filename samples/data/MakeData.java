import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/**
 * Makes the data of the samples that are not measured but drawn: fruit.csv, dates.csv and style.csv, in the current
 * directory, which also holds digits.csv.gz. Run as {@code java MakeData.java}; java.util.Random is specified to the bit,
 * so the files are always the same.
 */
final class MakeData {
    public static void main(String[] arguments) throws IOException {
        fruit();
        dates();
        style();
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

    /** 4000 days from 1900 to 2049, written as people write them, and as ISO 8601 says. */
    private static void dates() throws IOException {
        Random random = new Random(21);
        try (PrintWriter out = open("dates.csv")) {
            out.print("written,iso\n");
            for (int i = 0; i < 4000; i++) {
                LocalDate day = LocalDate.of(1900, 1, 1).plusDays(random.nextInt(54786));
                out.print("\"" + written(day, random.nextInt(8)) + "\"," + day + "\n");
            }
        }
    }

    private static String written(LocalDate day, int manner) {
        int d = day.getDayOfMonth(), m = day.getMonthValue(), y = day.getYear();
        String month = name(day.getMonth()), week = name(day.getDayOfWeek());
        String nth = d + (d % 10 == 1 && d != 11 ? "st" : d % 10 == 2 && d != 12 ? "nd" : d % 10 == 3 && d != 13 ? "rd" : "th");
        switch (manner) {
            case 0: return d + " " + month + " " + y;
            case 1: return month + " " + d + ", " + y;
            case 2: return nth + " of " + month + " " + y;
            case 3: return week + ", " + d + " " + month + " " + y;
            case 4: return week.substring(0, 3) + " " + month.substring(0, 3) + " " + d + " " + y;
            case 5: return d + "-" + month.substring(0, 3) + "-" + y;
            case 6: return y + "/" + m + "/" + d;
            default: return "the " + nth + " day of " + month + ", " + y;
        }
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /**
     * One row: the 64 pixels, from 0 to 1, of the first written 8 in digits.csv.gz, and a picture of 32 by 32 pixels of
     * waves that cross, whose style it is to be painted in.
     */
    private static void style() throws IOException {
        String[] eight = null;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(Path.of("digits.csv.gz"))), StandardCharsets.US_ASCII))) {
            while (eight == null || !eight[64].equals("8")) eight = in.readLine().split(",");
        }
        StringBuilder row = new StringBuilder();
        for (int i = 0; i < 64; i++)
            row.append(String.format(Locale.ROOT, "%.4f,", Double.parseDouble(eight[i]) / 16));
        for (int i = 0; i < 1024; i++) {
            double u = (i / 32 + i % 32) * Math.PI / 4, v = (i / 32 - i % 32) * Math.PI / 6;
            row.append(String.format(Locale.ROOT, "%.4f,", 0.5 + 0.35 * Math.sin(u) + 0.15 * Math.cos(v)));
        }
        try (PrintWriter out = open("style.csv")) {
            out.print(row.substring(0, row.length() - 1) + "\n");
        }
    }

    private static PrintWriter open(String name) throws IOException {
        return new PrintWriter(Files.newBufferedWriter(Path.of(name), StandardCharsets.US_ASCII));
    }
}
