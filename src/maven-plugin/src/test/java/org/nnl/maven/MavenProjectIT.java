package org.nnl.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** {@code samples/maven-project} under the hands of its user: each test goes on from where the one before ended. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MavenProjectIT {
    private static final String MODEL = "src/main/nnl/com/acme/IrisModel.nnl";
    private static final String SECOND = "src/main/nnl/com/acme/Second.nnl";

    private final Build build;

    MavenProjectIT() throws Exception {
        build = new Build(Path.of(System.getProperty("it.sample")));
    }

    @Test
    @Order(1)
    void builtTestedAndPackagedFromNothing() throws Exception {
        assertThat(build.run("verify")).as(build.text()).isZero();
        assertThat(build.text()).contains("generated 1 of 1 class").contains("Tests run: 5, Failures: 0, Errors: 0");
        assertThat(build.path("target/iris-1.0-SNAPSHOT.jar")).exists();
        assertThat(build.path("target/classes/com/acme/IrisModel.class")).exists();
    }

    @Test
    @Order(2)
    void aSecondBuildGeneratesAndCompilesNothing() throws Exception {
        Path java = build.path("target/generated-sources/nnl/com/acme/IrisModel.java");
        FileTime written = Files.getLastModifiedTime(java);
        FileTime compiled = Files.getLastModifiedTime(build.path("target/classes/com/acme/IrisModel.class"));
        assertThat(build.run("compile")).as(build.text()).isZero();
        assertThat(build.text())
                .contains("nothing to generate, all models are up to date")
                .contains("Nothing to compile - all classes are up to date");
        assertThat(Files.getLastModifiedTime(java)).isEqualTo(written);
        assertThat(Files.getLastModifiedTime(build.path("target/classes/com/acme/IrisModel.class"))).isEqualTo(compiled);
    }

    @Test
    @Order(3)
    void aChangedImportGeneratesAgain() throws Exception {
        build.write("src/main/nnl-shared/cells.nnl", "function squash(x) = tanh(x)\n");
        build.write(
                MODEL,
                "import \"../../../nnl-shared/cells.nnl\"\n"
                        + Files.readString(build.path(MODEL)).replace("tanh)", "squash)"));
        assertThat(build.run("compile")).as(build.text()).isZero();
        assertThat(build.text()).contains("generated 1 of 1 class");
        build.write("src/main/nnl-shared/cells.nnl", "function squash(x) = sigmoid(x)\n");
        assertThat(build.run("compile")).as(build.text()).isZero();
        assertThat(build.text()).contains("generated 1 of 1 class");
    }

    @Test
    @Order(4)
    void brokenModelsFailTheBuildAllWithTheirPlaces() throws Exception {
        build.write(SECOND, "model Second { input x; loss q*x }\n");
        build.write("src/main/nnl/Third.nnl", "model Third {\n    input x\n    loss sotfmax(x)\n}\n");
        assertThat(build.run("compile")).isNotZero();
        assertThat(build.text())
                .contains("[ERROR] " + build.path(SECOND) + ":[1,30] ")
                .contains("[ERROR] " + build.path("src/main/nnl/Third.nnl") + ":[3,10] ")
                .contains("did you mean 'softmax'?")
                .contains("2 errors in models")
                .doesNotContain("\tat ");
    }

    @Test
    @Order(5)
    void theyNeitherStopABuildThatSkipsThem() throws Exception {
        assertThat(build.run("compile", "-Dnnl.skip")).as(build.text()).isZero();
        assertThat(build.text()).contains("skipped");
        assertThat(build.path("target/classes/com/acme/IrisModel.class")).exists();
        Files.delete(build.path("src/main/nnl/Third.nnl"));
    }

    @Test
    @Order(6)
    void aRemovedModelTakesItsClassWithIt() throws Exception {
        build.write(SECOND, "model Second { input x; param q = 1; p = q*x; loss p^2; train { optimizer sgd } }\n");
        assertThat(build.run("compile")).as(build.text()).isZero();
        assertThat(build.text()).contains("generated 1 of 2 classes");
        assertThat(build.path("target/classes/com/acme/Second.class")).exists();
        Files.delete(build.path(SECOND));
        assertThat(build.run("compile")).as(build.text()).isZero();
        assertThat(build.path("target/generated-sources/nnl/com/acme/Second.java")).doesNotExist();
        assertThat(build.path("target/classes/com/acme/Second.class")).doesNotExist();
        assertThat(build.path("target/classes/com/acme/IrisModel.class")).exists();
    }

    @Test
    @Order(7)
    void modelsAreCheckedAndInspected() throws Exception {
        assertThat(build.run("nnl:check", "nnl:inspect")).as(build.text()).isZero();
        assertThat(build.text()).contains("h.W").contains("the gradients of 1 model agree with differences");
        assertThat(build.path("target/site/nnl/index.html")).content().contains("com/acme/IrisModel.html");
        assertThat(build.path("target/site/nnl/com/acme/IrisModel.html")).content().contains("class</b> IrisModel");
    }

    @Test
    @Order(8)
    void configurationThatCannotBeMeantIsRefused() throws Exception {
        assertThat(build.run("generate-sources", "-Dnnl.backend=gpu")).isNotZero();
        assertThat(build.text()).contains("<backend> is 'vector' or 'scalar', not 'gpu'");
        assertThat(build.run("generate-sources", "-Dnnl.batch=0")).isNotZero();
        assertThat(build.text()).contains("IrisModel.nnl:[").contains("'batch' is a whole number, at least 1, not 0");
    }

    @Test
    @Order(9)
    void withTheLastModelTheClassesGo() throws Exception {
        Build.delete(build.path("src/main/nnl"));
        assertThat(build.run("generate-sources")).as(build.text()).isZero();
        assertThat(build.text()).contains("no models in");
        assertThat(build.path("target/generated-sources/nnl/com")).doesNotExist();
    }
}
