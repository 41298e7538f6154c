package com.acme;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IrisTest {
    @TempDir
    Path folder;

    @Test
    void learnsToTellTheSpeciesOfFlowersItHasNotSeen() throws Exception {
        double accuracy = Iris.train(folder.resolve("iris.safetensors"), 100);
        assertTrue(accuracy >= 0.9, () -> "accuracy " + accuracy);
    }

    @Test
    void startsAgainWithTheWeightsItKept() throws Exception {
        Path weights = folder.resolve("iris.safetensors");
        Iris first = Iris.start(weights);
        assertTrue(Files.exists(weights));
        byte[] kept = Files.readAllBytes(weights);
        Iris second = Iris.start(weights);
        assertEquals("setosa", first.species(5.1f, 3.5f, 1.4f, 0.2f).species());
        assertEquals("virginica", second.species(6.3f, 3.3f, 6.0f, 2.5f).species());
        assertEquals(first.species(5.9f, 3.0f, 4.2f, 1.5f), second.species(5.9f, 3.0f, 4.2f, 1.5f));
        assertArrayEquals(kept, Files.readAllBytes(weights), "started twice, trained once");
    }

    @Test
    void trainingInTwoPartsGivesTheBitsOfTrainingInOne() throws Exception {
        Path whole = folder.resolve("whole.safetensors");
        Path parts = folder.resolve("parts.safetensors");
        Iris.train(whole, 6);
        Iris.train(parts, 2);
        Iris.train(parts, 4);
        assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(parts));
    }

    @Test
    void servesPredictions() throws Exception {
        try (IrisServer server = new IrisServer(Iris.start(folder.resolve("iris.safetensors")), 0)) {
            HttpResponse<String> good = get(server, "/species?measures=5.1,3.5,1.4,0.2");
            assertEquals(200, good.statusCode());
            assertTrue(good.body().startsWith("{\"species\": \"setosa\", \"probability\": 0."), good.body());
            assertEquals(400, get(server, "/species?measures=1,2").statusCode());
            assertEquals(400, get(server, "/species?measures=a,b,c,d").statusCode());
            assertEquals(400, get(server, "/species").statusCode());
        }
    }

    @Test
    void weightsOfAnotherModelAreRefused() throws Exception {
        Path weights = Files.writeString(folder.resolve("iris.safetensors"), "no weights at all");
        assertThrows(IOException.class, () -> Iris.start(weights));
    }

    private static HttpResponse<String> get(IrisServer server, String path) throws Exception {
        URI uri = URI.create("http://localhost:" + server.port() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
