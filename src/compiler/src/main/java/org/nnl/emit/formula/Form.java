package org.nnl.emit.formula;

import java.util.List;
import java.util.function.Function;
import org.nnl.schedule.Value;

/** How one operation is written in one back end: a row of a table. */
sealed interface Form {

    /**
     * An expression, {@code $0}, {@code $1}, … standing for the arguments.
     *
     * @param level  how tightly it binds
     * @param levels how tightly each argument must bind at least
     */
    record Inline(String template, int level, List<Integer> levels) implements Form {}

    /**
     * Statements, then an expression after {@code return}. {@code $0} is the argument, a name; {@code $word} a fresh
     * local; a number in braces a vector filled with it.
     */
    record Recipe(String name, List<String> lines) implements Form {
        static Recipe of(String name, String text) {
            return new Recipe(name, text.strip().lines().map(String::strip).toList());
        }
    }

    /** In terms of other operations. */
    record Definition(Function<List<Value>, Value> body) implements Form {}

    /** An expression whose arguments bind as written. */
    static Inline inline(String template, int level, Integer... levels) {
        return new Inline(template, level, List.of(levels));
    }
}
