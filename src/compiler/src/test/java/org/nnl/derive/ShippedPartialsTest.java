package org.nnl.derive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/**
 * The derivatives shipped with the compiler are those that samples, reference models and library need, so that compiling
 * these does not start the computer algebra system. With the property {@code nnl.rewrite} the file is written anew.
 */
class ShippedPartialsTest {

    @Test
    void theyAreWhatIsNeeded() throws IOException {
        boolean rewrite = System.getProperty("nnl.rewrite") != null;
        Partials partials = rewrite ? Partials.fresh() : Partials.shipped();
        Models.all().values().forEach(p -> Derive.derive(p, partials));
        if (rewrite) {
            Files.createDirectories(Models.shipped().getParent());
            Files.writeString(Models.shipped(), Partials.print(partials.used()));
        }
        assertThat(Partials.parse(Files.readString(Models.shipped())))
                .as("run this test with -Dnnl.rewrite to write partials.txt anew")
                .containsAllEntriesOf(partials.used());
    }

    @Test
    void eachComesOutTheSameAgain() throws IOException {
        Partials fresh = Partials.fresh();
        SortedMap<String, String> lines = Partials.parse(Files.readString(Models.shipped()));
        assertThat(lines).isNotEmpty();
        lines.forEach((left, right) -> assertThat(fresh.derive(left)).as(left).isEqualTo(right));
    }
}
