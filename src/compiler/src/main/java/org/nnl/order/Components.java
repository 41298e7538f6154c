package org.nnl.order;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Strongly connected components of a directed graph on 0…n-1 (Tarjan 1972, without recursion), in a topological order
 * that keeps to the order of the numbers wherever it may.
 */
final class Components {
    private Components() {}

    /** @param successors for each node, the nodes that must come after it */
    static List<List<Integer>> of(List<List<Integer>> successors) {
        int n = successors.size();
        int[] component = tarjan(successors);
        int count = Arrays.stream(component).max().orElse(-1) + 1;
        List<List<Integer>> members = new ArrayList<>();
        for (int c = 0; c < count; c++) members.add(new ArrayList<>());
        for (int v = 0; v < n; v++) members.get(component[v]).add(v);

        int[] waiting = new int[count];
        for (int v = 0; v < n; v++)
            for (int w : successors.get(v)) if (component[v] != component[w]) waiting[component[w]]++;
        PriorityQueue<Integer> ready =
                new PriorityQueue<>((a, b) -> Integer.compare(members.get(a).get(0), members.get(b).get(0)));
        for (int c = 0; c < count; c++) if (waiting[c] == 0) ready.add(c);
        List<List<Integer>> sorted = new ArrayList<>();
        while (!ready.isEmpty()) {
            int c = ready.poll();
            sorted.add(members.get(c));
            for (int v : members.get(c))
                for (int w : successors.get(v))
                    if (component[w] != c && --waiting[component[w]] == 0) ready.add(component[w]);
        }
        return sorted;
    }

    private static int[] tarjan(List<List<Integer>> successors) {
        int n = successors.size();
        int[] number = new int[n];
        int[] low = new int[n];
        int[] component = new int[n];
        Arrays.fill(number, -1);
        Arrays.fill(component, -1);
        int[] nextEdge = new int[n];
        Deque<Integer> open = new ArrayDeque<>();
        Deque<Integer> path = new ArrayDeque<>();
        int counter = 0;
        int components = 0;
        for (int root = 0; root < n; root++) {
            if (number[root] >= 0) continue;
            path.push(root);
            while (!path.isEmpty()) {
                int v = path.peek();
                if (number[v] < 0) {
                    number[v] = low[v] = counter++;
                    open.push(v);
                }
                if (nextEdge[v] < successors.get(v).size()) {
                    int w = successors.get(v).get(nextEdge[v]++);
                    if (number[w] < 0) path.push(w);
                    else if (component[w] < 0) low[v] = Math.min(low[v], number[w]);
                    continue;
                }
                path.pop();
                if (!path.isEmpty()) low[path.peek()] = Math.min(low[path.peek()], low[v]);
                if (low[v] == number[v]) {
                    int w;
                    do {
                        w = open.pop();
                        component[w] = components;
                    } while (w != v);
                    components++;
                }
            }
        }
        return component;
    }

    /** Lists without repetition, for building {@code successors}. */
    static List<List<Integer>> empty(int n) {
        List<List<Integer>> lists = new ArrayList<>(Collections.nCopies(n, null));
        lists.replaceAll(x -> new ArrayList<>());
        return lists;
    }
}
