package com.acme;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Measured flowers: four measures each, and a species. */
final class Flowers {
    static final int MEASURES = 4;
    static final String[] SPECIES = {"setosa", "versicolor", "virginica"};

    /** Four numbers a flower, one flower after the other, as the generated class wants them. */
    final float[] measures;

    /** 0, 1 or 2 a flower. */
    final int[] species;

    private Flowers(List<String> lines) {
        measures = new float[MEASURES * lines.size()];
        species = new int[lines.size()];
        for (int i = 0; i < lines.size(); i++) {
            String[] cells = lines.get(i).split(",");
            for (int j = 0; j < MEASURES; j++) measures[MEASURES * i + j] = Float.parseFloat(cells[j]);
            species[i] = Integer.parseInt(cells[MEASURES]);
        }
    }

    int count() {
        return species.length;
    }

    /** Fisher's 150 flowers in an order that depends on the seed: the first 120, or the rest. */
    static Flowers read(long seed, boolean training) throws IOException {
        List<String> lines = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(Flowers.class.getResourceAsStream("iris.csv"), StandardCharsets.UTF_8))) {
            in.readLine(); // counts and names
            for (String line; (line = in.readLine()) != null; ) lines.add(line);
        }
        Collections.shuffle(lines, new Random(seed));
        return new Flowers(training ? lines.subList(0, 120) : lines.subList(120, lines.size()));
    }
}
