package com.acme;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IrisTest {
    @TempDir
    Path folder;

    @Test
    void learnsToTellTheSpeciesOfFlowersItHasNotSeen() throws Exception {
        IrisModel model = new IrisModel(7);
        Iris.train(model, Flowers.read(1, true), 100);
        Flowers unseen = Flowers.read(1, false);
        model.loss(unseen.measures, unseen.species, unseen.count());
        assertTrue(model.metric("accuracy") >= 0.9, () -> "accuracy " + model.metric("accuracy"));
    }

    @Test
    void startsAgainWithTheWeightsItKept() throws Exception {
        Path weights = folder.resolve("iris.safetensors");
        Iris first = Iris.start(weights);
        assertTrue(Files.exists(weights));
        assertEquals("setosa", first.species(5.1f, 3.5f, 1.4f, 0.2f));
        assertEquals("virginica", Iris.start(weights).species(6.3f, 3.3f, 6.0f, 2.5f));
    }

    @Test
    void trainingResumesExactlyWhereItWasSaved() throws Exception {
        Flowers flowers = Flowers.read(1, true);
        IrisModel through = new IrisModel(7);
        Iris.train(through, flowers, 3);
        Path file = folder.resolve("half.safetensors");
        through.save(file);
        Iris.train(through, flowers, 3);

        IrisModel resumed = new IrisModel(99);
        resumed.load(file);
        Iris.train(resumed, flowers, 3);
        for (String name : IrisModel.parameterNames())
            assertArrayEquals(through.parameter(name), resumed.parameter(name), name);
    }
}
