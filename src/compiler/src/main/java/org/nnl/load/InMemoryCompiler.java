package org.nnl.load;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Compiles Java source to classes in this JVM, without files. */
public final class InMemoryCompiler {
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private InMemoryCompiler() {}

    /**
     * Compiles sources together.
     *
     * @param sources by qualified class name
     * @param known   what they use beside {@code java.base} and vectors: classes of the same module, jar or folder are
     *     known too
     * @return the bytes of every class, nested ones included, by binary name
     * @throws IllegalStateException if they do not compile, or there is no compiler in this Java (a JRE)
     */
    public static Map<String, byte[]> compile(Map<String, String> sources, Class<?>... known) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null)
            throw new IllegalStateException("this Java has no compiler: a JDK is needed, not a JRE");
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        Map<String, Output> outputs = new LinkedHashMap<>();
        boolean vectors = sources.values().stream().anyMatch(s -> s.contains(VECTOR_MODULE));
        List<String> options = new ArrayList<>(List.of("-proc:none", "-nowarn", "-implicit:none"));
        List<String> modules = new ArrayList<>(List.of("java.base")); // javac need not look at the other seventy
        if (vectors) modules.add(VECTOR_MODULE);
        for (Class<?> c : known) if (c.getModule().isNamed()) modules.add(c.getModule().getName());
        options.addAll(List.of("--limit-modules", String.join(",", modules)));
        if (vectors) options.addAll(List.of("--add-modules", VECTOR_MODULE));
        List<Source> units = new ArrayList<>();
        sources.forEach((name, text) -> units.add(new Source(name, text)));
        StandardJavaFileManager files =
                compiler.getStandardFileManager(problems, Locale.ROOT, StandardCharsets.UTF_8);
        setClassPath(files, known);
        boolean done = compiler.getTask(null, new Memory(files, outputs), problems, options, null, units).call();
        if (!done) {
            StringBuilder message = new StringBuilder("the generated source does not compile:");
            for (Diagnostic<? extends JavaFileObject> d : problems.getDiagnostics())
                if (d.getKind() == Diagnostic.Kind.ERROR)
                    message.append("\n  line ").append(d.getLineNumber()).append(": ").append(d.getMessage(Locale.ROOT));
            throw new IllegalStateException(message.toString());
        }
        Map<String, byte[]> classes = new LinkedHashMap<>();
        outputs.forEach((name, output) -> classes.put(name, output.bytes.toByteArray()));
        return classes;
    }

    /** Not the class path of this JVM, all of whose jars would be searched. */
    private static void setClassPath(StandardJavaFileManager files, Class<?>... known) {
        Set<Path> places = new LinkedHashSet<>();
        try {
            for (Class<?> c : known)
                if (!c.getModule().isNamed()) places.add(Path.of(c.getProtectionDomain().getCodeSource().getLocation().toURI()));
            files.setLocationFromPaths(StandardLocation.CLASS_PATH, places);
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Compiles sources together and loads them in a class loader of their own; the class of the first is returned. */
    public static Class<?> load(Map<String, String> sources, Class<?>... known) {
        Map<String, byte[]> classes = compile(sources, known);
        ClassLoader loader = new ClassLoader(InMemoryCompiler.class.getClassLoader()) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                byte[] bytes = classes.get(name);
                if (bytes == null) throw new ClassNotFoundException(name);
                return defineClass(name, bytes, 0, bytes.length);
            }
        };
        try {
            return loader.loadClass(sources.keySet().iterator().next());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("the compiler gave no class " + e.getMessage(), e);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("memory:///" + name.replace('.', '/') + Kind.SOURCE.extension), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class Output extends SimpleJavaFileObject {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Output(String name) {
            super(URI.create("memory:///" + name.replace('.', '/') + Kind.CLASS.extension), Kind.CLASS);
        }

        @Override
        public OutputStream openOutputStream() {
            return bytes;
        }
    }

    private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, Output> outputs;

        Memory(JavaFileManager files, Map<String, Output> outputs) {
            super(files);
            this.outputs = outputs;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            Output output = new Output(className);
            outputs.put(className, output);
            return output;
        }
    }
}
