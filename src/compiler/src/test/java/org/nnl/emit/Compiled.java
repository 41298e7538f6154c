package org.nnl.emit;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A class compiled from text in memory, for tests of pieces of generated code. */
public final class Compiled extends ClassLoader {
    private final Map<String, ByteArrayOutputStream> bytes = new HashMap<>();

    private Compiled() {
        super(Compiled.class.getClassLoader());
    }

    /** Compiles {@code source}, the text of class {@code name} in the unnamed package. */
    public static Class<?> of(String name, String source) {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        Compiled loader = new Compiled();
        StandardJavaFileManager standard = javac.getStandardFileManager(problems, null, null);
        JavaFileManager files = new ForwardingJavaFileManager<>(standard) {
            @Override
            public JavaFileObject getJavaFileForOutput(
                    Location where, String type, JavaFileObject.Kind kind, FileObject sibling) {
                return new SimpleJavaFileObject(URI.create("mem:///" + type + ".class"), kind) {
                    @Override
                    public OutputStream openOutputStream() {
                        return loader.bytes.computeIfAbsent(type, t -> new ByteArrayOutputStream());
                    }
                };
            }
        };
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("mem:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignore) {
                        return source;
                    }
                };
        List<String> options = List.of("--add-modules", "jdk.incubator.vector", "-proc:none", "-nowarn");
        if (!javac.getTask(null, files, problems, options, null, List.of(file)).call())
            throw new AssertionError(problems.getDiagnostics().stream().limit(5).toList() + "\n" + source);
        try {
            return loader.loadClass(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs the only static method of that name. */
    public static Object run(Class<?> type, String method, Object... arguments) {
        try {
            for (Method m : type.getDeclaredMethods())
                if (m.getName().equals(method)) {
                    m.setAccessible(true);
                    return m.invoke(null, arguments);
                }
            throw new AssertionError("no method " + method);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e.getCause() == null ? e : e.getCause());
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        ByteArrayOutputStream b = bytes.get(name);
        if (b == null) throw new ClassNotFoundException(name);
        return defineClass(name, b.toByteArray(), 0, b.size());
    }
}
