package org.nnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Locale;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;

/** Output is a function of model, options and compiler. */
class DeterminismTest {
    private static final Path SAMPLE =
            Path.of(System.getProperty("basedir", "."), "../../samples/03-digits.nnl");

    private static String made() {
        Compilation c = Compiler.compile(SAMPLE, Options.DEFAULT);
        return c.java() + c.print(Stage.SIMPLIFIED, null) + c.print(Stage.SCHEDULE, null);
    }

    @Test
    void outputDependsNeitherOnLocaleNorOnTimeZone() {
        String here = made();
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        try {
            for (String tag : new String[] {"tr-TR", "ar-EG-u-nu-arab"}) {
                Locale.setDefault(Locale.forLanguageTag(tag));
                TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
                assertThat(made()).isEqualTo(here);
            }
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
    }
}
