package org.nnl.emit;

import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeVariableName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;

/**
 * Java that is the same in every class but for a few words: sections of a resource, each headed by {@code === name},
 * with {@code @KEY@} for what differs.
 */
final class Template {
    private static final Pattern SIGNATURE =
            Pattern.compile("((?:(?:public|private|static) )*)(\\w+(?:<.*?>)?(?:\\[])*) (\\w+)\\((.*)\\)(?: throws (\\w+))? \\{");
    private static final Pattern COMMA = Pattern.compile(", (?![^<]*>)");
    private final Map<String, String> sections = new LinkedHashMap<>();
    private final Map<String, String> words = new LinkedHashMap<>();

    Template(String resource) {
        try (InputStream in = Template.class.getResourceAsStream(resource)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r", "");
            for (String s : text.split("(?m)^=== ")) {
                int end = s.indexOf('\n');
                sections.put(s.substring(0, end), s.substring(end + 1).stripTrailing());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What stands for {@code @KEY@} from now on. */
    Template put(String key, String text) {
        words.put("@" + key + "@", text);
        return this;
    }

    /** A section with its words put in; those may mention others that were put before them. */
    String text(String section) {
        String text = sections.get(section);
        if (text == null) throw new IllegalArgumentException("no section " + section);
        List<String> keys = new ArrayList<>(words.keySet());
        for (int k = keys.size() - 1; k >= 0; k--) text = text.replace(keys.get(k), words.get(keys.get(k)));
        return text;
    }

    /** The methods of a section. */
    List<MethodSpec> methods(String section) {
        List<MethodSpec> methods = new ArrayList<>();
        for (String m : text(section).split("(?m)(?<=^}\n)\n")) methods.add(method(m));
        return methods;
    }

    private static MethodSpec method(String text) {
        String doc = "";
        String rest = text;
        if (text.startsWith("/**")) {
            int end = text.indexOf("*/");
            doc = text.substring(3, end).replaceAll("(?m)^ \\*(?: |$)", "").strip();
            rest = text.substring(end + 2).strip();
        }
        Matcher m = SIGNATURE.matcher(rest.lines().findFirst().orElseThrow());
        if (!m.matches()) throw new IllegalArgumentException("no signature: " + rest);
        MethodSpec.Builder method = MethodSpec.methodBuilder(m.group(3)).returns(type(m.group(2)));
        for (String modifier : m.group(1).split(" "))
            if (!modifier.isEmpty()) method.addModifiers(Modifier.valueOf(modifier.toUpperCase(java.util.Locale.ROOT)));
        if (!m.group(4).isEmpty())
            for (String p : COMMA.split(m.group(4)))
                method.addParameter(type(p.substring(0, p.lastIndexOf(' '))), p.substring(p.lastIndexOf(' ') + 1));
        if (m.group(5) != null) method.addException(type(m.group(5)));
        if (!doc.isEmpty()) method.addJavadoc("$L\n", doc);
        String body = rest.substring(rest.indexOf('\n') + 1, rest.lastIndexOf('}')).stripTrailing().stripIndent();
        return method.addCode(CodeBlock.of("$L\n", body)).build();
    }

    /** A type as it is written. */
    private static TypeName type(String name) {
        return TypeVariableName.get(name);
    }
}
