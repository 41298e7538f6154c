package org.nnl.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.nnl.syntax.parser.NNLLexer;
import org.nnl.syntax.parser.NNLParser;

/** From the text of an {@code .nnl} file to its tree: lexer, {@link Layout}, grammar, {@link TreeBuilder}. */
public final class Parser {
    private Parser() {}

    /**
     * Parses a file.
     *
     * @param fileName as shown in messages
     * @throws SourceException with all syntax errors of the file
     */
    public static Tree.Unit parse(String fileName, String text) {
        Lines lines = new Lines(fileName, text);
        List<Diagnostic> errors = new ArrayList<>();
        List<CommonToken> comments = new ArrayList<>();
        List<CommonToken> raw = tokens(text, lines, comments, errors);
        List<Token> tokens = Layout.of(raw, lines, errors);
        // Brackets beyond the limit would only be reported again, and exhaust the stack.
        if (errors.stream().noneMatch(e -> e.message().contains("brackets within each other"))) {
            NNLParser.UnitContext unit = parse(tokens, lines, errors);
            if (errors.isEmpty()) {
                Tree.Unit tree = new TreeBuilder(lines, comments, errors).unit(unit);
                if (errors.isEmpty()) return tree;
            }
        }
        throw Diagnostics.exception(errors, Map.of(fileName, text));
    }

    /** Whether a word folds: {@code sum}. */
    public static boolean isFold(String word) {
        return Layout.FOLDS.contains(word);
    }

    /** Whether a statement can begin with a word: {@code loss}. */
    public static boolean isStatement(String word) {
        return Layout.STATEMENTS.containsKey(word);
    }

    private static List<CommonToken> tokens(
            String text, Lines lines, List<CommonToken> comments, List<Diagnostic> errors) {
        NNLLexer lexer = new NNLLexer(CharStreams.fromString(text));
        lexer.removeErrorListeners();
        Lexemes lexemes = new Lexemes(lines, errors);
        List<CommonToken> tokens = new ArrayList<>();
        for (Token t : lexer.getAllTokens()) {
            CommonToken token = (CommonToken) t;
            if (!lexemes.accept(token)) continue;
            (token.getChannel() == Token.DEFAULT_CHANNEL ? tokens : comments).add(token);
        }
        CommonToken end = new CommonToken(Token.EOF, "");
        int size = text.codePointCount(0, text.length());
        end.setStartIndex(size);
        end.setStopIndex(size);
        tokens.add(end);
        return tokens;
    }

    private static NNLParser.UnitContext parse(List<Token> tokens, Lines lines, List<Diagnostic> errors) {
        CommonTokenStream stream = new CommonTokenStream(new ListTokenSource(tokens));
        stream.fill();
        Bounded parser = new Bounded(stream);
        parser.removeErrorListeners();
        parser.setErrorHandler(new Recovery(lines, errors));
        // The grammar is LL(1), so the cheaper prediction is exact.
        parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
        try {
            return parser.unit();
        } catch (TooDeep e) {
            errors.add(Diagnostic.of(lines.span(e.at.getStartIndex(), e.at.getStopIndex()), "nested too deeply"));
            return null;
        }
    }

    private static final class TooDeep extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Token at;

        TooDeep(Token at) {
            super(null, null, false, false);
            this.at = at;
        }
    }

    /** Stops before the stack would overflow, on {@code ----…x} for example. */
    private static final class Bounded extends NNLParser {
        private static final int DEEPEST = 1500;
        private int depth;

        Bounded(CommonTokenStream tokens) {
            super(tokens);
        }

        @Override
        public void enterRule(ParserRuleContext context, int state, int rule) {
            super.enterRule(context, state, rule);
            if (++depth > DEEPEST) throw new TooDeep(getCurrentToken());
        }

        @Override
        public void exitRule() {
            super.exitRule();
            depth--;
        }
    }
}
