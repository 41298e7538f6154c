package org.nnl.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the text: a tree, or a {@link SourceException} with a place inside the text. */
class ParserFuzzTest {
    private static final String CHARACTERS = "(){}[]=~:;,.+-*/@^<>!\"\\ \n\r\t/*// 01e9abx_é\uD83D\uDE00\uD83D\u0000\u00A0#&|";
    private static final String[] WORDS = {
        "model", "layer", "function", "data", "train", "loss", "param", "input", "return", "repeat", "if", "then", "else",
        "and", "not", "for", "sum[", "max[i]", "class", "(", ")", "[", "]", "{", "}", "=", ",", ";", "\n", ":", "+", "-",
        "*", "^", "<", "x", "y", "1", "2.5", "\"t\"", ".", "->", "~", "import", "//", "/*", "*/"
    };

    @Test
    void randomBytes() {
        Random random = new Random(1);
        for (int n = 0; n < 2000; n++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            parses(new String(bytes, random.nextBoolean() ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8));
        }
    }

    @Test
    void randomCharactersOfTheLanguage() {
        Random random = new Random(2);
        for (int n = 0; n < 3000; n++) {
            StringBuilder text = new StringBuilder(n % 2 == 0 ? "model M {" : "");
            for (int i = random.nextInt(80); i > 0; i--) text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
            parses(text.toString());
        }
    }

    @Test
    void randomWordsOfTheLanguage() {
        Random random = new Random(3);
        for (int n = 0; n < 5000; n++) {
            StringBuilder text = new StringBuilder(n % 2 == 0 ? "model M {" : "");
            for (int i = random.nextInt(60); i > 0; i--) text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
            parses(text.toString());
        }
    }

    @Test
    void mutatedAndCutFiles() {
        Random random = new Random(4);
        Map<String, String> files = Mutations.validFiles();
        assertThat(files).hasSizeGreaterThan(20);
        files.forEach((name, text) -> {
            Parser.parse(name, text);
            for (int n = 0; n < 40; n++) parses(Mutations.mutate(text, random));
            for (int n = 0; n < 10; n++) parses(text.substring(random.nextInt(text.length())));
            for (int n = 0; n < 10; n++) parses(text.substring(0, random.nextInt(text.length())));
        });
    }

    @Test
    void oneMistakeGivesOneOrTwoMessages() {
        Random random = new Random(5);
        int[] count = new int[2];
        Mutations.validFiles().forEach((name, text) -> {
            for (int n = 0; n < 20; n++) {
                int at = random.nextInt(text.length());
                int errors = parses(text.substring(0, at) + ")=" + text.substring(at));
                if (errors > 0) count[0]++;
                if (errors > 2) count[1]++;
            }
        });
        assertThat(count[1]).as("cascades among %d files with one mistake", count[0]).isLessThan(count[0] / 50);
    }

    private static int parses(String text) {
        try {
            Parser.parse("f.nnl", text);
            return 0;
        } catch (SourceException e) {
            int lines = text.split("\r\n|\r|\n", -1).length;
            assertThat(e.diagnostics()).isNotEmpty().allSatisfy(d -> {
                assertThat(d.span().line()).isBetween(1, lines);
                assertThat(d.span().column()).isPositive();
            });
            return e.diagnostics().size();
        } catch (RuntimeException | StackOverflowError e) {
            return fail("for the text:\n" + text, e);
        }
    }
}
