package org.nnl.equations;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a graph from its printed form:
 * <pre>{@code
 * graph loss
 * input x[B, 64]
 * target y[B] : class(10)
 * param W[10, 64]
 * value z[B, 10]
 * value loss
 *
 * z[b,i] += W[i,j]*x[b,j]  for b < B, i < 10, j < 64   # digits.nnl:3
 * p[b] argmax=(i) z[b,i]  for b < B, i < 10
 * g = d(u, x)
 *
 * result loss
 * commit W <- W'
 * }</pre>
 * In a body, a name with brackets is a read ({@code rate[]}), a bare name an axis, <code>{2*i+1}</code> the value of an
 * index map, {@code size(B)} the number of examples. After {@code #} comes the origin, which is not read back.
 *
 * <p>What cannot be read is an {@code IllegalArgumentException} with its line and what was expected.
 */
public final class GraphReader {
    private static final String NAME = "[\\p{Alpha}_][\\w.']*";
    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(?:(?<name>" + NAME + ")|(?<number>\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)"
                    + "|(?<symbol><-|<=|>=|==|!=|\\+=|[-+*/^<>=(){},\\[\\]:]))");

    private final String line;
    private final int number;
    private final List<String> tokens = new ArrayList<>();
    private int at;

    private GraphReader(String line, int number) {
        this.line = line;
        this.number = number;
        Matcher m = TOKEN.matcher(line);
        int end = 0;
        while (end < line.length() && m.find(end) && m.start() == end) {
            tokens.add(m.group().strip());
            end = m.end();
        }
        if (!line.substring(end).isBlank()) throw error("cannot read '" + line.substring(end).strip() + "'");
    }

    public static Graph read(String text) {
        String name = "graph";
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        List<Equation> equations = new ArrayList<>();
        List<Derivative> derivatives = new ArrayList<>();
        List<String> results = new ArrayList<>();
        Map<String, String> commits = new LinkedHashMap<>();
        int n = 0;
        for (String raw : text.split("\n", -1)) {
            n++;
            int hash = raw.indexOf('#');
            String line = hash < 0 ? raw : raw.substring(0, hash);
            if (line.isBlank()) continue;
            GraphReader r = new GraphReader(line, n);
            String first = r.peek();
            boolean declaration = r.tokens.size() > 1 && r.tokens.get(1).matches(NAME);
            if (declaration && first.equals("graph")) {
                r.next();
                name = r.next();
            } else if (declaration && first.equals("result")) {
                r.next();
                do results.add(r.next());
                while (r.accept(","));
            } else if (declaration && first.equals("commit")) {
                r.next();
                String state = r.next();
                r.expect("<-");
                commits.put(state, r.next());
            } else if (declaration) {
                Tensor t = r.tensor();
                if (tensors.put(t.name(), t) != null) throw r.error("'" + t.name() + "' is declared twice");
            } else if (r.tokens.size() > 3 && r.tokens.get(1).equals("=") && r.tokens.get(2).equals("d")) {
                String result = r.next();
                r.expect("=");
                r.expect("d");
                r.expect("(");
                String of = r.next();
                r.expect(",");
                String by = r.next();
                r.expect(")");
                derivatives.add(new Derivative(result, of, by, Origin.NONE));
            } else {
                equations.add(r.equation());
            }
            if (r.at < r.tokens.size()) throw r.error("unexpected '" + r.peek() + "'");
        }
        return new Graph(name, tensors, equations, derivatives, results, commits);
    }

    /** Reads one equation. */
    public static Equation readEquation(String text) {
        GraphReader r = new GraphReader(text, 1);
        Equation e = r.equation();
        if (r.at < r.tokens.size()) throw r.error("unexpected '" + r.peek() + "'");
        return e;
    }

    /** Reads one scalar expression. */
    public static Expr readExpr(String text) {
        GraphReader r = new GraphReader(text, 1);
        Expr e = r.expr(0);
        if (r.at < r.tokens.size()) throw r.error("unexpected '" + r.peek() + "'");
        return e;
    }

    private Tensor tensor() {
        String word = next();
        Tensor.Role role = null;
        for (Tensor.Role candidate : Tensor.Role.values()) if (candidate.word().equals(word)) role = candidate;
        if (role == null) throw error("'" + word + "' is no role of a tensor");
        String name = next();
        List<Size> shape = new ArrayList<>();
        if (accept("[") && !accept("]")) {
            do shape.add(size());
            while (accept(","));
            expect("]");
        }
        int classes = 0;
        if (accept(":")) {
            String kind = next();
            if (kind.equals("integer")) {
                classes = Tensor.ANY_INTEGER;
            } else {
                expect("(");
                classes = integer();
                expect(")");
            }
        }
        double boundary = 0;
        if (accept("outside")) boundary = ((Expr.Const) expr(0)).value();
        return new Tensor(name, role, shape, classes, boundary);
    }

    private Equation equation() {
        String target = next();
        List<Index> indices = indices();
        String fold = next();
        if (fold.equals("max") || fold.equals("argmax")) fold += next();
        Fold kind = null;
        for (Fold f : Fold.values()) if (f.symbol().equals(fold)) kind = f;
        if (kind == null) throw error("expected =, +=, max= or argmax=, found '" + fold + "'");
        String position = null;
        if (kind == Fold.ARGMAX) {
            expect("(");
            position = next();
            expect(")");
        }
        Expr body = expr(0);
        List<Axis> box = new ArrayList<>();
        if (accept("for")) {
            do {
                String axis = next();
                expect("<");
                box.add(new Axis(axis, size()));
            } while (accept(","));
        }
        return new Equation(target, indices, kind, position, box, body, Origin.NONE);
    }

    private Size size() {
        return accept("B") ? Size.BATCH : Size.of(integer());
    }

    private List<Index> indices() {
        List<Index> list = new ArrayList<>();
        expect("[");
        if (accept("]")) return list;
        do list.add(index());
        while (accept(","));
        expect("]");
        return list;
    }

    private Index index() {
        Index sum = Index.of(0);
        int sign = accept("-") ? -1 : 1;
        while (true) {
            int coefficient = sign;
            Index term = null;
            if (Character.isDigit(peek().charAt(0))) {
                coefficient *= integer();
                if (!accept("*")) term = Index.of(1);
            }
            if (term == null) {
                String name = next();
                term = peek().equals("[") ? Index.lookup(name, indices()) : Index.axis(name);
            }
            sum = sum.plus(term.times(coefficient));
            if (accept("+")) sign = 1;
            else if (accept("-")) sign = -1;
            else return sum;
        }
    }

    /** Precedence climbing, with the strengths of {@link ExprPrinter#strength}. */
    private Expr expr(int least) {
        Expr left = unary();
        while (true) {
            Op op = Op.of(peek());
            if (op == null || !op.isInfix() || ExprPrinter.strength(op) < least) return left;
            next();
            int s = ExprPrinter.strength(op);
            left = Expr.apply(op, left, expr(op == Op.POW ? s : s + 1));
        }
    }

    private Expr unary() {
        if (!accept("-")) return primary();
        boolean literal = !peek().isEmpty() && Character.isDigit(peek().charAt(0)) || peek().equals("inf");
        Expr e = expr(ExprPrinter.strength(Op.NEG) + 1);
        return literal && e instanceof Expr.Const c ? Expr.of(-c.value()) : e.negate();
    }

    private Expr primary() {
        String t = next();
        if (t.equals("(")) {
            Expr e = expr(0);
            expect(")");
            return e;
        }
        if (t.equals("{")) {
            Index i = index();
            expect("}");
            return Expr.index(i);
        }
        if (Character.isDigit(t.charAt(0))) return Expr.of(Double.parseDouble(t));
        if (t.equals("inf")) return Expr.of(Double.POSITIVE_INFINITY);
        if (t.equals("nan")) return Expr.of(Double.NaN);
        if (!t.matches(NAME)) throw error("expected an expression, found '" + t + "'");
        if (peek().equals("[")) return Expr.read(t, indices());
        if (!accept("(")) return Expr.index(Index.axis(t));
        if (t.equals("size")) {
            Size s = size();
            expect(")");
            return Expr.extent(s);
        }
        Op op = Op.of(t);
        if (op == null) throw error("no operation '" + t + "'");
        List<Expr> arguments = new ArrayList<>();
        do arguments.add(expr(0));
        while (accept(","));
        expect(")");
        return new Expr.Apply(op, arguments);
    }

    private int integer() {
        String t = next();
        try {
            return Integer.parseInt(t);
        } catch (NumberFormatException e) {
            throw error("expected an integer, found '" + t + "'");
        }
    }

    private String peek() {
        return at < tokens.size() ? tokens.get(at) : "";
    }

    private String next() {
        if (at >= tokens.size()) throw error("the line ends too early");
        return tokens.get(at++);
    }

    private boolean accept(String token) {
        if (!peek().equals(token)) return false;
        at++;
        return true;
    }

    private void expect(String token) {
        String t = at < tokens.size() ? next() : "the end of the line";
        if (!t.equals(token)) throw error("expected '" + token + "', found '" + t + "'");
    }

    private IllegalArgumentException error(String message) {
        return new IllegalArgumentException("line " + number + ": " + message + "\n    " + line.strip());
    }
}
