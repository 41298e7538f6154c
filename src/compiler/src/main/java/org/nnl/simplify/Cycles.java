package org.nnl.simplify;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The tensors that depend on themselves: members of recurrences (Tarjan 1972, without recursion). */
final class Cycles {
    private Cycles() {}

    static Set<String> members(Draft g) {
        Map<String, Set<String>> reads = new HashMap<>();
        for (int k : g.numbers())
            reads.computeIfAbsent(g.equation(k).target(), n -> new TreeSet<>()).addAll(g.equation(k).reads());
        Set<String> members = new HashSet<>();
        Map<String, Integer> number = new HashMap<>(), low = new HashMap<>();
        Set<String> open = new HashSet<>();
        Deque<String> stack = new ArrayDeque<>(), path = new ArrayDeque<>();
        Deque<Iterator<String>> next = new ArrayDeque<>();
        for (String root : new TreeSet<>(reads.keySet())) {
            if (number.containsKey(root)) continue;
            path.push(root);
            while (!path.isEmpty()) {
                String t = path.peek();
                if (next.size() < path.size()) {
                    number.put(t, number.size());
                    low.put(t, number.get(t));
                    stack.push(t);
                    open.add(t);
                    next.push(reads.getOrDefault(t, Set.of()).iterator());
                }
                if (next.peek().hasNext()) {
                    String r = next.peek().next();
                    if (!number.containsKey(r)) path.push(r);
                    else if (open.contains(r)) low.merge(t, number.get(r), Math::min);
                    continue;
                }
                path.pop();
                next.pop();
                if (!path.isEmpty()) low.merge(path.peek(), low.get(t), Math::min);
                if (!low.get(t).equals(number.get(t))) continue;
                List<String> component = new ArrayList<>();
                do {
                    component.add(stack.peek());
                    open.remove(stack.peek());
                } while (!stack.pop().equals(t));
                if (component.size() > 1 || reads.getOrDefault(t, Set.of()).contains(t)) members.addAll(component);
            }
        }
        return members;
    }
}
