package org.nnl.elaborate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nnl.Options;
import org.nnl.program.Program;
import org.nnl.syntax.Mutations;
import org.nnl.syntax.SourceException;

/** Valid models with some tokens mixed up: a program, or messages with places in the model's file. */
class FrontEndFuzzTest {
    private static final int PER_FILE = Integer.getInteger("nnl.fuzz", 40);

    @Test
    void mutatedModelsGiveProgramsOrMessages() {
        Random random = new Random(6);
        int[] outcome = new int[2];
        Mutations.validFiles().forEach((name, text) -> {
            if (!text.contains("model ")) return;
            for (int n = 0; n < PER_FILE; n++) outcome[elaborates(name, Mutations.mutate(text, random)) ? 0 : 1]++;
        });
        assertThat(outcome[0]).as("programs").isPositive();
        assertThat(outcome[1]).as("messages").isPositive();
    }

    private static boolean elaborates(String name, String text) {
        try {
            Program program = Elaborator.elaborate(Sources.of(Map.of(name, text)), name, Options.DEFAULT);
            assertThat(program.graphs()).isNotEmpty();
            return true;
        } catch (SourceException e) {
            assertThat(e.diagnostics()).isNotEmpty().allSatisfy(d -> assertThat(d.message()).isNotBlank());
            return false;
        } catch (Exception | StackOverflowError | OutOfMemoryError | AssertionError e) {
            return fail("for the text:\n" + text, e);
        }
    }
}
