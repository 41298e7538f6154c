package org.nnl.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrowthTest {
    private static List<Growth.Label> labels(Double... values) {
        return Growth.labels(new TreeSet<>(List.of(values)), v -> 100 * Math.log10(v) + 50, text -> 10 * text.length());
    }

    @Test
    void valuesAreWrittenAsTheyAreAndInTheMiddle() {
        assertThat(labels(1.0, 10.0, 2e6, 1e9)).containsExactly(
                new Growth.Label("1", 45), new Growth.Label("10", 140), new Growth.Label("2000000", 645),
                new Growth.Label("1000000000", 900));
        assertThat(labels(0.5, 2.5)).extracting(Growth.Label::text).containsExactly("0.5", "2.5");
    }

    @Test
    void labelsLeaveRoomForEachOther() {
        // 10 wide, and 10 between: from 45 to 65, so 2 at 80 has room, 3 at 98 not, 4 at 110 has
        assertThat(labels(1.0, 2.0, 3.0, 4.0)).extracting(Growth.Label::text).containsExactly("1", "2", "4");
        assertThat(labels(1e-3)).as("outside on the left").isEmpty();
    }

    /** Below the axis stands ink where a value is: its mark, and its label. */
    @ParameterizedTest
    @ValueSource(doubles = {8, 0})
    void thePictureHasMarksAndLabels(double least, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("new/plot.png");
        Growth growth = new Growth("Steps against batch", "batch");
        growth.line("training step", new TreeMap<>(Map.of(least, 10.0, 64.0, 45.0, 512.0, 300.0)));
        growth.write(file);
        BufferedImage image = ImageIO.read(file.toFile());
        int columns = 0, last = -100;
        int bottom = lowestLine(image);
        for (int x = 0; x < image.getWidth(); x++) {
            if (!ink(image, x, bottom + 6, bottom + 22)) continue;
            if (x > last + 12) columns++;
            last = x;
        }
        assertThat(columns).as("labels below the axis").isEqualTo(3);
        assertThat(folder.resolve("new")).isDirectoryContaining("glob:**plot.png");
    }

    /** The row of the axis: the lowest above the legend in which a line, darker than the background, runs over most of the picture. */
    private static int lowestLine(BufferedImage image) {
        for (int y = image.getHeight() * 9 / 10; y > 0; y--) {
            int dark = 0;
            for (int x = 0; x < image.getWidth(); x++) if (isDarker(image, x, y, 170)) dark++;
            if (dark > image.getWidth() * 6 / 10) return y;
        }
        throw new AssertionError("no axis");
    }

    private static boolean ink(BufferedImage image, int x, int from, int to) {
        for (int y = from; y < to; y++) if (isDarker(image, x, y, 120)) return true;
        return false;
    }

    private static boolean isDarker(BufferedImage image, int x, int y, int than) {
        Color c = new Color(image.getRGB(x, y));
        return c.getRed() + c.getGreen() + c.getBlue() < 3 * than;
    }
}
