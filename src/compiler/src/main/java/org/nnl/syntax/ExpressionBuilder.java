package org.nnl.syntax;

import java.util.List;
import java.util.function.Function;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.nnl.syntax.parser.NNLParser;

/** From ANTLR's parse tree to ours: expressions. */
final class ExpressionBuilder {
    /** A row {@code a + b + …} becomes a tree as deep as it is long, which later stages walk recursively. */
    private static final int LONGEST_ROW = 500;

    private final Lines lines;
    private final List<Diagnostic> errors;

    ExpressionBuilder(Lines lines, List<Diagnostic> errors) {
        this.lines = lines;
        this.errors = errors;
    }

    Tree.Expression expression(ParserRuleContext c) {
        return any(c);
    }

    Tree.IndexVariable indexVariable(NNLParser.IndexVariableContext c) {
        return new Tree.IndexVariable(span(c), any(c.sum(0)), c.sum().size() > 1 ? any(c.sum(1)) : null);
    }

    private Tree.Expression any(ParseTree tree) {
        // Most rules of the ladder of precedences have a single child.
        ParseTree c = tree;
        while (c.getChildCount() == 1 && c.getChild(0) instanceof ParserRuleContext only) c = only;
        if (c instanceof NNLParser.ExpressionContext i) {
            return new Tree.Conditional(span(i), any(i.expression(0)), any(i.expression(1)), any(i.expression(2)));
        }
        if (c instanceof NNLParser.NegationContext || c instanceof NNLParser.ExponentContext) {
            return new Tree.Unary(span(c), c.getChild(0).getText(), any(c.getChild(1)));
        }
        if (c instanceof NNLParser.FactorContext f) return tooLong(f) ? any(f.power()) : product((NNLParser.ProductContext) f.getParent(), 0, 0);
        if (c instanceof NNLParser.ProductContext p) return tooLong(p) ? any(p.factor(0).power()) : product(p, 0, 0);
        if (c instanceof NNLParser.ValueContext v) return atom(v, v.NUMBER(), v.TEXT(), v.path(), v.call());
        if (c instanceof NNLParser.PostfixContext p) return postfix(p);
        if (c instanceof NNLParser.PrimaryContext p) return primary(p);
        if (c instanceof NNLParser.PathContext p) return new Tree.Name(span(p), p.getText());
        return row((ParserRuleContext) c);
    }

    /** Operands with operators of one precedence between them, to the left. */
    private Tree.Expression row(ParserRuleContext c) {
        Tree.Expression all = any(c.getChild(0));
        if (tooLong(c)) return all;
        for (int i = 1; i < c.getChildCount(); i += 2) {
            Tree.Expression right = any(c.getChild(i + 1));
            Span span = span(c.getStart(), last(c.getChild(i + 1)));
            all = new Tree.Binary(span, c.getChild(i).getText(), all, right);
        }
        return all;
    }

    /**
     * The product from child k of its factor i on. A fold takes all that stands to its right as its body, so it ends
     * the row.
     */
    private Tree.Expression product(NNLParser.ProductContext c, int i, int k) {
        Tree.Expression all = factor(c, i, k);
        Token first = start(c.factor(i).getChild(k));
        boolean ended = folds(c.factor(i), k);
        for (int j = i + 1; j < c.factor().size() && !ended; j++) {
            Tree.Expression right = factor(c, j, 0);
            ended = folds(c.factor(j), 0);
            Span span = span(first, ended ? c.getStop() : c.factor(j).getStop());
            all = new Tree.Binary(span, c.getChild(2 * j - 1).getText(), all, right);
        }
        return all;
    }

    /** Child k of factor i, a sign, a fold or what they stand before, and what belongs to it. */
    private Tree.Expression factor(NNLParser.ProductContext c, int i, int k) {
        NNLParser.FactorContext f = c.factor(i);
        ParseTree child = f.getChild(k);
        if (child instanceof NNLParser.PowerContext) return any(child);
        Span span = span(start(child), folds(f, k) ? c.getStop() : f.getStop());
        if (!(child instanceof NNLParser.FoldContext fold)) return new Tree.Unary(span, "-", factor(c, i, k + 1));
        return new Tree.Fold(
                span, fold.FOLD().getText(), list(fold.indexVariable(), this::indexVariable), product(c, i, k + 1));
    }

    private static boolean folds(NNLParser.FactorContext f, int from) {
        for (int k = from; k < f.getChildCount(); k++) if (f.getChild(k) instanceof NNLParser.FoldContext) return true;
        return false;
    }

    private boolean tooLong(ParserRuleContext c) {
        boolean is = c.getChildCount() > 2 * LONGEST_ROW;
        if (is) error(c.getStart(), "more than " + LONGEST_ROW + " operands in a row; split the expression");
        return is;
    }

    private Tree.Expression postfix(NNLParser.PostfixContext c) {
        Tree.Expression base = any(c.primary());
        int from = 0;
        for (int i = 1; i < c.getChildCount(); i++) {
            if (!c.getChild(i).getText().equals("]") || !(c.getChild(i) instanceof TerminalNode end)) continue;
            int start = from;
            List<NNLParser.SelectorContext> within = c.selector().stream()
                    .skip(start)
                    .filter(s -> s.getStart().getTokenIndex() < end.getSymbol().getTokenIndex())
                    .toList();
            from += within.size();
            Span span = span(c.getStart(), end.getSymbol());
            base = new Tree.Indexed(span, base, list(within, this::selector));
        }
        return base;
    }

    private Tree.Selector selector(NNLParser.SelectorContext c) {
        if (c.COLON() == null) return new Tree.At(span(c), any(c.expression(0)));
        boolean open = c.getChild(0) instanceof TerminalNode;
        Tree.Expression from = open ? null : any(c.expression(0));
        NNLParser.ExpressionContext to = c.expression(open ? 0 : 1);
        return new Tree.Slice(span(c), from, to == null ? null : any(to));
    }

    private Tree.Expression primary(NNLParser.PrimaryContext c) {
        if (c.NUMBER() != null || c.TEXT() != null || c.path() != null) {
            return atom(c, c.NUMBER(), c.TEXT(), c.path(), c.call());
        }
        if (c.LB() != null) return new Tree.Vector(span(c), list(c.expression(), this::any));
        if (c.argument().size() > 1) error(c.getStart(), "several values in brackets stand only directly after 'return'");
        return value(c.argument(0));
    }

    /** What stands in brackets that are no call's, where arguments have no names. */
    Tree.Expression value(NNLParser.ArgumentContext c) {
        if (c.expression().size() > 1) {
            Token bracket = c.getParent().getStart();
            String opened = Layout.at(lines.span(bracket.getStartIndex(), bracket.getStopIndex()));
            boolean equals = c.ASSIGN() != null;
            error(
                    ((TerminalNode) c.getChild(1)).getSymbol(),
                    "expected ')' to close '(' opened at " + opened + ", found '" + c.getChild(1).getText() + "'"
                            + (equals ? "; values are compared with '=='" : ""));
        }
        return any(c.expression(0));
    }

    /** {@code word(a, n = 2)}, if the expression is the brackets of such a call: with several arguments, or with names. */
    Tree.Call call(Token word, NNLParser.ExpressionContext c) {
        ParseTree t = c;
        while (t.getChildCount() == 1) t = t.getChild(0);
        boolean call = t instanceof NNLParser.PrimaryContext p && p.LP() != null
                && (p.argument().size() > 1 || p.argument(0).ASSIGN() != null);
        if (!call) return null;
        return new Tree.Call(
                span(word, c.getStop()), word.getText(), list(((NNLParser.PrimaryContext) t).argument(), this::argument));
    }

    private Tree.Expression atom(
            ParserRuleContext c,
            TerminalNode number,
            TerminalNode text,
            NNLParser.PathContext path,
            NNLParser.CallContext call) {
        if (number != null) return new Tree.Number(span(c), Double.parseDouble(number.getText()));
        if (text != null) return new Tree.Text(span(c), Lexemes.content(text.getText()));
        if (call == null) return new Tree.Name(span(c), path.getText());
        return new Tree.Call(span(c), path.getText(), list(call.argument(), this::argument));
    }

    private Tree.Argument argument(NNLParser.ArgumentContext c) {
        Tree.Expression first = any(c.expression(0));
        if (c.expression().size() == 1) return new Tree.Argument(span(c), null, first);
        Tree.Expression second = any(c.expression(1));
        if (c.COLON() != null) return new Tree.Argument(span(c), null, new Tree.Range(span(c), first, second));
        if (first instanceof Tree.Name n) return new Tree.Argument(span(c), n.name(), second);
        error(c.getStart(), "expected the name of an argument before '='; values are compared with '=='");
        return new Tree.Argument(span(c), null, second);
    }

    /** The {@code (a, b)} that an expression consists of, or null. */
    static NNLParser.PrimaryContext tuple(NNLParser.ExpressionContext c) {
        ParseTree t = c;
        while (t.getChildCount() == 1) t = t.getChild(0);
        return t instanceof NNLParser.PrimaryContext p && p.LP() != null && p.argument().size() > 1
                ? p
                : null;
    }

    Span span(ParseTree c) {
        return span(start(c), last(c));
    }

    private Span span(Token first, Token last) {
        return lines.span(first.getStartIndex(), last.getStopIndex());
    }

    private static Token start(ParseTree c) {
        return c instanceof TerminalNode t ? t.getSymbol() : ((ParserRuleContext) c).getStart();
    }

    private static Token last(ParseTree c) {
        return c instanceof TerminalNode t ? t.getSymbol() : ((ParserRuleContext) c).getStop();
    }

    private static <C, T> List<T> list(List<C> all, Function<C, T> f) {
        return all.stream().map(f).toList();
    }

    private void error(Token t, String message) {
        errors.add(Diagnostic.of(lines.span(t.getStartIndex(), t.getStopIndex()), message));
    }
}
