package org.nnl.schedule;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.lang.model.SourceVersion;

/**
 * The names that a generated class has for itself, which nothing of a model can have in it: a field called {@code Math}
 * would hide the type.
 */
public final class ClassNames {
    /** Types that statements and templates, which are plain text, may use. */
    public static final List<String> IMPORTS = List.of(
            "java.io.Closeable", "java.io.IOException", "java.io.StreamTokenizer", "java.io.StringReader",
            "java.lang.ref.Reference", "java.lang.ref.WeakReference",
            "java.nio.ByteBuffer", "java.nio.ByteOrder", "java.nio.channels.FileChannel",
            "java.nio.charset.CharacterCodingException", "java.nio.charset.StandardCharsets", "java.nio.file.Files",
            "java.nio.file.Path", "java.nio.file.StandardCopyOption", "java.nio.file.StandardOpenOption",
            "java.util.ArrayList", "java.util.Arrays", "java.util.Comparator", "java.util.HashMap",
            "java.util.HashSet", "java.util.LinkedHashMap", "java.util.List", "java.util.Map", "java.util.Set",
            "java.util.SplittableRandom", "java.util.TreeSet",
            "java.util.concurrent.atomic.AtomicInteger", "java.util.concurrent.locks.LockSupport",
            "java.util.function.Consumer",
            "java.util.stream.IntStream", "java.util.stream.LongStream", "jdk.incubator.vector.DoubleVector",
            "jdk.incubator.vector.FloatVector", "jdk.incubator.vector.IntVector", "jdk.incubator.vector.LongVector",
            "jdk.incubator.vector.VectorMask", "jdk.incubator.vector.VectorOperators",
            "jdk.incubator.vector.VectorShape", "jdk.incubator.vector.VectorShuffle",
            "jdk.incubator.vector.VectorSpecies");

    private static final Set<String> IMPORTED =
            IMPORTS.stream().map(i -> i.substring(i.lastIndexOf('.') + 1)).collect(Collectors.toSet());

    /** Other names that a class uses for what it has nested, or for types of java.lang. */
    private static final Set<String> TYPES = Set.of(
            "Tensor", "Examples", "Predictor", "Saved", "Entry", "Part", "Team", "Helper", "Trial", "String", "Math", "Float",
            "Double", "Integer", "Long", "Override", "Thread", "Runtime", "Error", "RuntimeException",
            "Runnable", "System", "Throwable", "StringBuilder", "IllegalArgumentException", "IllegalStateException",
            "NumberFormatException", "FunctionalInterface");

    private static final Pattern CONSTANTS =
            Pattern.compile("BATCH|EQUATIONS|SPECIES|WHOLE|LANES|CHUNK|TRAINING|EVALUATION|PREDICTION|BEGINNING|ONE_STEP|(AHEAD|BACK|BIT|REST)_[0-9]+");

    private static final Set<String> FIELDS = Set.of(
            "behind", "examples", "capacity", "sequences", "trainingCapacity", "tensors", "pending", "frozen", "listener", "scratch",
            "team", "threads", "workers");

    /** Words that Java reserves for types only. */
    private static final Set<String> WORDS = Set.of("var", "yield", "record", "sealed", "permits");

    private ClassNames() {}

    /** Whether the class uses a type of that name. */
    public static boolean isType(String name) {
        return TYPES.contains(name) || IMPORTED.contains(name);
    }

    /** Whether no type can have that name, since it is a word of Java. */
    public static boolean isWord(String name) {
        return SourceVersion.isKeyword(name) || WORDS.contains(name);
    }

    /** Whether a type, a constant or a field that every class may have is called so. */
    public static boolean isTaken(String name) {
        return isType(name) || CONSTANTS.matcher(name).matches() || FIELDS.contains(name);
    }

    /** A name of the model as Java allows it: {@code h.W} becomes {@code h_W}, {@code s'} {@code s_next}. */
    public static String identifier(String name) {
        StringBuilder s = new StringBuilder();
        for (char c : name.replace("'", "_next").toCharArray()) s.append(Character.isJavaIdentifierPart(c) ? c : '_');
        if (s.length() == 0 || !Character.isJavaIdentifierStart(s.charAt(0))) s.insert(0, '_');
        String word = s.toString();
        return SourceVersion.isKeyword(word) || word.equals("_") ? word + "_" : word;
    }
}
