package org.nnl.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.nnl.Compilation;
import org.nnl.Stage;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "inspect", description = "Shows how a model becomes Java: any stage as text, or all on one page.")
final class InspectCommand implements Callable<Integer> {
    @Mixin
    private ModelFile model;

    @Option(names = "--stop", paramLabel = "STAGE", description = "The stage to print: ${COMPLETION-CANDIDATES} (default: simplified).")
    private Stage stop;

    @Option(names = "--graph", paramLabel = "NAME", description = "Only this graph: initial, predict, loss, training, gradient, update, begin, step; of a stage that has graphs.")
    private String graph;

    @Option(names = "--stages", paramLabel = "DIR", description = "Writes every stage to a file in this folder.")
    private Path stages;

    @Option(names = "--html", paramLabel = "FILE", description = "Writes a page with formulas, graph, schedule, memory and class.")
    private Path html;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        boolean text = stop != null || html == null && stages == null;
        Stage shown = stop == null ? Stage.SIMPLIFIED : stop;
        if (graph != null && (text ? !shown.hasGraphs() : stages == null))
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "'--graph' chooses from " + Arrays.stream(Stage.values()).filter(Stage::hasGraphs)
                            .map(Stage::toString).collect(Collectors.joining(", ")) + "; "
                            + (text ? "the stage " + shown : "the page") + " is not made of graphs");
        if (html != null) Output.file(html);
        if (stages != null) Output.folder(stages);
        Compilation c = model.compile();
        if (html != null) {
            String page = c.report();
            Output.write(html, out -> out.write(page));
            System.out.println(html);
        }
        if (stages != null) {
            for (Stage s : Stage.values()) {
                Path file = stages.resolve((s.ordinal() + 1) + "-" + s + (s == Stage.JAVA ? ".java" : ".txt"));
                String content = c.print(s, graph);
                Output.write(file, out -> out.write(content));
                System.out.println(file);
            }
        }
        if (text) System.out.print(c.print(shown, graph));
        return ExitCode.OK;
    }
}
