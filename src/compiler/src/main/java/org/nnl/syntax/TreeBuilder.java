package org.nnl.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.nnl.syntax.parser.NNLParser;

/** From ANTLR's parse tree, which has no errors, to ours: definitions and statements. */
final class TreeBuilder {
    private final Lines lines;
    private final List<CommonToken> comments;
    private final List<Diagnostic> errors;
    private final ExpressionBuilder expressions;

    /** @param errors takes what the grammar cannot say */
    TreeBuilder(Lines lines, List<CommonToken> comments, List<Diagnostic> errors) {
        this.lines = lines;
        this.comments = comments;
        this.errors = errors;
        this.expressions = new ExpressionBuilder(lines, errors);
    }

    Tree.Unit unit(NNLParser.UnitContext c) {
        List<Tree.Import> imports = new ArrayList<>();
        List<Tree.Definition> definitions = new ArrayList<>();
        for (NNLParser.ItemContext item : c.item()) {
            if (item.importing() != null) {
                Token path = item.importing().TEXT().getSymbol();
                imports.add(new Tree.Import(span(path), Lexemes.content(path.getText())));
            } else if (item.data() != null) {
                NNLParser.DataContext d = item.data();
                definitions.add(new Tree.Data(span(d.getStart()), name(d.NAME()), entries(d.entries(), false)));
            } else {
                definitions.add(definition(item.definition()));
            }
        }
        definitions.forEach(new Placement(errors)::check);
        return new Tree.Unit(lines.span(0, 0), imports, definitions);
    }

    private Tree.Definition definition(NNLParser.DefinitionContext c) {
        NNLParser.HeaderContext h = c.header();
        String word = c.DEFINE().getText();
        Span span = span(h.NAME().getSymbol());
        String name = h.NAME().getText();
        List<Tree.Parameter> parameters = list(h.parameter(), this::parameter);
        List<Tree.Statement> body;
        if (c.block() != null) {
            body = block(c.block());
        } else {
            body = List.of(new Tree.Return(expressions.span(c.expression()), values(c.expression())));
            if (!word.equals("function") && !word.equals("distribution")) {
                error(c.ASSIGN().getSymbol(), "expected '{': the body of this " + word + " stands between braces");
            }
        }
        if (h.results() != null && !word.equals("layer") && !word.equals("function")) {
            error(h.ARROW().getSymbol(), (word.startsWith("o") ? "an " : "a ") + word + " declares no results");
        }
        List<Tree.Parameter> results = h.results() == null ? List.of() : list(h.results().result(), this::result);
        return switch (word) {
            case "model" -> new Tree.Model(span, name, parameters, body, doc(c.getStart()));
            case "layer" -> new Tree.Layer(span, name, parameters, results, body);
            case "function" -> new Tree.Function(span, name, parameters, body);
            case "optimizer" -> new Tree.Optimizer(span, name, parameters, body);
            default -> new Tree.Distribution(span, name, parameters, body);
        };
    }

    private Tree.Parameter parameter(NNLParser.ParameterContext c) {
        return new Tree.Parameter(
                span(c.NAME().getSymbol()), c.NAME().getText(), sizes(c.sizes()), classes(c.classes()), maybe(c.expression()));
    }

    private Tree.Parameter result(NNLParser.ResultContext c) {
        return new Tree.Parameter(expressions.span(c), name(c.NAME()), sizes(c.sizes()), null, null);
    }

    private List<Tree.Expression> sizes(NNLParser.SizesContext c) {
        return c == null ? List.of() : list(c.expression(), expressions::expression);
    }

    private Tree.Expression classes(NNLParser.ClassesContext c) {
        return c == null ? null : expressions.expression(c.expression());
    }

    /** @param calls whether {@code clip(limit = 5)} is an entry */
    private List<Tree.Entry> entries(NNLParser.EntriesContext c, boolean calls) {
        return list(
                c.entry(),
                e -> new Tree.Entry(span(e.NAME().getSymbol()), e.NAME().getText(), arguments(e, calls)));
    }

    private List<Tree.Expression> arguments(NNLParser.EntryContext c, boolean calls) {
        List<Tree.Expression> all = new ArrayList<>();
        if (calls && c.expression() != null && c.ASSIGN() == null && c.value().isEmpty()) {
            Tree.Call call = expressions.call(c.NAME().getSymbol(), c.expression());
            if (call != null) return List.of(call);
        }
        if (c.expression() != null) all.add(expressions.expression(c.expression()));
        for (NNLParser.ValueContext v : c.value()) all.add(expressions.expression(v));
        return List.copyOf(all);
    }

    private List<Tree.Statement> block(NNLParser.BlockContext c) {
        List<Tree.Statement> all = new ArrayList<>();
        for (NNLParser.StatementContext s : c.statement()) statement((ParserRuleContext) s.getChild(0), all);
        return List.copyOf(all);
    }

    private void statement(ParserRuleContext c, List<Tree.Statement> all) {
        if (c instanceof NNLParser.AxisContext a) {
            for (NNLParser.SizedContext s : a.sized()) {
                all.add(new Tree.AxisDeclaration(
                        span(s.NAME().getSymbol()), s.NAME().getText(), expressions.expression(s.expression())));
            }
        } else if (c instanceof NNLParser.DeclarationContext d) {
            Tree.Word word = Tree.Word.valueOf(d.DECLARE().getText().toUpperCase(Locale.ROOT));
            for (NNLParser.DeclaredContext e : d.declared()) all.add(declared(word, e));
        } else if (c instanceof NNLParser.OutputContext o) {
            output(o, all);
        } else if (c instanceof NNLParser.AssignmentContext a) {
            all.add(new Tree.Assignment(
                    expressions.span(a), false, list(a.left(), this::left), expressions.expression(a.expression())));
        } else if (c instanceof NNLParser.LossContext l) {
            all.add(loss(l));
        } else if (c instanceof NNLParser.MetricContext m) {
            all.add(new Tree.Metric(
                    span(m.NAME().getSymbol()), m.NAME().getText(), expressions.expression(m.expression())));
        } else if (c instanceof NNLParser.ReturningContext r) {
            all.add(new Tree.Return(expressions.span(r), values(r.expression())));
        } else if (c instanceof NNLParser.RepeatContext r) {
            all.add(repeat(r));
        } else if (c instanceof NNLParser.FreezeContext f) {
            all.add(new Tree.Freeze(span(f.getStart()), list(f.path(), this::path)));
        } else if (c instanceof NNLParser.RequirementContext r) {
            all.add(new Tree.Require(span(r.getStart()), list(r.expression(), this::condition)));
        } else if (c instanceof NNLParser.TrainContext t) {
            all.add(new Tree.Train(
                    span(t.NAME() == null ? t.getStart() : t.NAME().getSymbol()), name(t.NAME()), entries(t.entries(), true)));
        }
    }

    private Tree.Condition condition(NNLParser.ExpressionContext c) {
        String text = lines.text(c.getStart().getStartIndex(), c.getStop().getStopIndex());
        return new Tree.Condition(expressions.span(c), expressions.expression(c), text);
    }

    private Tree.Declaration declared(Tree.Word word, NNLParser.DeclaredContext c) {
        Tree.Expression distribution = null;
        Tree.Expression value = null;
        for (int i = 0; i < c.getChildCount(); i++) {
            if (!(c.getChild(i) instanceof TerminalNode t) || i + 1 == c.getChildCount()) continue;
            ParseTree next = c.getChild(i + 1);
            if (t.getSymbol().getType() == NNLParser.TILDE) {
                distribution = expressions.expression((NNLParser.ExpressionContext) next);
            } else if (t.getSymbol().getType() == NNLParser.ASSIGN) {
                value = expressions.expression((NNLParser.ExpressionContext) next);
            }
        }
        if (distribution != null && value != null) {
            error(c.ASSIGN().getSymbol(), "'" + c.NAME().getText() + "' has both a distribution and a value; give one");
        }
        return new Tree.Declaration(
                span(c.NAME().getSymbol()), word, c.NAME().getText(), sizes(c.sizes()), classes(c.classes()), distribution, value);
    }

    private void output(NNLParser.OutputContext c, List<Tree.Statement> all) {
        if (c.expression() != null) {
            all.add(new Tree.Assignment(
                    expressions.span(c), true, list(c.left(), this::left), expressions.expression(c.expression())));
            return;
        }
        for (NNLParser.LeftContext l : c.left()) {
            if (!l.indexVariable().isEmpty()) {
                error(l.LB().getSymbol(), "expected '=' or no indices: an output that is already defined is only named");
            }
            all.add(new Tree.Output(span(l.NAME().getSymbol()), l.NAME().getText()));
        }
    }

    private Tree.Left left(NNLParser.LeftContext c) {
        return new Tree.Left(
                expressions.span(c), c.NAME().getText(), list(c.indexVariable(), expressions::indexVariable));
    }

    private Tree.Loss loss(NNLParser.LossContext c) {
        String name = "";
        Span span = span(c.getStart());
        if (c.COLON() != null) {
            if (expressions.expression(c.expression(0)) instanceof Tree.Name n) {
                name = n.name();
                span = n.span();
            } else {
                error(c.COLON().getSymbol(), "expected the name of the loss before ':'");
            }
        }
        return new Tree.Loss(
                span,
                name,
                expressions.expression(c.expression(c.COLON() == null ? 0 : 1)),
                list(c.path(), this::path));
    }

    private Tree.Name path(NNLParser.PathContext c) {
        return new Tree.Name(expressions.span(c), c.getText());
    }

    private Tree.Repeat repeat(NNLParser.RepeatContext c) {
        Tree.Expression count = expressions.expression(c.expression());
        String index = "";
        if (count instanceof Tree.Binary b && b.operator().equals("<") && b.left() instanceof Tree.Name n) {
            index = n.name();
            count = b.right();
        }
        return new Tree.Repeat(expressions.span(c), index, count, block(c.block()));
    }

    private List<Tree.Expression> values(NNLParser.ExpressionContext c) {
        NNLParser.PrimaryContext tuple = ExpressionBuilder.tuple(c);
        return tuple == null
                ? List.of(expressions.expression(c))
                : list(tuple.argument(), expressions::value);
    }

    /** The comment that ends on the line above: a row of {@code //} lines, or one block comment. */
    private String doc(Token start) {
        int line = lines.lineOf(start.getStartIndex());
        List<String> text = new ArrayList<>();
        for (int i = comments.size() - 1; i >= 0; i--) {
            CommonToken t = comments.get(i);
            if (t.getStartIndex() > start.getStartIndex()) continue;
            boolean block = t.getType() == NNLParser.BLOCK_COMMENT;
            if (lines.lineOf(t.getStopIndex()) != line - 1 || !lines.firstOnLine(t.getStartIndex())) break;
            if (block && !text.isEmpty()) break;
            if (block) return blockText(t.getText());
            text.add(0, t.getText().substring(2).strip());
            line--;
        }
        return String.join("\n", text).strip();
    }

    private static String blockText(String comment) {
        return comment.substring(2, comment.length() - 2)
                .lines()
                .map(s -> s.strip().replaceFirst("^\\*+ ?", ""))
                .reduce((a, b) -> a + "\n" + b)
                .orElse("")
                .strip();
    }

    private Tree.Expression maybe(NNLParser.ExpressionContext c) {
        return c == null ? null : expressions.expression(c);
    }

    private static String name(TerminalNode n) {
        return n == null ? "" : n.getText();
    }

    private static <C, T> List<T> list(List<C> all, Function<C, T> f) {
        return all.stream().map(f).toList();
    }

    private Span span(Token t) {
        return lines.span(t.getStartIndex(), t.getStopIndex());
    }

    private void error(Token t, String message) {
        errors.add(Diagnostic.of(span(t), message));
    }
}
