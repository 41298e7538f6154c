package org.nnl.derive;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.nnl.equations.Expr;
import org.nnl.equations.GraphReader;

/**
 * Partial derivatives of bodies, each derived once. They are looked up in memory, where those shipped with the compiler
 * ({@code partials.txt}) and those of an optional file of the user's are found too; only what none of them has is asked
 * of {@link Symja}, which is not started before. A line reads
 * <pre>d/dr0 of tanh(r0 + r1) = 1 - y*y</pre>
 * where {@code y} is the value of the whole body and the other names are as in {@link Formula}.
 */
public final class Partials {
    private static final String SHIPPED = "partials.txt";

    private final SortedMap<String, String> known = new TreeMap<>();
    private final Map<String, String> unproven = new TreeMap<>();
    private final SortedMap<String, String> used = new TreeMap<>();
    private final SortedMap<String, String> fresh = new TreeMap<>();
    private final Path file;
    private final UnaryOperator<Expr> fault;
    private Symja symja;

    private Partials(Map<String, String> known, Path file, UnaryOperator<Expr> fault) {
        this.known.putAll(known);
        this.file = file;
        this.fault = fault;
    }

    /** With what is shipped. */
    public static Partials shipped() {
        return new Partials(readShipped(), null, e -> e);
    }

    /**
     * With what is shipped and what the file holds, which is checked numerically before it is believed; {@link #save}
     * adds what was derived since.
     */
    public static Partials cachedIn(Path file) {
        Partials partials = new Partials(readShipped(), file, e -> e);
        try {
            if (Files.isRegularFile(file)) partials.unproven.putAll(parse(Files.readString(file)));
        } catch (IOException e) {
            // a cache that cannot be read is no cache
        }
        return partials;
    }

    /** Knowing nothing, so that everything is derived anew. */
    public static Partials fresh() {
        return new Partials(Map.of(), null, e -> e);
    }

    /** For tests of the tests: every partial passes through {@code fault} on its way out. */
    Partials spoiltBy(UnaryOperator<Expr> newFault) {
        return new Partials(known, null, newFault);
    }

    /**
     * {@code ∂body/∂by}.
     *
     * @param by     a read in the body, or any leaf
     * @param result where the value of the body can be read, or null if nowhere
     */
    public Expr of(Expr body, Expr by, Expr result) {
        Formula f = Formula.of(body);
        String name = f.name(by);
        if (name == null) return Expr.ZERO;
        String key = "d/d" + name + " of " + f.body();
        String text = known.get(key);
        if (text == null) {
            text = unproven.get(key);
            if (text == null || !isSound(text, f.body(), name)) {
                text = derive(f.body(), name).toString();
                fresh.put(key, text);
            }
            known.put(key, text);
        }
        used.put(key, text);
        return fault.apply(f.restore(GraphReader.readExpr(text), result == null ? body : result));
    }

    /** What has been asked for so far, by its line's left side. */
    public SortedMap<String, String> used() {
        return Collections.unmodifiableSortedMap(used);
    }

    /** Whether the computer algebra system had to be started. */
    public boolean isSymjaStarted() {
        return symja != null;
    }

    /** Adds what was derived to the file given, if one was; other processes may do so at the same time. */
    public void save() {
        if (file == null || fresh.isEmpty()) return;
        try {
            SortedMap<String, String> all = new TreeMap<>();
            if (Files.isRegularFile(file)) all.putAll(parse(Files.readString(file)));
            all.putAll(fresh);
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path temporary = Files.createTempFile(file.toAbsolutePath().getParent(), "partials", ".tmp");
            Files.writeString(temporary, print(all));
            try {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
            }
            fresh.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSound(String text, Expr formula, String variable) {
        try {
            return new Soundness(formula, variable).objection(GraphReader.readExpr(text)) == null;
        } catch (RuntimeException e) {
            return false; // not even a formula over these names
        }
    }

    /** The right side of a line of a cache, from its left side, derived anew. */
    String derive(String key) {
        int of = key.indexOf(" of ");
        return derive(GraphReader.readExpr(key.substring(of + 4)), key.substring(3, of)).toString();
    }

    /**
     * The cheapest sound form; if none is sound everywhere, as where the formula itself divides by 0, the plain chain
     * rule.
     *
     * @throws IllegalStateException if even that disagrees with the formula: an error of the compiler
     */
    private Expr derive(Expr formula, String variable) {
        if (symja == null) symja = new Symja();
        Soundness soundness = new Soundness(formula, variable);
        List<Expr> candidates = symja.derivatives(formula, variable);
        Expr best = null;
        for (Expr candidate : candidates)
            if ((best == null || Cost.of(candidate) < Cost.of(best)) && soundness.objection(candidate) == null)
                best = candidate;
        if (best != null) return best;
        Expr plain = candidates.get(0);
        if (soundness.isWrong(plain))
            throw new IllegalStateException("internal error: the derivative by " + variable + " of " + formula + " came out as "
                    + plain + ", which gives " + soundness.objection(plain));
        return plain;
    }

    static String print(SortedMap<String, String> lines) {
        StringBuilder s = new StringBuilder();
        lines.forEach((key, value) -> s.append(key).append(" = ").append(value).append('\n'));
        return s.toString();
    }

    static SortedMap<String, String> parse(String text) {
        SortedMap<String, String> lines = new TreeMap<>();
        for (String line : text.split("\n")) {
            int equals = line.lastIndexOf(" = ");
            if (line.startsWith("d/d") && equals > 0) lines.put(line.substring(0, equals), line.substring(equals + 3));
        }
        return lines;
    }

    private static SortedMap<String, String> readShipped() {
        try (InputStream in = Partials.class.getResourceAsStream(SHIPPED)) {
            return in == null ? new TreeMap<>() : parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
