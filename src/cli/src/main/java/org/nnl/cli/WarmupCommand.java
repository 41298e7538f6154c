package org.nnl.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** Trains a small model, so that the launcher script can archive the classes this loads. */
@Command(name = "warmup", hidden = true, description = "Loads what a training loads.")
final class WarmupCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
        Path folder = Files.createTempDirectory("nnl");
        try (InputStream in = WarmupCommand.class.getResourceAsStream("warmup.nnl")) {
            Path file = folder.resolve("warmup.nnl");
            Files.copy(in, file);
            Files.writeString(folder.resolve("warmup.csv"), "a,b,kind\n1,2,u\n3,4,v\n5,6,u\n7,8,v\n");
            return Main.run("train", file.toString(), "-q", "-o", folder.resolve("out").toString());
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path p : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(p);
            }
        }
    }
}
