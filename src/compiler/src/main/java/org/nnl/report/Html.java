package org.nnl.report;

import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The little HTML the report needs. */
final class Html {
    private static final Pattern COMMENT = Pattern.compile("(?:^|\\s)(?=//)");

    private Html() {}

    /** A line of NNL or Java whose comment at the end, if it has one, is marked. */
    static String commented(String line, UnaryOperator<String> code) {
        Matcher m = COMMENT.matcher(line);
        int comment = m.find() ? m.end() : line.length();
        return code.apply(escape(line.substring(0, comment))) + (comment == line.length() ? "" : marked(line.substring(comment)));
    }

    static String marked(String comment) {
        return "<i>" + escape(comment) + "</i>";
    }

    static String escape(String text) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> s.append("&lt;");
                case '>' -> s.append("&gt;");
                case '&' -> s.append("&amp;");
                case '"' -> s.append("&quot;");
                default -> s.append(c);
            }
        }
        return s.toString();
    }

    /**
     * Lines with numbers and anchors {@code prefix-1}, …, so that an equation can point at its line.
     *
     * @param line makes HTML of a line
     */
    static String listing(String text, String prefix, UnaryOperator<String> line) {
        StringBuilder s = new StringBuilder("<pre class=\"listing\">");
        String[] lines = text.split("\n", -1);
        int n = lines.length > 0 && lines[lines.length - 1].isEmpty() ? lines.length - 1 : lines.length;
        for (int i = 1; i <= n; i++)
            s.append("<span id=\"").append(prefix).append('-').append(i).append("\" data-n=\"").append(i).append("\">")
                    .append(lines[i - 1].isEmpty() ? " " : line.apply(lines[i - 1])).append("</span>");
        return s.append("</pre>").toString();
    }
}
