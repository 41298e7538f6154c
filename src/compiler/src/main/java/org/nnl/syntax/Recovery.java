package org.nnl.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.InputMismatchException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.TokenStream;
import org.antlr.v4.runtime.misc.IntervalSet;
import org.nnl.syntax.parser.NNLParser;

/**
 * What happens at a syntax error: one message in our own words, then everything up to the end of the statement, entry
 * or definition is skipped, so that one mistake gives one message and the next one is still found.
 */
final class Recovery extends DefaultErrorStrategy {
    private static final Map<Integer, String> IN_WORDS = Map.ofEntries(
            Map.entry(NNLParser.NAME, "a name"),
            Map.entry(NNLParser.NUMBER, "a number"),
            Map.entry(NNLParser.TEXT, "a text in double quotes"),
            Map.entry(NNLParser.NL, "the end of the statement"),
            Map.entry(NNLParser.CLASS, "'class(k)'"),
            Map.entry(Token.EOF, "the end of the file"));

    private static final Set<Integer> COMPARISONS =
            Set.of(NNLParser.LT, NNLParser.LE, NNLParser.GT, NNLParser.GE, NNLParser.EQ, NNLParser.NE);

    /** What may stand behind an expression. */
    private static final Set<Integer> ENDS =
            Set.of(NNLParser.NL, NNLParser.RP, NNLParser.RB, NNLParser.THEN, NNLParser.ELSE);

    private final Lines lines;
    private final List<Diagnostic> errors;
    private RecognitionException reported;

    /** Whether a definition has lost its block, so that its statements stand where definitions are expected. */
    private boolean adrift;

    Recovery(Lines lines, List<Diagnostic> errors) {
        this.lines = lines;
        this.errors = errors;
    }

    @Override
    public void reportError(Parser parser, RecognitionException e) {
        if (e == reported) return;
        reported = e;
        Token at = e.getOffendingToken();
        IntervalSet expected = e.getExpectedTokens();
        report(parser, at, expected == null ? new IntervalSet() : expected);
    }

    @Override
    public void recover(Parser parser, RecognitionException e) {
        RuleContext c = parser.getContext();
        adrift |= e.getCtx() instanceof NNLParser.DefinitionContext;
        if (c instanceof NNLParser.HeaderContext) {
            skip(parser, true, false);
        } else if (c instanceof NNLParser.EntryContext) {
            skip(parser, false, true);
        } else if (c instanceof NNLParser.StatementContext || c instanceof NNLParser.ItemContext) {
            skip(parser, false, false);
        } else if (c.parent != null) {
            throw e;
        }
    }

    @Override
    public Token recoverInline(Parser parser) {
        throw new InputMismatchException(parser);
    }

    /** In a list of statements, entries or definitions: what cannot start one is skipped as if it were one. */
    @Override
    public void sync(Parser parser) {
        RuleContext c = parser.getContext();
        boolean entries = c instanceof NNLParser.EntriesContext;
        boolean list = entries || c instanceof NNLParser.BlockContext || c instanceof NNLParser.UnitContext;
        if (!list) return;
        while (!parser.getExpectedTokens().contains(parser.getCurrentToken().getType())) {
            Token at = parser.getCurrentToken();
            if (!(adrift && c instanceof NNLParser.UnitContext)) report(parser, at, parser.getExpectedTokens());
            skip(parser, false, entries);
            if (parser.getCurrentToken() == at) {
                if (at.getType() == Token.EOF) return;
                parser.consume();
            }
        }
        if (c instanceof NNLParser.UnitContext) adrift = false;
    }

    /**
     * To behind the end of the statement (before a closing brace of the block around it), whole blocks at a time.
     *
     * @param header whether to stop before a block
     * @param entry  whether a comma ends it as well
     */
    private static void skip(Parser parser, boolean header, boolean entry) {
        int braces = 0;
        int brackets = 0;
        while (true) {
            int type = parser.getCurrentToken().getType();
            if (type == Token.EOF || type == NNLParser.RC && braces == 0) return;
            if (header && (type == NNLParser.LC || type == NNLParser.NL)) return;
            parser.consume();
            switch (type) {
                case NNLParser.LC -> braces++;
                case NNLParser.RC -> braces--;
                case NNLParser.LP, NNLParser.LB -> brackets++;
                case NNLParser.RP, NNLParser.RB -> brackets--;
                default -> {}
            }
            if (braces == 0 && (type == NNLParser.NL || entry && type == NNLParser.COMMA && brackets <= 0)) return;
        }
    }

    private void report(Parser parser, Token at, IntervalSet expected) {
        Span span = lines.span(at.getStartIndex(), at.getStopIndex());
        // A line with a wrong character or bracket is not worth a second message.
        if (errors.stream().anyMatch(e -> e.span().line() == span.line())) return;
        TokenStream tokens = parser.getInputStream();
        Token before = at.getTokenIndex() > 0 ? tokens.get(at.getTokenIndex() - 1) : null;
        Token real = at;
        while (real.getType() == NNLParser.NL && real.getText().isEmpty()) real = tokens.get(real.getTokenIndex() + 1);
        Diagnostic misspelt = misspelt(parser, tokens, at);
        errors.add(
                misspelt != null ? misspelt : Diagnostic.of(span, message(parser, tokens, before, real, expected)));
    }

    private String message(Parser parser, TokenStream tokens, Token before, Token at, IntervalSet expected) {
        boolean starting = before == null || before.getType() == NNLParser.NL || before.getType() == NNLParser.LC;
        RuleContext c = parser.getContext();
        if (c instanceof NNLParser.UnitContext) {
            return "expected a definition (model, layer, function, optimizer, distribution, data) or an import, found "
                    + Layout.found(at)
                    + Suggestions.hint(at.getText(), Layout.DEFINITIONS.keySet().stream().sorted().toList());
        }
        if (starting && c instanceof NNLParser.BlockContext) {
            return "expected a statement, found " + Layout.found(at) + "; a line goes on if the line before it ends in an operator";
        }
        String after = before == null || starting ? "" : " after " + Layout.found(before);
        return "expected " + wanted(tokens, at, expected, after) + ", found " + Layout.found(at) + remark(before, at, expected);
    }

    private String wanted(TokenStream tokens, Token at, IntervalSet expected, String after) {
        if (expected.contains(NNLParser.NAME) && expected.contains(NNLParser.NUMBER) && !expected.contains(NNLParser.NL)) {
            return "an expression" + after;
        }
        if (expected.contains(NNLParser.RP)) return closing(tokens, at, NNLParser.LP, "')'", after);
        if (expected.contains(NNLParser.RB)) return closing(tokens, at, NNLParser.LB, "']'", after);
        if (expected.contains(NNLParser.THEN)) return "'then'" + after;
        if (expected.contains(NNLParser.ELSE)) return "'else'" + after;
        if (expected.contains(NNLParser.NL)) return "the end of the statement" + after;
        List<String> all = new ArrayList<>();
        for (int type : expected.toList()) {
            String literal = NNLParser.VOCABULARY.getLiteralName(type);
            all.add(IN_WORDS.getOrDefault(type, literal == null ? NNLParser.VOCABULARY.getSymbolicName(type) : literal));
        }
        if (all.isEmpty()) return "something else" + after;
        String last = all.remove(all.size() - 1);
        return (all.isEmpty() ? last : String.join(", ", all) + " or " + last) + after;
    }

    /** Names the bracket that is open: the innermost one before the error. */
    private String closing(TokenStream tokens, Token at, int opener, String closer, String after) {
        int closed = 0;
        for (int i = at.getTokenIndex() - 1; i >= 0; i--) {
            int type = tokens.get(i).getType();
            if (type == NNLParser.RP || type == NNLParser.RB) closed++;
            if (type != NNLParser.LP && type != NNLParser.LB) continue;
            if (closed-- > 0) continue;
            if (type != opener) break;
            Span s = lines.span(tokens.get(i).getStartIndex(), tokens.get(i).getStopIndex());
            return closer + " to close '" + tokens.get(i).getText() + "' opened at " + Layout.at(s);
        }
        return closer + after;
    }

    /** {@code parm W[2]}: two names in a row at the start of a statement. */
    private Diagnostic misspelt(Parser parser, TokenStream tokens, Token at) {
        int i = at.getTokenIndex();
        boolean second = i >= 1 && tokens.get(i - 1).getType() == NNLParser.NAME;
        boolean atStart = i == 1
                || i > 1 && (tokens.get(i - 2).getType() == NNLParser.NL || tokens.get(i - 2).getType() == NNLParser.LC);
        boolean inBlock = parser.getContext() instanceof NNLParser.AssignmentContext;
        if (!inBlock || !second || !atStart || at.getType() != NNLParser.NAME && at.getType() != NNLParser.NUMBER) return null;
        Token word = tokens.get(i - 1);
        List<String> known = Layout.STATEMENTS.keySet().stream().sorted().toList();
        String hint = Suggestions.hint(word.getText(), known);
        Span span = lines.span(word.getStartIndex(), word.getStopIndex());
        String message = "unknown statement '" + word.getText() + "'" + hint;
        return hint.isEmpty()
                ? Diagnostic.of(span, message, "a statement is an equation, y = …, or begins with " + String.join(", ", known))
                : Diagnostic.of(span, message);
    }

    private static String remark(Token before, Token at, IntervalSet expected) {
        int found = at.getType();
        boolean behindFold = before != null && Layout.FOLDS.contains(before.getText());
        if (behindFold && (found == NNLParser.NAME || found == NNLParser.NUMBER)) {
            return "; a fold names its indices: " + before.getText() + "[i] …";
        }
        boolean ended = ENDS.stream().anyMatch(expected::contains);
        if (ended && found == NNLParser.ASSIGN) return "; values are compared with '=='";
        if (ended && COMPARISONS.contains(found)) return "; comparisons are joined by 'and': a < b and b < c";
        boolean twice = found == NNLParser.TIMES && before != null && before.getType() == NNLParser.TIMES;
        if (twice) return "; a power is written with '^'";
        if (found == NNLParser.DOT && expected.contains(NNLParser.NUMBER)) return "; write 0.5, not .5";
        if (found > NNLParser.IF && found <= NNLParser.FOR && expected.contains(NNLParser.NAME) && found != NNLParser.NOT) {
            return ", a word of the language";
        }
        if (found == NNLParser.IF) return "; within an expression, 'if' stands in brackets";
        return "";
    }
}
