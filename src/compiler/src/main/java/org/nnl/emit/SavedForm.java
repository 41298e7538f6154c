package org.nnl.emit;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import org.nnl.Options;
import org.nnl.equations.Size;
import org.nnl.equations.Tensor;
import org.nnl.program.Program;
import org.nnl.schedule.Schedule;

/**
 * Saving and loading as safetensors: eight bytes of header length, a header in JSON, the numbers, all little-endian. The
 * methods are the same in every class; what they save stands in three tables.
 */
final class SavedForm {
    private SavedForm() {}

    static void addTo(TypeSpec.Builder c, Program p, Schedule schedule, Options options) {
        boolean isFloat = options.precision() == Options.Precision.FLOAT;
        String text;
        try (InputStream in = SavedForm.class.getResourceAsStream("saved-form.txt")) {
            text = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        List<Tensor> all = new ArrayList<>(p.parameters());
        all.addAll(p.states());
        String tensors = all.stream().map(t -> "\"" + t.name() + "\"").collect(Collectors.joining(", "));
        String arrays = all.stream().map(t -> schedule.of(t.name()).name()).collect(Collectors.joining(", "));
        String shapes = all.stream()
                .map(t -> "\"" + t.shape().stream().map(Size::toString).collect(Collectors.joining(",", "[", "]")) + "\"")
                .collect(Collectors.joining(", "));
        ClassName string = ClassName.get(String.class);
        com.palantir.javapoet.ArrayTypeName strings = com.palantir.javapoet.ArrayTypeName.of(string);
        c.addField(FieldSpec.builder(strings, "SAVED", Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .addJavadoc("Names of the tensors in a saved file.\n").initializer("{$L}", tensors).build());
        c.addField(FieldSpec.builder(strings, "SAVED_SHAPES", Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .initializer("{$L}", shapes).build());
        String real = options.precision().java();
        c.addMethod(MethodSpec.methodBuilder("saved").addModifiers(Modifier.PRIVATE)
                .returns(com.palantir.javapoet.ArrayTypeName.of(com.palantir.javapoet.ArrayTypeName.of(
                        isFloat ? TypeName.FLOAT : TypeName.DOUBLE)))
                .addStatement("return new $L[][] {$L}", real, arrays).build());
        text = text.replace("@MODEL@", p.name()).replace("@REAL@", real).replace("@BYTES@", isFloat ? "4" : "8")
                .replace("@DTYPE@", isFloat ? "F32" : "F64").replace("@BUFFER@", isFloat ? "Float" : "Double");
        for (String part : text.split("\n(?=(?:public|private) )")) c.addMethod(method(part.strip()));
    }

    /** A method from its text: the line of its signature, its body, and comments above in the template's form. */
    private static MethodSpec method(String text) {
        String signature = text.substring(0, text.indexOf('{')).strip();
        String body = text.substring(text.indexOf('\n') + 1, text.lastIndexOf('}')).stripIndent();
        String name = signature.substring(0, signature.indexOf('(')).replaceAll(".* ", "");
        MethodSpec.Builder m = MethodSpec.methodBuilder(name);
        if (signature.startsWith("public")) m.addModifiers(Modifier.PUBLIC);
        else m.addModifiers(Modifier.PRIVATE);
        if (signature.contains(" static ")) m.addModifiers(Modifier.STATIC);
        if (signature.contains("throws IOException")) m.addException(IOException.class);
        String type = signature.substring(0, signature.indexOf('(')).replaceAll("^(public|private)( static)? ", "")
                .replaceAll(" \\w+$", "");
        m.returns(type(type));
        String parameters = signature.substring(signature.indexOf('(') + 1, signature.lastIndexOf(')'));
        if (!parameters.isBlank())
            for (String q : parameters.split(", (?![^<]*>)"))
                m.addParameter(type(q.substring(0, q.lastIndexOf(' '))), q.substring(q.lastIndexOf(' ') + 1));
        StringBuilder kept = new StringBuilder();
        for (String line : body.split("\n"))
            if (line.startsWith("/// ")) m.addJavadoc("$L\n", line.substring(4));
            else kept.append(line).append('\n');
        return m.addCode(CodeBlock.of("$L", kept.toString())).build();
    }

    private static TypeName type(String name) {
        return switch (name) {
            case "void" -> TypeName.VOID;
            case "boolean" -> TypeName.BOOLEAN;
            case "char" -> TypeName.CHAR;
            case "FileChannel" -> ClassName.get(java.nio.channels.FileChannel.class);
            case "int" -> TypeName.INT;
            case "long" -> TypeName.LONG;
            case "int[]" -> com.palantir.javapoet.ArrayTypeName.of(TypeName.INT);
            case "long[]" -> com.palantir.javapoet.ArrayTypeName.of(TypeName.LONG);
            case "byte[]" -> com.palantir.javapoet.ArrayTypeName.of(TypeName.BYTE);
            case "String" -> ClassName.get(String.class);
            case "Path" -> ClassName.get(Path.class);
            case "IOException" -> ClassName.get(IOException.class);
            case "ByteBuffer" -> ClassName.get(java.nio.ByteBuffer.class);
            case "Map<String, String>" -> com.palantir.javapoet.ParameterizedTypeName.get(
                    java.util.Map.class, String.class, String.class);
            default -> throw new IllegalArgumentException(name);
        };
    }
}
