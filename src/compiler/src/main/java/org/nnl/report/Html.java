package org.nnl.report;

/** The little HTML the report needs. */
final class Html {
    private Html() {}

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

    /** Lines with numbers and anchors {@code prefix-1}, …, so that an equation can point at its line. */
    static String listing(String text, String prefix) {
        StringBuilder s = new StringBuilder("<pre class=\"listing\">");
        String[] lines = text.split("\n", -1);
        int n = lines.length > 0 && lines[lines.length - 1].isEmpty() ? lines.length - 1 : lines.length;
        for (int i = 1; i <= n; i++)
            s.append("<span id=\"").append(prefix).append('-').append(i).append("\" data-n=\"").append(i).append("\">")
                    .append(lines[i - 1].isEmpty() ? " " : escape(lines[i - 1])).append("</span>");
        return s.append("</pre>").toString();
    }
}
