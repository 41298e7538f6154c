package org.nnl.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The private methods of a generated class, cut out of its text. */
final class JavaMethods {
    private static final Pattern METHOD = Pattern.compile("    private (?:static )?[\\w\\[\\]<>]+ (\\w+)\\(.*");
    private static final Pattern COMMENTS = Pattern.compile("(?m)^(\\S.*\\{\\n)(?:    // (?!This part |In turn ).*\\n)+");
    private static final Pattern JAVADOC = Pattern.compile(" *(?:/\\*\\*.*|\\* .*|\\*|\\*/)");
    private static final Pattern CALL = Pattern.compile("\\b(\\w+)\\(");
    private static final Pattern WORD = Pattern.compile(
            "\\b(package|import|public|private|static|final|class|record|interface|extends|implements|this|null|true|false|throws|throw|try|catch|switch|case|void|int|long|float|double|boolean|for|while|if|else|return|new|break|continue)\\b");

    private final Map<String, String> bodies = new LinkedHashMap<>();

    JavaMethods(String java) {
        String name = null;
        StringBuilder body = new StringBuilder();
        for (String line : java.split("\n")) {
            if (name == null) {
                Matcher m = METHOD.matcher(line);
                if (m.matches() && !line.endsWith(";")) name = m.group(1);
            }
            if (name == null) continue;
            body.append(line.startsWith("    ") ? line.substring(4) : line).append('\n');
            if (!line.equals("    }")) continue;
            bodies.merge(name, body.toString(), (whole, part) -> whole + "\n" + part);
            body.setLength(0);
            name = null;
        }
    }

    /** The text of a method, or of all that have the name, without the comment lines that begin them; empty if there is none. */
    String text(String name) {
        String body = bodies.getOrDefault(name, "");
        return COMMENTS.matcher(body).replaceAll("$1");
    }

    /** The methods that a method calls, directly or not, without those that are excepted and what these call. */
    List<String> called(String name, Set<String> except) {
        Set<String> found = new LinkedHashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(name));
        while (!open.isEmpty()) {
            Matcher m = CALL.matcher(text(open.poll()));
            while (m.find()) {
                String called = m.group(1);
                if (bodies.containsKey(called) && !called.equals(name) && !except.contains(called) && found.add(called))
                    open.add(called);
            }
        }
        return List.copyOf(found);
    }

    /** Java as HTML, words of the language and comments marked. */
    static String coloured(String java) {
        StringBuilder s = new StringBuilder();
        for (String line : java.split("\n")) s.append(colouredLine(line)).append('\n');
        return s.toString();
    }

    /** The same of one line. */
    static String colouredLine(String line) {
        if (JAVADOC.matcher(line).matches()) return Html.marked(line);
        return Html.commented(line, code -> WORD.matcher(code).replaceAll("<b>$1</b>"));
    }
}
