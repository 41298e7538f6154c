package org.nnl.elaborate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnl.equations.ExprPrinter;
import org.nnl.program.TrainSettings;
import org.nnl.program.TrainWords;
import org.nnl.syntax.Span;
import org.nnl.syntax.Suggestions;
import org.nnl.syntax.Tree;

/**
 * What a train block says: the whole numbers behind its words, and the optimisers in the order in which they act. The last
 * of them changes the parameters, unless an error has been reported.
 */
record Training(Map<String, Word> said, List<Tree.Call> stages) {

    /** A whole number, and where it stands. */
    record Word(double value, Span span) {}

    static final String OPTIMIZER = "optimizer";

    /** Whether an entry is written as a call, {@code clip(limit = 5)}. */
    private static boolean isCall(Tree.Entry e) {
        return e.arguments().size() == 1 && e.arguments().get(0) instanceof Tree.Call c && c.nameSpan().equals(e.span());
    }

    /** An error if several values follow the word of an entry, since the entries behind it were then taken for values. */
    private static void single(Tree.Entry e, Elaboration all, Frame f) {
        if (e.arguments().size() > 1)
            throw all.problems.error(f, e.arguments().get(1).span(), "'" + e.word() + "' stands with one value",
                    "entries are separated by commas, or stand on lines of their own");
        if (isCall(e)) throw all.problems.error(f, e.span(), "'" + e.word() + "' stands with one value, without a name");
    }

    /** An error if an optimiser changes something else than its place in the block is for: w the parameter, g gradients. */
    private static void changes(Tree.Call call, String wanted, Elaboration all, Frame f) {
        Tree.Optimizer o = Optimizers.find(call, all, f);
        boolean writes = Optimizers.writes(o, "w");
        if (wanted.equals("w") && !writes)
            throw all.problems.error(f, call.nameSpan(), "'" + call.name()
                    + "' changes no parameter: it has no equation w = …",
                    Optimizers.writes(o, "g")
                            ? new String[] {"what changes gradients stands by its own name beside the optimizer,"
                                    + " without the word 'optimizer'"}
                            : new String[0]);
        if (wanted.equals("g") && writes)
            throw all.problems.error(f, call.nameSpan(), "'" + call.name()
                    + "' changes the parameter itself, and what stands by its own name changes gradients",
                    "write: optimizer " + call.name());
    }

    /** What trains a loss of a model without train blocks: nothing. */
    static final Training NONE = new Training(Map.of(), List.of());

    /** Reads a train block. */
    static Training of(Tree.Train train, Elaboration all, Frame f) {
        Map<String, Word> said = new LinkedHashMap<>();
        List<Tree.Call> transforms = new ArrayList<>();
        Tree.Call optimizer = null;
        Set<String> seen = new LinkedHashSet<>();
        for (Tree.Entry e : train.entries()) {
            try {
                if (!seen.add(e.word()))
                    throw all.problems.error(f, e.span(), "'" + e.word() + "' stands here twice",
                            e.word().equals(OPTIMIZER)
                                    ? new String[] {"one optimizer changes the parameters; what changes gradients"
                                            + " before it stands by its own name, as in: clip 5"}
                                    : new String[0]);
                if (e.word().equals(OPTIMIZER)) {
                    single(e, all, f);
                    if (e.arguments().size() == 1 && e.arguments().get(0) instanceof Tree.Call c) optimizer = c;
                    else if (e.arguments().size() == 1 && e.arguments().get(0) instanceof Tree.Name n)
                        optimizer = new Tree.Call(n.span(), n.name(), List.of());
                    if (optimizer != null) changes(optimizer, "w", all, f);
                    else throw all.problems.error(f, e.span(),
                            "after 'optimizer' stands one of its kind, as in: optimizer adam(rate = 0.01)");
                } else if (e.word().equals(TrainWords.STATEFUL) && e.arguments().isEmpty()) {
                    said.put(TrainWords.STATEFUL, new Word(1, e.span()));
                } else if (e.word().equals("checkpoint") && e.arguments().isEmpty()) {
                    said.put(e.word(), new Word(TrainSettings.CHOOSE, e.span()));
                } else if (TrainWords.has(e.word())) {
                    single(e, all, f);
                    if (e.arguments().isEmpty()) throw all.problems.error(f, e.span(), "'" + e.word()
                            + "' needs a number");
                    Tree.Expression a = e.arguments().get(0);
                    boolean full = e.word().equals("unroll") && a instanceof Tree.Name x && x.name().equals("full");
                    int n = full ? TrainSettings.FULL : all.expressions.whole(a, f);
                    String refusal = TrainWords.refusal(e.word(), n);
                    if (refusal != null) throw all.problems.error(f, a.span(), "'" + e.word() + "' " + refusal);
                    said.put(e.word(), new Word(n, e.span()));
                } else if (all.definitions.find(e.word()) instanceof Tree.Optimizer) {
                    Tree.Call transform = isCall(e)
                            ? (Tree.Call) e.arguments().get(0)
                            : new Tree.Call(
                                    e.span(), e.word(),
                                    e.arguments().stream().map(x -> new Tree.Argument(x.span(), null, x)).toList());
                    changes(transform, "g", all, f);
                    transforms.add(transform);
                } else {
                    Set<String> known = TrainWords.all();
                    known.add(OPTIMIZER);
                    String settings = String.join(", ", known);
                    for (String n : all.definitions.names())
                        if (all.definitions.find(n) instanceof Tree.Optimizer) known.add(n);
                    String hint = Suggestions.hint(e.word(), known);
                    throw all.problems.error(f, e.span(), "unknown setting '" + e.word() + "'" + hint,
                            hint.isEmpty() ? new String[] {"there are " + settings + ", and gradient transforms"}
                                    : new String[0]);
                }
            } catch (Problems.Abort a) {
                // Reported; the other entries are looked at too.
            }
        }
        if (optimizer == null && !transforms.isEmpty())
            all.problems.error(f, transforms.get(0).span(), "'" + transforms.get(0).name()
                    + "' changes gradients; an optimizer is needed to use them");
        List<Tree.Call> stages = new ArrayList<>(transforms);
        if (optimizer != null) stages.add(optimizer);
        return new Training(said, stages);
    }

    /** The optimisers act in each step of this many. */
    int every(Map<String, Double> overrides) {
        return (int) (double) overrides.getOrDefault(TrainWords.EVERY, said.containsKey(TrainWords.EVERY) ? said.get(TrainWords.EVERY).value() : 1);
    }

    /**
     * The run-time settings, which are those of a step and with it of all train blocks: each may stand in any of them, and an
     * error is reported if two say different things.
     */
    static TrainSettings settings(Collection<Training> blocks, Elaboration all, Frame f, Map<String, Double> overrides) {
        Map<String, Word> first = new LinkedHashMap<>();
        for (Training t : blocks)
            t.said.forEach((word, here) -> {
                Word before = word.equals(TrainWords.EVERY) ? null : first.putIfAbsent(word, here);
                if (before != null && before.value() != here.value())
                    all.problems.error(f, here.span(), "'" + word + "' is " + ExprPrinter.number(before.value()) + " at "
                            + before.span().place() + " and " + ExprPrinter.number(here.value()) + " here",
                            "all losses learn in the same step, so it is one for all of them");
            });
        Map<String, Double> values = new LinkedHashMap<>();
        first.forEach((word, there) -> values.put(word, there.value()));
        values.putAll(overrides);
        TrainSettings d = TrainSettings.DEFAULT;
        return new TrainSettings(
                (int) (double) values.getOrDefault("batch", (double) d.batch()),
                (int) (double) values.getOrDefault("epochs", (double) d.epochs()),
                (long) (double) values.getOrDefault("seed", (double) d.seed()),
                (int) (double) values.getOrDefault("unroll", (double) d.unroll()),
                (int) (double) values.getOrDefault("threads", (double) d.threads()),
                values.getOrDefault(TrainWords.STATEFUL, d.stateful() ? 1.0 : 0) != 0,
                (int) (double) values.getOrDefault("checkpoint", (double) d.checkpoint()),
                (int) (double) values.getOrDefault("patience", (double) d.patience()));
    }
}
