package org.nnl.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.nnl.Compilation;
import org.nnl.Options;
import org.nnl.check.GradientCheck;
import org.nnl.check.RandomData;
import org.nnl.equations.Graph;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "check",
        description = {
            "Compares every gradient with central differences of the loss, on random data, in double precision.",
            "With --against, compares with values computed elsewhere. With --backend or --precision, the generated class"
                    + " is compared as well."
        })
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private ModelFile model;

    @Option(
            names = "--against",
            paramLabel = "REF",
            description = "A safetensors file with param/NAME, data/NAME, loss, output/NAME, grad/NAME, after3/NAME.")
    private Path against;

    @Option(names = "--tolerance", paramLabel = "X", description = "Largest relative error allowed (default: 1e-9, in float 1e-4; 1e-6 for differences).")
    private Double tolerance;

    @Option(names = "--examples", paramLabel = "N", defaultValue = "5", description = "Random examples (default: 5).")
    private int examples;

    @Option(names = "--elements", paramLabel = "N", defaultValue = "40", description = "Elements tried of each parameter (default: 40).")
    private int elements;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of data and elements (default: 1).")
    private long seed;

    @Spec
    private CommandSpec spec;

    private boolean failed;

    @Override
    public Integer call() {
        boolean generated = model.backend != null || model.precision != null;
        atLeastOne("--examples", examples);
        atLeastOne("--elements", elements);
        if (tolerance != null && tolerance < 0)
            throw new CommandLine.ParameterException(spec.commandLine(), "'--tolerance' is at least 0, not " + tolerance);
        Compilation c = model.compileWithLoss();
        ModelFile.warn(c);
        Program p = c.simplified();
        if (against != null) {
            ReferenceCheck check = new ReferenceCheck(against, p);
            print("evaluator, double", check.compare(new EvaluatedSubject(p, seed)), 1e-9);
            if (generated) print(title(c), check.compare(new GeneratedSubject(c, seed)), limit());
        } else {
            differences(p, c.lossWithStops());
            if (generated) print(title(c), generated(c), limit());
        }
        System.out.println(failed ? Terminal.bad("failed") : Terminal.good("passed"));
        return failed ? ExitCode.CHECK_FAILED : ExitCode.OK;
    }

    private void atLeastOne(String option, int value) {
        if (value < 1) throw new CommandLine.ParameterException(
                spec.commandLine(), "'" + option + "' is at least 1, not " + value);
    }

    private double limit() {
        return model.isPrecise() ? 1e-9 : 1e-4;
    }

    private static String title(Compilation c) {
        return "generated class, " + c.options().backend() + ", " + c.options().precision();
    }

    private void differences(Program p, Graph loss) {
        double limit = tolerance == null ? GradientCheck.TOLERANCE : tolerance;
        System.out.printf("%-24s %-16s %8s %6s %12s%n", "parameter", "shape", "checked", "kinks", "worst error");
        for (GradientCheck.Row r : GradientCheck.check(p, loss, examples, seed, elements)) {
            // a parameter of which every element lies at a kink has not been checked
            boolean bad = !(r.worst() <= limit) || r.checked() == 0;
            failed |= bad;
            System.out.printf(
                    Locale.ROOT,
                    "%-24s %-16s %8d %6d %12.2e  %s%n",
                    r.parameter(),
                    r.shape(),
                    r.checked(),
                    r.kinks(),
                    r.worst(),
                    bad
                            ? Terminal.bad(String.format(
                                    Locale.ROOT,
                                    "FAILED: element %d is %.9g, differences give %.9g",
                                    r.at(),
                                    r.derived(),
                                    r.numeric()))
                            : Terminal.good("ok"));
        }
    }

    /** The generated class against the evaluator, from the same random parameters and data. */
    private List<ReferenceCheck.Row> generated(Compilation c) {
        Program p = c.simplified();
        EvaluatedSubject yardstick = new EvaluatedSubject(p, seed);
        GeneratedSubject subject = new GeneratedSubject(c, seed);
        for (Tensor t : p.parameters()) subject.set(t.name(), yardstick.parameter(t.name()));
        Map<String, double[]> data = RandomData.of(p, examples, seed);
        List<ReferenceCheck.Row> rows = new java.util.ArrayList<>();
        rows.add(new ReferenceCheck.Row(
                "loss",
                ReferenceCheck.error(
                        new double[] {subject.loss(data, examples)}, new double[] {yardstick.loss(data, examples)})));
        Map<String, double[]> outputs = yardstick.outputs(data, examples);
        subject.outputs(data, examples)
                .forEach((name, v) -> rows.add(new ReferenceCheck.Row("output/" + name, ReferenceCheck.error(v, outputs.get(name)))));
        Map<String, double[]> gradient = yardstick.gradient(data, examples);
        subject.gradient(data, examples)
                .forEach((name, v) -> rows.add(new ReferenceCheck.Row("grad/" + name, ReferenceCheck.error(v, gradient.get(name)))));
        return rows;
    }

    private void print(String title, List<ReferenceCheck.Row> rows, double usual) {
        double limit = tolerance == null ? usual : tolerance;
        System.out.println(title + ", tolerance " + limit);
        for (ReferenceCheck.Row r : rows) {
            boolean bad = !(r.error() <= limit);
            failed |= bad;
            System.out.printf(
                    Locale.ROOT, "  %-30s %10.2e  %s%n", r.name(), r.error(), bad ? Terminal.bad("FAILED") : Terminal.good("ok"));
        }
    }
}
