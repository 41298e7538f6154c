package org.nnl;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The invariants that src/docs/architecture.md states. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.nnl");

    /** Stages in the order of the data's way; each may use what stands before it. */
    private static final List<String> WAY = List.of(
            "syntax", "equations", "program", "order", "verify", "evaluate", "elaborate", "derive", "stepwise", "simplify", "schedule",
            "emit", "load");

    @ParameterizedTest
    @CsvSource({
        "derive, org.matheclipse..",
        "emit, com.palantir.javapoet..",
        "syntax, org.antlr..",
        "report, org.eclipse.elk.."
    })
    void onlyOneStageSeesALibrary(String stage, String library) {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.nnl." + stage + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CLASSES);
    }

    @Test
    void symjaHasOneDoor() {
        noClasses()
                .that()
                .doNotHaveSimpleName("Symja")
                .and()
                .haveNameNotMatching(".*\\.Symja\\$.*")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.matheclipse..")
                .check(CLASSES);
    }

    @Test
    void stagesDependOnEarlierOnesOnly() {
        for (int k = 0; k < WAY.size(); k++)
            for (String later : WAY.subList(k + 1, WAY.size()))
                noClasses()
                        .that()
                        .resideInAPackage("org.nnl." + WAY.get(k) + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.nnl." + later + "..")
                        .allowEmptyShould(true)
                        .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        SlicesRuleDefinition.slices().matching("org.nnl.(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
