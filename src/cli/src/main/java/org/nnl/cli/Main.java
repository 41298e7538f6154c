package org.nnl.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.nnl.Options;
import org.nnl.SettingException;
import org.nnl.Stage;
import org.nnl.data.DataException;
import org.nnl.syntax.SourceException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code nnl}. */
@Command(
        name = "nnl",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        version = "nnl 0.1.0",
        description = "Compiles models and their losses, written as equations, to Java that trains them.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything went well",
            "1:the model, the data or a file has errors",
            "2:the command line is wrong",
            "3:a check failed",
            "4:a fault of nnl itself"
        },
        subcommands = {
            TrainCommand.class,
            PredictCommand.class,
            GenerateCommand.class,
            CompileCommand.class,
            CheckCommand.class,
            InspectCommand.class,
            BenchCommand.class,
            WarmupCommand.class
        })
public final class Main implements Runnable {
    /** That of picocli for a name without a value. */
    private static final Pattern BARE = Pattern.compile("Value for (option '.*') \\((.*)\\) should be in KEY=VALUE format but was (.*)");

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show where in nnl an error arose.")
    private boolean debug;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    public static void main(String[] arguments) {
        standardError();
        System.exit(run(arguments));
    }

    /** The whole program but for leaving the JVM. */
    public static int run(String... arguments) {
        Main main = new Main();
        CommandLine line = new CommandLine(main);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Terminal.isColoured() ? Ansi.ON : Ansi.OFF));
        line.setOut(new java.io.PrintWriter(System.out, true));
        line.setErr(new java.io.PrintWriter(System.err, true));
        line.registerConverter(Integer.class, s -> number(s, Integer::valueOf, "a whole number below 2147483648"));
        line.registerConverter(int.class, s -> number(s, Integer::valueOf, "a whole number below 2147483648"));
        line.registerConverter(Long.class, s -> number(s, Long::valueOf, "a whole number"));
        line.registerConverter(long.class, s -> number(s, Long::valueOf, "a whole number"));
        line.registerConverter(Double.class, s -> number(s, Double::valueOf, "a number"));
        line.registerConverter(double.class, s -> number(s, Double::valueOf, "a number"));
        line.registerConverter(Options.Backend.class, s -> choice(s, Options.Backend.values()));
        line.registerConverter(Options.Precision.class, s -> choice(s, Options.Precision.values()));
        line.registerConverter(Stage.class, s -> choice(s, Stage.values()));
        line.setParameterExceptionHandler((e, given) -> wrongUsage(e, arguments));
        line.setExecutionExceptionHandler((thrown, command, parsed) -> {
            Exception e = thrown instanceof SettingException s ? ModelFile.of(command).refusal(s) : thrown;
            if (e instanceof CommandLine.ParameterException wrong) return wrongUsage(wrong, arguments);
            Terminal.error(message(e));
            if (main.debug) e.printStackTrace();
            boolean expected = e instanceof SourceException || e instanceof DataException || e instanceof IOException;
            if (!expected && !main.debug) System.err.println("this is a fault of nnl; --debug shows where it arose");
            return expected ? ExitCode.ERRORS : ExitCode.FAULT;
        });
        return line.execute(arguments);
    }

    private static int wrongUsage(CommandLine.ParameterException e, String... arguments) {
        CommandLine command = e.getCommandLine();
        Terminal.error(asWritten(message(e), command, arguments));
        CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr());
        command.getErr().print(command.getHelp().fullSynopsis());
        command.getErr().println(command.getCommandSpec().qualifiedName() + " --help says more");
        return ExitCode.USAGE;
    }

    /** What picocli says, clearer where it can be. */
    private static String message(CommandLine.ParameterException e) {
        CommandLine command = e.getCommandLine();
        if (e instanceof CommandLine.UnmatchedArgumentException u && !u.isUnknownOption() && !u.getUnmatched().isEmpty()) {
            String first = "'" + u.getUnmatched().get(0) + "'";
            if (command.getSubcommands().isEmpty()) return first + " is one argument too many";
            return "there is no command " + first + "; there are " + command.getSubcommands().entrySet().stream()
                    .filter(c -> !c.getValue().getCommandSpec().usageMessage().hidden())
                    .map(Map.Entry::getKey)
                    .collect(Collectors.joining(", "));
        }
        String text = e.getMessage().replace("option option", "option"); // picocli says it twice for NAME=VALUE
        Matcher bare = BARE.matcher(text);
        return bare.matches() ? bare.group(1) + " wants " + bare.group(2) + ", not " + bare.group(3) : text;
    }

    /** An option of several names is meant by the one on the command line. */
    private static String asWritten(String text, CommandLine command, String... arguments) {
        String said = text;
        for (CommandLine.Model.OptionSpec o : command.getCommandSpec().options()) {
            List<String> given = Arrays.stream(o.names())
                    .filter(n -> Arrays.stream(arguments).anyMatch(a -> a.startsWith(n)))
                    .toList();
            if (!given.isEmpty() && !given.contains(o.longestName()))
                said = said.replace("'" + o.longestName() + "'", "'" + given.get(0) + "'");
        }
        return said;
    }

    private static <T> T number(String text, Function<String, T> parser, String kind) {
        try {
            T n = parser.apply(text);
            if (!(n instanceof Double d) || Double.isFinite(d)) return n;
        } catch (NumberFormatException e) {
            // said below
        }
        throw new CommandLine.TypeConversionException("'" + text + "' is not " + kind);
    }

    /** The one that is written so, in letters of any case. */
    private static <E extends Enum<E>> E choice(String text, E[] all) {
        return Arrays.stream(all)
                .filter(e -> e.toString().equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new CommandLine.TypeConversionException("'" + text + "' is none of "
                        + Arrays.stream(all).map(E::toString).collect(Collectors.joining(", "))));
    }

    private static String message(Exception e) {
        if (e instanceof SourceException || e instanceof DataException) return e.getMessage();
        if (e instanceof java.nio.file.NoSuchFileException) return e.getMessage() + ": no such file";
        if (e instanceof java.nio.file.AccessDeniedException) return e.getMessage() + ": may not be accessed";
        if (e instanceof java.nio.file.FileAlreadyExistsException) return e.getMessage() + ": is a file, not a folder";
        if (e instanceof java.nio.file.NotDirectoryException) return e.getMessage() + ": is not a folder";
        // what a generated class says of a file that is not for it names its own method: here that is an option
        if (e instanceof IOException) return e.getMessage().replace("read by loadParameters", "read by nnl train --weights PATH");
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    /**
     * The launcher script sifts what the JVM itself writes to standard error, and says which descriptor ours is. It must be
     * written to as it is: opened anew by a name such as /dev/fd/3, a file would be written at a place of its own, over
     * what others write there, and a socket could not be opened at all. The launcher opens java.io for this.
     */
    private static void standardError() {
        Integer descriptor = Integer.getInteger("nnl.stderr");
        if (descriptor == null) return;
        try {
            Constructor<FileDescriptor> open = FileDescriptor.class.getDeclaredConstructor(int.class);
            open.setAccessible(true);
            System.setErr(new PrintStream(
                    new FileOutputStream(open.newInstance(descriptor)), true, StandardCharsets.UTF_8));
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            // as it was: sifted
        }
    }

    @Override
    public void run() {
        spec.commandLine().usage(System.out);
    }
}
