package org.nnl.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The plot of times against one setting, both axes logarithmic: a straight line of slope 1 is time in proportion, a jump
 * is a cliff.
 */
public final class Growth {
    private final XYChart chart;
    private final List<Double> all = new ArrayList<>();

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
                .setLegendPosition(Styler.LegendPosition.OutsideS) // inside it would lie on points somewhere
                .setLegendLayout(Styler.LegendLayout.Horizontal);
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line);
    }

    /** A line: microseconds by the setting's value. */
    public void line(String name, Map<Double, Double> times) {
        chart.addSeries(name, List.copyOf(times.keySet()), List.copyOf(times.values())).setMarker(SeriesMarkers.CIRCLE);
        all.addAll(times.values());
    }

    /** Writes the plot as PNG, to a temporary file that is then moved. */
    public void write(Path file) throws IOException {
        System.setProperty("java.awt.headless", "true");
        // the axis ends at whole powers of ten, else small differences would look like cliffs
        double low = all.stream().mapToDouble(v -> v).min().orElse(1);
        double high = all.stream().mapToDouble(v -> v).max().orElse(10);
        chart.getStyler().setYAxisMin(Math.pow(10, Math.floor(Math.log10(low))));
        chart.getStyler().setYAxisMax(Math.pow(10, Math.ceil(Math.log10(high * 1.0001))));
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path part = Files.createTempFile(folder, "plot", ".png");
        try {
            Files.write(part, BitmapEncoder.getBitmapBytes(chart, BitmapEncoder.BitmapFormat.PNG));
            Files.move(part, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
