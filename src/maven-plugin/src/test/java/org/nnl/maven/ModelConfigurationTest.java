package org.nnl.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnl.Options;

class ModelConfigurationTest {
    private static ModelConfiguration all() {
        ModelConfiguration all = new ModelConfiguration();
        all.backend = "vector";
        all.precision = "float";
        all.packageName = "com.acme";
        all.settings = Map.of("hidden", "8", "epochs", "3");
        all.batch = "16";
        return all;
    }

    @Test
    void aModelsOwnConfigurationComesBeforeThatOfAll() {
        ModelConfiguration own = new ModelConfiguration();
        own.backend = "Scalar";
        own.settings = Map.of("hidden", " 9 ");
        own.threads = "2";
        Options o = own.over(all()).options();
        assertThat(o.backend()).isEqualTo(Options.Backend.SCALAR);
        assertThat(o.precision()).isEqualTo(Options.Precision.FLOAT);
        assertThat(o.packageName()).isEqualTo("com.acme");
        assertThat(o.overrides())
                .isEqualTo(Map.of("hidden", 9.0, "epochs", 3.0, "batch", 16.0, "threads", 2.0));
        own.settings = Map.of("batch", "4");
        assertThat(own.over(all()).options().overrides()).containsEntry("batch", 4.0);
        assertThat(all().options().overrides()).isEqualTo(Map.of("hidden", 8.0, "epochs", 3.0, "batch", 16.0));
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        ModelConfiguration c = all();
        c.backend = "gpu";
        assertThatThrownBy(c::options).hasMessage("<backend> is 'vector' or 'scalar', not 'gpu'");
        c = all();
        c.precision = "half";
        assertThatThrownBy(c::options).hasMessage("<precision> is 'float' or 'double', not 'half'");
        c = all();
        c.batch = "many";
        assertThatThrownBy(c::options).hasMessage("<batch> is a number, not 'many'");
        c = all();
        c.settings = new java.util.HashMap<>();
        c.settings.put("hidden", null); // <hidden/>
        assertThatThrownBy(c::options).hasMessage("<hidden> is a number, not ''");
    }
}
