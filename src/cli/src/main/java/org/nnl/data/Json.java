package org.nnl.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON (RFC 8259), strictly: objects are {@code Map<String, Object>} in order of appearance, arrays {@code List<Object>},
 * numbers {@code Long} where they are integers and {@code Double} otherwise. A duplicate key, a depth over 64 and
 * anything after the value are errors, because files may come from anywhere.
 */
public final class Json {
    private static final int DEEPEST = 64;
    private final String text;
    private int at;
    private int depth;

    private Json(String text) {
        this.text = text;
    }

    /** @throws DataException with the position, if the text is not one JSON value */
    public static Object parse(String text) {
        Json j = new Json(text);
        Object v = j.value();
        j.blank();
        if (j.at < text.length()) throw j.error("the end of the text");
        return v;
    }

    private Object value() {
        blank();
        if (at >= text.length()) throw error("a value");
        char c = text.charAt(at);
        if (c == '{' || c == '[') {
            if (++depth > DEEPEST) throw error("nesting of at most " + DEEPEST + " levels");
            Object v = c == '{' ? object() : array();
            depth--;
            return v;
        }
        if (c == '"') return string();
        if (c == '-' || c >= '0' && c <= '9') return number();
        if (word("true")) return true;
        if (word("false")) return false;
        if (word("null")) return null;
        throw error("a value");
    }

    private Map<String, Object> object() {
        Map<String, Object> entries = new LinkedHashMap<>();
        at++;
        if (next('}')) return entries;
        do {
            blank();
            if (at >= text.length() || text.charAt(at) != '"') throw error("a key in quotes");
            String key = string();
            if (!next(':')) throw error("':'");
            if (entries.containsKey(key)) throw new DataException("the key \"" + key + "\" occurs twice");
            entries.put(key, value());
        } while (next(','));
        if (!next('}')) throw error("',' or '}'");
        return entries;
    }

    private List<Object> array() {
        List<Object> elements = new ArrayList<>();
        at++;
        if (next(']')) return elements;
        do elements.add(value());
        while (next(','));
        if (!next(']')) throw error("',' or ']'");
        return elements;
    }

    private String string() {
        StringBuilder s = new StringBuilder();
        for (at++; ; at++) {
            if (at >= text.length()) throw error("'\"'");
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return s.toString();
            }
            if (c < ' ') throw error("no control character in a string");
            if (c != '\\') {
                s.append(c);
                continue;
            }
            if (++at >= text.length()) throw error("an escape");
            char e = text.charAt(at);
            int known = "\"\\/bfnrt".indexOf(e);
            if (known >= 0) s.append("\"\\/\b\f\n\r\t".charAt(known));
            else if (e == 'u' && at + 4 < text.length() && text.substring(at + 1, at + 5).matches("[0-9a-fA-F]{4}")) {
                s.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
                at += 4;
            } else throw error("an escape");
        }
    }

    private Number number() {
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) at++;
        String n = text.substring(start, at);
        if (!n.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
            at = start;
            throw error("a number");
        }
        if (n.matches("-?[0-9]{1,18}")) return Long.valueOf(n);
        return Double.valueOf(n);
    }

    private boolean word(String w) {
        if (!text.startsWith(w, at)) return false;
        at += w.length();
        return true;
    }

    private boolean next(char c) {
        blank();
        if (at >= text.length() || text.charAt(at) != c) return false;
        at++;
        return true;
    }

    private void blank() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
    }

    private DataException error(String expected) {
        String found = at >= text.length() ? "its end" : "'" + text.charAt(at) + "'";
        return new DataException("not JSON at character " + (at + 1) + ": expected " + expected + ", found " + found);
    }

    /** The value as text: objects one entry a line, arrays of plain values in one line. NaN and infinities become null. */
    public static String print(Object value) {
        StringBuilder s = new StringBuilder();
        print(value, "", s);
        return s.toString();
    }

    /** The value in one line, without blanks. */
    public static String printCompact(Object value) {
        StringBuilder s = new StringBuilder();
        print(value, null, s);
        return s.toString();
    }

    private static void print(Object v, String indent, StringBuilder s) {
        if (v instanceof Map<?, ?> m) {
            String inner = indent == null || m.isEmpty() ? "" : "\n" + indent + "  ";
            String between = "{";
            for (Map.Entry<?, ?> e : m.entrySet()) {
                s.append(between).append(inner);
                quote(e.getKey().toString(), s);
                s.append(indent == null ? ":" : ": ");
                print(e.getValue(), indent == null ? null : indent + "  ", s);
                between = ",";
            }
            s.append(m.isEmpty() ? "{" : "").append(inner.isEmpty() ? "" : "\n" + indent).append('}');
        } else if (v instanceof List<?> l) {
            boolean lines = indent != null && l.stream().anyMatch(e -> e instanceof Map);
            String between = "[";
            for (Object e : l) {
                s.append(between).append(lines ? "\n" + indent + "  " : "");
                print(e, lines ? indent + "  " : null, s);
                between = indent == null || lines ? "," : ", ";
            }
            s.append(l.isEmpty() ? "[" : "").append(lines ? "\n" + indent : "").append(']');
        } else if (v instanceof Double d && (d.isNaN() || d.isInfinite())) s.append("null");
        else if (v == null || v instanceof Number || v instanceof Boolean) s.append(v);
        else quote(v.toString(), s);
    }

    private static void quote(String text, StringBuilder s) {
        s.append('"');
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') s.append('\\').append(c);
            else if (c == '\n') s.append("\\n");
            else if (c < ' ' || c == 0x7f || Character.isSurrogate(c)) s.append(String.format("\\u%04x", (int) c));
            else s.append(c);
        }
        s.append('"');
    }
}
