package org.nnl.emit;

import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.TypeSpec;
import java.util.StringJoiner;
import javax.lang.model.element.Modifier;
import org.nnl.Options;
import org.nnl.program.Program;
import org.nnl.schedule.Schedule;

/** Saving and loading as safetensors. The methods are the same in every class, and work on its table of tensors. */
final class SavedForm {
    private SavedForm() {}

    /** Adds what is public to the class, and returns the type that reads files. */
    static String addTo(TypeSpec.Builder c, Program p, Schedule schedule, Options options) {
        boolean isFloat = options.precision() == Options.Precision.FLOAT;
        Template t = new Template("saved-form.txt")
                .put("RESET", PublicMethods.trains(schedule) ? "        pending = 0;\n" : "")
                .put("CONFLICT", new Conflicts(p, schedule).whenLoaded())
                .put("R", options.precision().java())
                .put("CLASS", WriteClass.className(p, options))
                .put("MODEL", p.name())
                .put("BYTES", isFloat ? "4" : "8")
                .put("DTYPE", isFloat ? "F32" : "F64")
                .put("CAST", isFloat ? "(float) " : "")
                .put("BUFFER", isFloat ? "Float" : "Double");
        StringJoiner hashes = new StringJoiner(",\n    ", "{\n    ", "\n}");
        p.hashes().forEach((graph, hash) -> hashes.add("{\"" + graph + "\", \"" + hash + "\"}"));
        c.addField(FieldSpec.builder(
                        ArrayTypeName.of(ArrayTypeName.of(ClassName.get(String.class))), "EQUATIONS",
                        Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL)
                .addJavadoc("Hashes of the model's equations: what is saved goes on with the same ones only.\n")
                .initializer("$L", hashes).build());
        t.methods("methods").forEach(c::addMethod);
        return t.text("type Saved");
    }
}
