package org.nnl.bench;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.nnl.equations.ExprPrinter;

/**
 * The plot of times against one setting, both axes logarithmic: a straight line of slope 1 is time in proportion, a jump
 * is a cliff. A setting that may be 0 runs along a plain axis. The values that were measured are written below the plot; XChart would write powers of ten.
 */
public final class Growth {
    private static final Color NONE = new Color(0, true);

    private final XYChart chart;
    private final List<Double> all = new ArrayList<>();
    private final SortedSet<Double> values = new TreeSet<>();

    public Growth(String title, String setting) {
        chart = new XYChartBuilder()
                .width(900)
                .height(600)
                .title(title)
                .xAxisTitle(setting)
                .yAxisTitle("µs")
                .build();
        chart.getStyler()
                .setXAxisLogarithmic(true)
                .setYAxisLogarithmic(true)
                .setXAxisTickLabelsColor(NONE)
                .setXAxisTickMarksColor(NONE)
                .setPlotGridVerticalLinesVisible(false)
                .setLegendPosition(Styler.LegendPosition.OutsideS) // inside it would lie on points somewhere
                .setLegendLayout(Styler.LegendLayout.Horizontal);
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line);
    }

    /** A line: microseconds by the setting's value. */
    public void line(String name, Map<Double, Double> times) {
        chart.addSeries(name, List.copyOf(times.keySet()), List.copyOf(times.values())).setMarker(SeriesMarkers.CIRCLE);
        all.addAll(times.values());
        values.addAll(times.keySet());
    }

    /** Writes the plot as PNG, to a temporary file that is then moved. */
    public void write(Path file) throws IOException {
        System.setProperty("java.awt.headless", "true");
        // the axis ends at whole powers of ten, else small differences would look like cliffs
        double low = all.stream().mapToDouble(v -> v).min().orElse(1);
        double high = all.stream().mapToDouble(v -> v).max().orElse(10);
        chart.getStyler().setXAxisLogarithmic(values.isEmpty() || values.first() > 0);
        chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(low))));
        chart.getStyler().setYAxisMax(Math.pow(10, Math.ceil(Math.log10(high * 1.0001))));
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path part = Files.createTempFile(folder, "plot", ".png");
        try {
            ImageIO.write(image(), "png", part.toFile());
            Files.move(part, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** The chart, with a mark and a label for each value, as far as labels leave room for each other. */
    private BufferedImage image() {
        BufferedImage image = BitmapEncoder.getBufferedImage(chart);
        AxesChartStyler style = chart.getStyler();
        double lowest = chart.getScreenYFromChart(style.getYAxisMin()), highest = chart.getScreenYFromChart(style.getYAxisMax());
        double margin = (lowest - highest) * (1 / style.getPlotContentSize() - 1) / 2;
        int axis = (int) Math.ceil(lowest + margin) + style.getPlotMargin();
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setFont(style.getAxisTickLabelsFont());
        g.setColor(style.getAxisTickMarksColor());
        for (double value : values) {
            int x = (int) Math.round(chart.getScreenXFromChart(value));
            g.drawLine(x, axis, x, axis + style.getAxisTickMarkLength());
        }
        g.setColor(style.getAxisTickLabelsColor());
        for (Label l : labels(values, chart::getScreenXFromChart, g.getFontMetrics()::stringWidth))
            g.drawString(l.text(), (float) l.start(), axis + style.getAxisTickMarkLength() + g.getFontMetrics().getAscent());
        g.dispose();
        return image;
    }

    /** A value's text, from where it is written to the right. */
    record Label(String text, double start) {}

    /**
     * A label in the middle below each value, from the smallest on, as far as they leave room for each other.
     *
     * @param place of a value from left to right
     * @param width of a text
     */
    static List<Label> labels(SortedSet<Double> values, DoubleUnaryOperator place, ToDoubleFunction<String> width) {
        List<Label> labels = new ArrayList<>();
        double free = 0;
        for (double value : values) {
            String text = ExprPrinter.number(value);
            double wide = width.applyAsDouble(text), start = Math.round(place.applyAsDouble(value)) - wide / 2;
            if (start < free) continue;
            labels.add(new Label(text, start));
            free = start + wide + width.applyAsDouble(" ");
        }
        return labels;
    }
}
