package org.nnl.simplify;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nnl.equations.Graph;
import org.nnl.equations.GraphReader;

/**
 * Random graphs over tensors {@code [B, 4, 3]} and their like: element-wise equations, contractions, one-hot masks,
 * gathers and scatters, shifted reads, sums in several parts, recurrences over the second dimension.
 */
final class RandomGraphs {
    private final Random r;
    private final List<String> cubes = new ArrayList<>(), rows = new ArrayList<>(), scalars = new ArrayList<>();
    private final StringBuilder tensors = new StringBuilder(), equations = new StringBuilder();
    private int count;

    private RandomGraphs(long seed) {
        r = new Random(seed);
    }

    static Graph of(long seed) {
        return new RandomGraphs(seed).graph();
    }

    private Graph graph() {
        tensors.append("input x[B, 4, 3]\ninput u[B, 3]\ninput w[B, 4] : class(3)\ninput c[B] : class(5)\n"
                + "param W[3, 3]\nparam E[5, 3]\nparam s\n");
        cubes.add("x");
        rows.add("u");
        scalars.add("s");
        int n = 3 + r.nextInt(8);
        for (int k = 0; k < n; k++) step();
        List<String> all = new ArrayList<>(cubes);
        all.addAll(rows);
        all.addAll(scalars);
        all.removeAll(List.of("x", "u", "s"));
        List<String> results = new ArrayList<>(List.of(all.get(all.size() - 1)));
        if (r.nextBoolean()) results.add(0, all.get(r.nextInt(all.size())));
        return GraphReader.read(
                tensors + "\n" + equations + "\nresult " + String.join(", ", results.stream().distinct().toList()) + "\n");
    }

    private void step() {
        String y = "y" + count++;
        switch (r.nextInt(13)) {
            case 0, 1, 2 -> cube(y, y + "[b,i,j] = " + expr(3, cubeAtoms(0)) + box("bij"));
            case 3 -> row(y, y + "[b,j] = " + expr(3, rowAtoms()) + box("bj"));
            case 4 -> cube(y, y + "[b,i,k] += " + product(cubeAtoms(0), List.of("W[k,j]", "W[j,k]")) + box("bijk"));
            case 5 -> row(y, y + "[b,j] += " + expr(2, cubeAtoms(0)) + box("bij"));
            case 6 -> scalar(y, y + "[] += " + expr(2, cubeAtoms(0)) + box("bij"));
            case 7 -> row(y, y + "[b,j] += " + any(cubes) + "[b,i,j]*select(i == " + "w[b,1]" + ", " + any(scalars) + "[], 0)" + box("bij"));
            case 8 -> row(
                    y,
                    y + "[b,j] += " + any(rows) + "[b,j]" + box("bj") + "\n" + y + "[b,c[b]] += " + any(scalars)
                            + "[]/size(B)" + box("b") + "\n" + y + "[b,k] += " + expr(1, rowAtoms()).replace("j]", "k]")
                            + box("bk"));
            case 9 -> cube(y, y + "[b,i,j] = " + any(cubes) + (r.nextBoolean() ? "[b,3-i,j]" : "[b,i,j]") + box("bij"));
            case 10 -> cube(y, y + "[b,i,j] = tanh(" + y + "[b,i-1,j]*0.5 + " + expr(1, cubeAtoms(0)) + ")" + box("bij"));
            case 11 -> {
                String a = "a" + y;
                tensors.append("value ").append(a).append("[B, 4, 3]\n");
                cube(
                        y,
                        a + "[b,i,j] += W[j,k]*" + y + "[b,i-1,k]" + box("bijk") + "\n" + y + "[b,i,j] = " + a
                                + "[b,i,j]*0.5 + " + expr(1, cubeAtoms(0)) + box("bij"));
            }
            default -> {
                String o = "o" + y;
                tensors.append("value ").append(o).append("[B, 5]\n");
                row(
                        y,
                        o + "[b,e] = select(e == c[b], 1, 0)  for b < B, e < 5\n" + y + "[b,j] += E[e,j]*" + o
                                + "[b,e]  for b < B, j < 3, e < 5");
            }
        }
    }

    private void cube(String y, String text) {
        add(y, "[B, 4, 3]" + (r.nextInt(6) == 0 ? " outside 0.5" : ""), text, cubes);
    }

    private void row(String y, String text) {
        add(y, "[B, 3]", text, rows);
    }

    private void scalar(String y, String text) {
        add(y, "", text, scalars);
    }

    private void add(String y, String shape, String text, List<String> kind) {
        tensors.append("value ").append(y).append(shape).append('\n');
        equations.append(text).append('\n');
        kind.add(y);
    }

    private List<String> cubeAtoms(int shift) {
        List<String> atoms = new ArrayList<>();
        for (String c : cubes) atoms.add(c + "[b,i,j]");
        atoms.add(any(cubes) + "[b,i-1,j]");
        atoms.add(any(cubes) + "[b,i+1,j]");
        atoms.add(any(rows) + "[b,j]");
        atoms.add(any(rows) + "[b,w[b,i]]");
        atoms.add("E[c[b],j]");
        atoms.add(any(scalars) + "[]");
        return atoms;
    }

    private List<String> rowAtoms() {
        List<String> atoms = new ArrayList<>();
        for (String c : rows) atoms.add(c + "[b,j]");
        atoms.add(any(cubes) + "[b,3,j]");
        atoms.add(any(cubes) + "[b,0,j]");
        atoms.add("W[c[b],j]");
        atoms.add(any(scalars) + "[]");
        return atoms;
    }

    private String product(List<String> left, List<String> right) {
        String p = "(" + expr(2, left) + ")*" + any(right);
        return r.nextBoolean() ? p : p + (r.nextBoolean() ? " + " : " - ") + any(left) + "*" + any(right) + "/size(B)";
    }

    private String expr(int depth, List<String> atoms) {
        if (depth == 0 || r.nextInt(5) == 0)
            return r.nextInt(4) == 0 ? List.of("2", "0.5", "1", "0", "3").get(r.nextInt(5)) : any(atoms);
        String a = expr(depth - 1, atoms), b = expr(depth - 1, atoms);
        return switch (r.nextInt(10)) {
            case 0, 1 -> "(" + a + ") + (" + b + ")";
            case 2, 3 -> "(" + a + ") - (" + b + ")";
            case 4, 5, 6 -> "(" + a + ")*(" + b + ")";
            case 7 -> "tanh(" + a + ")";
            case 8 -> "(" + a + ")/(2 + (" + b + ")*(" + b + "))";
            default -> "select(" + a + " > 0.1234567, " + b + ", 0)";
        };
    }

    private static String box(String axes) {
        StringBuilder s = new StringBuilder();
        for (char a : axes.toCharArray())
            s.append(s.isEmpty() ? "  for " : ", ").append(a).append(" < ").append(a == 'b' ? "B" : a == 'i' ? "4" : "3");
        return s.toString();
    }

    private String any(List<String> of) {
        return of.get(r.nextInt(of.size()));
    }
}
