package org.nnl.cli;

/** Whether there are eyes at the other end, and colours for them. */
final class Terminal {
    private Terminal() {}

    /** Whether standard output is a terminal; the launcher script knows. */
    static boolean isInteractive() {
        return Boolean.getBoolean("nnl.terminal") && !"dumb".equals(System.getenv("TERM"));
    }

    /** Colours, unless the user wants none (https://no-color.org). */
    static boolean isColoured() {
        return isInteractive() && System.getenv().getOrDefault("NO_COLOR", "").isEmpty();
    }

    /** An error report: bold red where it says so. */
    static void error(String message) {
        String text = message.startsWith("error: ") || message.contains(": error: ") ? message : "error: " + message;
        if (isColoured()) text = text.replaceAll("(?m)^(\\S*?)error: ", "$1\u001b[1;31merror:\u001b[0m ");
        System.err.println(text.stripTrailing());
    }

    static String good(String text) {
        return isColoured() ? "\u001b[32m" + text + "\u001b[0m" : text;
    }

    static String bad(String text) {
        return isColoured() ? "\u001b[1;31m" + text + "\u001b[0m" : text;
    }
}
