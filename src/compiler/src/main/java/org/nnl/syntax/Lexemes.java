package org.nnl.syntax;

import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.CommonToken;
import org.nnl.syntax.parser.NNLParser;

/** Checks the tokens one by one: characters, numbers, texts, comments. What is wrong is reported and made harmless. */
final class Lexemes {
    static final String OPEN_COMMENT = "the comment is not closed";

    private static final Map<String, String> INSTEAD = Map.of(
            "&", "write 'and'",
            "|", "write 'or'",
            "!", "write 'not', or '!=' between two values",
            "?", "a choice is written (if c then a else b)",
            "%", "there is no remainder operator",
            "'", "texts stand between double quotes",
            "#", "a comment starts with '//'");

    /** Up to here every integer is a double. */
    private static final double LARGEST_INTEGER = 9007199254740992.0;

    private final Lines lines;
    private final List<Diagnostic> errors;
    private int errorLine;

    Lexemes(Lines lines, List<Diagnostic> errors) {
        this.lines = lines;
        this.errors = errors;
    }

    /** Whether the token is to be kept. */
    boolean accept(CommonToken t) {
        switch (t.getType()) {
            case NNLParser.ERR -> {
                int line = lines.lineOf(t.getStartIndex());
                if (line != errorLine) unknown(t);
                errorLine = line;
                return false;
            }
            case NNLParser.BAD_NUMBER -> {
                badNumber(t);
                t.setText("1");
                t.setType(NNLParser.NUMBER);
            }
            case NNLParser.NUMBER -> number(t);
            case NNLParser.OPEN_TEXT -> {
                error(t, "the text is not closed: expected '\"' on the same line");
                t.setType(NNLParser.TEXT);
                t.setText("\"\"");
            }
            case NNLParser.TEXT -> text(t);
            case NNLParser.BLOCK_COMMENT -> {
                if (t.getText().length() < 4 || !t.getText().endsWith("*/")) {
                    error(t, OPEN_COMMENT + ": expected '*/'");
                }
            }
            default -> {}
        }
        return true;
    }

    private void unknown(CommonToken t) {
        int c = t.getText().codePointAt(0);
        boolean shown = c > ' ' && c < 127;
        boolean visible = !Character.isISOControl(c) && Character.isDefined(c) && !Character.isSpaceChar(c);
        String hint = INSTEAD.get(t.getText());
        String code = String.format("U+%04X", c);
        error(
                t,
                "unknown character "
                        + (shown ? "'" + t.getText() + "'" : visible ? "'" + t.getText() + "' (" + code + ")" : code)
                        + (hint == null ? "" : "; " + hint));
    }

    private void badNumber(CommonToken t) {
        String s = t.getText();
        if (s.endsWith(".")) {
            error(t, "'" + s + "' is not a number: digits are missing after '.'");
        } else if (s.matches("[0-9.]+[eE]")) {
            error(t, "'" + s + "' is not a number: the exponent is missing");
        } else {
            error(t, "'" + s + "' is neither a number nor a name; a name starts with a letter");
        }
    }

    private void number(CommonToken t) {
        double value = Double.parseDouble(t.getText());
        boolean zero = t.getText().matches("0*(\\.0*)?([eE].*)?");
        if (Double.isInfinite(value)) {
            error(t, "the number is too large");
        } else if (value == 0 && !zero) {
            error(t, "the number is too small: it would become 0");
        } else if (t.getText().matches("[0-9]+") && value > LARGEST_INTEGER) {
            error(t, "the integer is too large: at most 9007199254740992");
        }
    }

    private void text(CommonToken t) {
        String s = t.getText();
        for (int i = 1; i < s.length() - 1; i++) {
            if (s.charAt(i) != '\\') continue;
            if ("\\\"nt".indexOf(s.charAt(++i)) < 0) {
                error(t, "unknown escape '\\" + s.charAt(i) + "' in a text; there are \\\\ \\\" \\n and \\t");
                return;
            }
        }
    }

    /** What a text token stands for. */
    static String content(String token) {
        StringBuilder out = new StringBuilder();
        for (int i = 1; i < token.length() - 1; i++) {
            char c = token.charAt(i);
            if (c == '\\') {
                c = token.charAt(++i);
                c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
            }
            out.append(c);
        }
        return out.toString();
    }

    private void error(CommonToken t, String message) {
        errors.add(Diagnostic.of(lines.span(t.getStartIndex(), t.getStopIndex()), message));
    }
}
