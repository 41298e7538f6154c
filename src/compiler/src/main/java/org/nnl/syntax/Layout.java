package org.nnl.syntax;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;
import org.nnl.syntax.parser.NNLParser;

/**
 * From the lexer's tokens to those that the grammar is written for: one NL after every definition, statement and entry,
 * balanced braces, and words of the language told from names by where they stand.
 */
final class Layout {
    static final Map<String, Integer> DEFINITIONS = Map.of(
            "import", NNLParser.IMPORT,
            "model", NNLParser.DEFINE,
            "layer", NNLParser.DEFINE,
            "function", NNLParser.DEFINE,
            "optimizer", NNLParser.DEFINE,
            "distribution", NNLParser.DEFINE,
            "data", NNLParser.DATA);
    static final Map<String, Integer> STATEMENTS = Map.ofEntries(
            Map.entry("axis", NNLParser.AXIS),
            Map.entry("input", NNLParser.DECLARE),
            Map.entry("target", NNLParser.DECLARE),
            Map.entry("param", NNLParser.DECLARE),
            Map.entry("state", NNLParser.DECLARE),
            Map.entry("const", NNLParser.DECLARE),
            Map.entry("output", NNLParser.OUTPUT),
            Map.entry("loss", NNLParser.LOSS),
            Map.entry("metric", NNLParser.METRIC),
            Map.entry("return", NNLParser.RETURN),
            Map.entry("repeat", NNLParser.REPEAT),
            Map.entry("freeze", NNLParser.FREEZE),
            Map.entry("require", NNLParser.REQUIRE),
            Map.entry("train", NNLParser.TRAIN));
    static final Set<String> FOLDS = Set.of("sum", "mean", "max", "min", "argmax", "product");

    /** After these a line goes on. */
    private static final Set<Integer> OPERATORS = Set.of(
            NNLParser.PLUS,
            NNLParser.MINUS,
            NNLParser.TIMES,
            NNLParser.DIVIDE,
            NNLParser.MATMUL,
            NNLParser.POWER,
            NNLParser.EQ,
            NNLParser.NE,
            NNLParser.LT,
            NNLParser.LE,
            NNLParser.GT,
            NNLParser.GE,
            NNLParser.ASSIGN,
            NNLParser.TILDE,
            NNLParser.ARROW,
            NNLParser.COLON,
            NNLParser.DOT,
            NNLParser.AND,
            NNLParser.OR,
            NNLParser.NOT,
            NNLParser.IF,
            NNLParser.THEN,
            NNLParser.ELSE,
            NNLParser.FOR);

    private static final int DEEPEST = 100;

    private final List<CommonToken> in;
    private final Lines lines;
    private final List<Diagnostic> errors;
    private final Map<Integer, Integer> partner = new HashMap<>();
    private final List<Token> out = new ArrayList<>();

    /** What opened the braces around the current token: DEFINE or REPEAT, or TRAIN or DATA, whose lines are entries. */
    private final Deque<Integer> blocks = new ArrayDeque<>();

    private int statementType;

    private Layout(List<CommonToken> in, Lines lines, List<Diagnostic> errors) {
        this.in = in;
        this.lines = lines;
        this.errors = errors;
    }

    /**
     * @param tokens without comments, with line breaks, ending in EOF
     * @param errors takes what is wrong with brackets and braces
     */
    static List<Token> of(List<CommonToken> tokens, Lines lines, List<Diagnostic> errors) {
        Layout layout = new Layout(new ArrayList<>(tokens), lines, errors);
        layout.balance();
        layout.arrange();
        return layout.out;
    }

    /**
     * Finds the partner of every bracket and mends braces. A round or square bracket that is still open at a brace or
     * at what must be a new statement has no partner: the parser will meet the end of its line and say so. A brace still
     * open at the next definition or at the end gets its partner there; but a definition within another, whose braces are
     * all closed behind it, is left out.
     */
    private void balance() {
        List<CommonToken> mended = new ArrayList<>();
        Deque<Integer> open = new ArrayDeque<>();
        boolean tooDeep = false;
        for (int i = 0; i < in.size(); i++) {
            CommonToken t = in.get(i);
            int type = t.getType();
            boolean ends = type == Token.EOF || startsDefinition(i) && braces(mended, open) > 0;
            if (ends && closers(i) >= braces(mended, open) && type != Token.EOF) {
                i = within(i, mended, open);
                continue;
            }
            if (ends) closeBraces(mended, open, t);
            boolean newStatement = i > 0 && in.get(i - 1).getType() == NNLParser.NL && startsStatement(i);
            if (type == NNLParser.LC || type == NNLParser.RC || newStatement) dropBrackets(mended, open);
            if (type == NNLParser.RC && open.isEmpty()) {
                errors.add(Diagnostic.of(span(t), "'}' closes nothing: no '{' is open here"));
                continue;
            }
            int at = mended.size();
            mended.add(t);
            if (type == NNLParser.LC || type == NNLParser.LP || type == NNLParser.LB) {
                open.push(at);
                if (open.size() > DEEPEST && !tooDeep) {
                    tooDeep = true;
                    errors.add(Diagnostic.of(span(t), "more than " + DEEPEST + " brackets within each other"));
                }
            } else if (type == NNLParser.RC) {
                partner.put(open.pop(), at);
            } else if (type == NNLParser.RP || type == NNLParser.RB) {
                int opener = type == NNLParser.RP ? NNLParser.LP : NNLParser.LB;
                if (inside(mended, open, opener)) {
                    while (mended.get(open.peek()).getType() != opener) open.pop();
                    partner.put(open.pop(), at);
                }
            }
        }
        in.clear();
        in.addAll(mended);
    }

    private static long braces(List<CommonToken> tokens, Deque<Integer> open) {
        return open.stream().filter(i -> tokens.get(i).getType() == NNLParser.LC).count();
    }

    /** How many braces from here on close what is open before. */
    private long closers(int from) {
        List<CommonToken> rest = in.subList(from, in.size());
        return rest.stream().filter(t -> t.getType() == NNLParser.RC).count()
                - rest.stream().filter(t -> t.getType() == NNLParser.LC).count();
    }

    /** Reports a definition that stands within another; gives the last token of its block, or of its line if it has none. */
    private int within(int start, List<CommonToken> mended, Deque<Integer> open) {
        dropBrackets(mended, open);
        CommonToken word = in.get(start);
        errors.add(Diagnostic.of(
                span(word), "'" + word.getText() + "' begins a definition, which stands beside others, never in one",
                "it belongs behind the '}' of the block opened at " + at(span(mended.get(open.peek())))));
        int i = start, depth = 0;
        while (type(i) != NNLParser.NL && type(i) != NNLParser.LC) i++;
        int block = i;
        while (type(block) == NNLParser.NL) block++;
        if (type(block) != NNLParser.LC) return i - 1;
        for (i = block; ; i++) {
            if (type(i) == NNLParser.LC) depth++;
            if (type(i) == NNLParser.RC && --depth == 0) return i;
        }
    }

    private static void dropBrackets(List<CommonToken> tokens, Deque<Integer> open) {
        while (!open.isEmpty() && tokens.get(open.peek()).getType() != NNLParser.LC) open.pop();
    }

    private static boolean inside(List<CommonToken> tokens, Deque<Integer> open, int opener) {
        for (int i : open) {
            int type = tokens.get(i).getType();
            if (type == opener) return true;
            if (type == NNLParser.LC) return false;
        }
        return false;
    }

    private void closeBraces(List<CommonToken> mended, Deque<Integer> open, CommonToken before) {
        dropBrackets(mended, open);
        if (open.isEmpty()) return;
        boolean cutOff = errors.stream().anyMatch(e -> e.message().startsWith(Lexemes.OPEN_COMMENT));
        // The end of the file is shown behind its last word.
        CommonToken end = new CommonToken(before);
        if (before.getType() == Token.EOF) {
            CommonToken last = mended.get(mended.size() - 1);
            for (int i = mended.size() - 1; i > 0 && last.getType() == NNLParser.NL; i--) last = mended.get(i - 1);
            end.setStartIndex(last.getStopIndex() + 1);
            end.setStopIndex(last.getStopIndex() + 1);
        }
        List<String> notes = new ArrayList<>();
        Span first = span(mended.get(open.peek()));
        while (!open.isEmpty()) {
            dropBrackets(mended, open);
            Span s = span(mended.get(open.peek()));
            if (!s.equals(first)) notes.add("the '{' at " + at(s) + " is still open as well");
            partner.put(open.pop(), mended.size());
            mended.add(made(NNLParser.RC, "}", before));
            dropBrackets(mended, open);
        }
        if (cutOff) return;
        if (before.getType() != Token.EOF)
            notes.add(0, "'" + before.getText() + "' begins a definition, which stands beside others, never in one");
        errors.add(new Diagnostic(
                span(end),
                "expected '}' to close '{' opened at " + at(first) + ", found " + found(before),
                notes));
    }

    /** {@code layer f(…) {}, {@code model M {}, {@code import "…"} at the start of a line: cannot be anything else. */
    private boolean startsDefinition(int i) {
        Integer word = in.get(i).getType() == NNLParser.NAME ? DEFINITIONS.get(in.get(i).getText()) : null;
        if (word == null || i > 0 && in.get(i - 1).getType() != NNLParser.NL) return false;
        if (word == NNLParser.IMPORT) return type(i + 1) == NNLParser.TEXT;
        int j = type(i + 1) == NNLParser.NAME ? i + 2 : i + 1;
        if (j == i + 1 && word != NNLParser.DATA) return false;
        if (type(j) == NNLParser.LP) {
            int depth = 0;
            do {
                if (type(j) == NNLParser.LP) depth++;
                if (type(j) == NNLParser.RP) depth--;
                if (type(j) == Token.EOF || type(j) == NNLParser.LC) break;
                j++;
            } while (depth > 0);
        }
        while (type(j) == NNLParser.NL) j++;
        return type(j) == NNLParser.LC || type(j) == NNLParser.ARROW || type(j) == NNLParser.ASSIGN && j > i + 1;
    }

    private void arrange() {
        int inBrackets = 0;
        Map<Integer, Integer> closers = new HashMap<>();
        partner.forEach((from, to) -> closers.put(to, from));
        for (int i = 0; i < in.size(); i++) {
            CommonToken t = in.get(i);
            switch (t.getType()) {
                case NNLParser.NL -> {
                    if (inBrackets == 0 && !goesOn(i)) end(t);
                }
                case NNLParser.SEMICOLON -> {
                    if (inBrackets > 0 || !atStart()) add(retyped(t, NNLParser.NL));
                }
                case NNLParser.LC -> {
                    blocks.push(statementType);
                    add(t);
                }
                case NNLParser.RC -> {
                    if (last() != NNLParser.LC) end(t);
                    blocks.poll();
                    add(t);
                }
                case Token.EOF -> {
                    end(t);
                    add(t);
                }
                case NNLParser.NAME -> {
                    CommonToken word = word(i, t);
                    if (atStart()) statementType = word.getType();
                    add(word);
                }
                default -> {
                    if (atStart()) statementType = t.getType();
                    if (t.getType() == NNLParser.LP || t.getType() == NNLParser.LB) {
                        if (partner.containsKey(i)) inBrackets++;
                    } else if (closers.containsKey(i)) {
                        inBrackets--;
                    }
                    add(t);
                }
            }
        }
    }

    /** Whether the line break at i does not end anything. */
    private boolean goesOn(int i) {
        if (atStart()) return true;
        int j = i + 1;
        while (type(j) == NNLParser.NL) j++;
        int next = type(j);
        if (next == NNLParser.THEN || next == NNLParser.ELSE || next == NNLParser.LC) return true;
        if (last() == NNLParser.COMMA) return entries() || !startsStatement(j);
        return OPERATORS.contains(last()) && !startsStatement(j) && !assigns(j);
    }

    /** A word of a statement and what it declares: two names in a row are nothing else. */
    private boolean startsStatement(int i) {
        if (type(i) != NNLParser.NAME) return false;
        String text = in.get(i).getText();
        return (STATEMENTS.containsKey(text) || DEFINITIONS.containsKey(text))
                && (type(i + 1) == NNLParser.NAME || type(i + 1) == NNLParser.NUMBER);
    }

    /** A name, perhaps with indices, and {@code =}. */
    private boolean assigns(int i) {
        return type(i) == NNLParser.NAME && type(afterIndices(i)) == NNLParser.ASSIGN;
    }

    private int afterIndices(int i) {
        return type(i + 1) == NNLParser.LB && partner.containsKey(i + 1) ? partner.get(i + 1) + 1 : i + 1;
    }

    private CommonToken word(int i, CommonToken t) {
        String text = t.getText();
        if (text.equals("class") && last() == NNLParser.COLON && type(i + 1) == NNLParser.LP) {
            return retyped(t, NNLParser.CLASS);
        }
        if (atStart() && blocks.isEmpty() && DEFINITIONS.containsKey(text)) return retyped(t, DEFINITIONS.get(text));
        boolean statement = atStart() && !blocks.isEmpty() && !entries();
        if (statement) {
            int next = type(afterIndices(i));
            boolean target = next == NNLParser.ASSIGN || next == NNLParser.COMMA;
            if (STATEMENTS.containsKey(text) && !target) return retyped(t, STATEMENTS.get(text));
            if (FOLDS.contains(text) && target && type(i + 1) == NNLParser.LB) {
                errors.add(Diagnostic.of(
                        span(t), "a tensor with indices cannot be called '" + text + "': " + text + "[i] is a fold"));
                return t;
            }
        }
        return FOLDS.contains(text) && type(i + 1) == NNLParser.LB ? retyped(t, NNLParser.FOLD) : t;
    }

    private boolean entries() {
        Integer opener = blocks.peek();
        return opener != null && (opener == NNLParser.TRAIN || opener == NNLParser.DATA);
    }

    private boolean atStart() {
        return out.isEmpty() || last() == NNLParser.NL || last() == NNLParser.LC || last() == NNLParser.COMMA && entries();
    }

    private void end(CommonToken before) {
        if (!out.isEmpty() && last() != NNLParser.NL) {
            add(before.getType() == NNLParser.NL ? before : made(NNLParser.NL, "", before));
        }
    }

    private int last() {
        return out.isEmpty() ? Token.EOF : out.get(out.size() - 1).getType();
    }

    private int type(int i) {
        return i < in.size() ? in.get(i).getType() : Token.EOF;
    }

    private void add(CommonToken t) {
        t.setTokenIndex(out.size());
        out.add(t);
    }

    private static CommonToken retyped(CommonToken t, int type) {
        CommonToken copy = new CommonToken(t);
        copy.setText(t.getText());
        copy.setType(type);
        return copy;
    }

    private static CommonToken made(int type, String text, CommonToken before) {
        CommonToken t = new CommonToken(before);
        t.setType(type);
        t.setText(text);
        return t;
    }

    private Span span(Token t) {
        return lines.span(t.getStartIndex(), t.getStopIndex());
    }

    static String at(Span s) {
        return s.line() + ":" + s.column();
    }

    /** A token in words. */
    static String found(Token t) {
        return switch (t.getType()) {
            case Token.EOF -> "the end of the file";
            case NNLParser.NL -> t.getText().equals(";") ? "';'" : "the end of the line";
            case NNLParser.TEXT -> t.getText();
            default -> "'" + t.getText() + "'";
        };
    }
}
