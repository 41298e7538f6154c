package org.nnl.elaborate;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.nnl.syntax.Span;

/** The names visible at a place, and what they stand for; inner scopes hide outer ones. */
final class Scope {

    /** What a name stands for, and where it was given. */
    record Entry(Value value, Span declared) {}

    private final Scope outer;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    Scope(Scope outer) {
        this.outer = outer;
    }

    void bind(String name, Value value, Span declared) {
        entries.put(name, new Entry(value, declared));
    }

    void unbind(String name) {
        entries.remove(name);
    }

    /** The entry of a name, null if it is not visible; a pending equation is elaborated first. */
    Entry find(String name) {
        Entry e = peek(name);
        if (e != null && e.value() instanceof Value.Pending p) {
            p.force().run();
            e = peek(name);
        }
        return e;
    }

    /** As {@link #find}, but leaves pending equations alone. */
    Entry peek(String name) {
        for (Scope s = this; s != null; s = s.outer) {
            Entry e = s.entries.get(name);
            if (e != null) return e;
        }
        return null;
    }

    /** The entry of a name in this very scope, or null. */
    Entry own(String name) {
        return entries.get(name);
    }

    /** All visible names, inner ones first. */
    Set<String> names() {
        Set<String> all = new LinkedHashSet<>();
        for (Scope s = this; s != null; s = s.outer) all.addAll(s.entries.keySet());
        return all;
    }
}
