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

    Tree.Expression expression(NNLParser.ExpressionContext c) {
        return any(c);
    }

    Tree.IndexVariable indexVariable(NNLParser.IndexVariableContext c) {
        return new Tree.IndexVariable(span(c), any(c.sum(0)), c.sum().size() > 1 ? any(c.sum(1)) : null);
    }

    private Tree.Expression any(ParseTree tree) {
        // Most rules of the ladder of precedences have a single child.
        ParseTree c = tree;
        while (c.getChildCount() == 1 && c.getChild(0) instanceof ParserRuleContext only) c = only;
        if (c instanceof NNLParser.NegationContext || c instanceof NNLParser.UnaryContext) {
            return new Tree.Unary(span(c), c.getChild(0).getText(), any(c.getChild(1)));
        }
        if (c instanceof NNLParser.FoldContext f) {
            return new Tree.Fold(
                    span(f), f.FOLD().getText(), list(f.indexVariable(), this::indexVariable), any(f.product()));
        }
        if (c instanceof NNLParser.ConditionalContext i) {
            return new Tree.Conditional(span(i), any(i.expression(0)), any(i.expression(1)), any(i.expression(2)));
        }
        if (c instanceof NNLParser.PostfixContext p) return postfix(p);
        if (c instanceof NNLParser.PrimaryContext p) return primary(p);
        if (c instanceof NNLParser.PathContext p) return new Tree.Name(span(p), p.getText());
        return row((ParserRuleContext) c);
    }

    /** Operands with operators of one precedence between them, to the left. */
    private Tree.Expression row(ParserRuleContext c) {
        Tree.Expression all = any(c.getChild(0));
        if (c.getChildCount() > 2 * LONGEST_ROW) {
            error(c.getStart(), "more than " + LONGEST_ROW + " operands in a row; split the expression");
            return all;
        }
        for (int i = 1; i < c.getChildCount(); i += 2) {
            Tree.Expression right = any(c.getChild(i + 1));
            Span span = lines.span(c.getStart().getStartIndex(), last(c.getChild(i + 1)).getStopIndex());
            all = new Tree.Binary(span, c.getChild(i).getText(), all, right);
        }
        return all;
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
            Span span = lines.span(c.getStart().getStartIndex(), end.getSymbol().getStopIndex());
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
        if (c.NUMBER() != null) return new Tree.Number(span(c), Double.parseDouble(c.getText()));
        if (c.TEXT() != null) return new Tree.Text(span(c), Lexemes.content(c.getText()));
        if (c.path() != null) return new Tree.Call(span(c), c.path().getText(), list(c.argument(), this::argument));
        if (c.LB() != null) return new Tree.Vector(span(c), list(c.expression(), this::any));
        if (c.expression().size() > 1) error(c.getStart(), "several values in brackets stand only directly after 'return'");
        return any(c.expression(0));
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
        return t instanceof NNLParser.PrimaryContext p && p.LP() != null && p.path() == null && p.expression().size() > 1
                ? p
                : null;
    }

    Span span(ParseTree c) {
        Token first = c instanceof TerminalNode t ? t.getSymbol() : ((ParserRuleContext) c).getStart();
        return lines.span(first.getStartIndex(), last(c).getStopIndex());
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
