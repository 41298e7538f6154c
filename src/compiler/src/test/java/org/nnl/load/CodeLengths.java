package org.nnl.load;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Reads from a class file how long its methods are. */
public final class CodeLengths {
    private CodeLengths() {}

    /** Bytes of code by method, from the class file (JVMS 4). */
    public static Map<String, Integer> of(byte[] file) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(file));
        in.skipBytes(8);
        int constants = in.readUnsignedShort();
        String[] texts = new String[constants];
        for (int k = 1; k < constants; k++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> texts[k] = in.readUTF();
                case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipBytes(4);
                case 5, 6 -> {
                    in.skipBytes(8);
                    k++;
                }
                case 15 -> in.skipBytes(3);
                default -> in.skipBytes(2);
            }
        }
        in.skipBytes(6);
        in.skipBytes(2 * in.readUnsignedShort());
        Map<String, Integer> lengths = new HashMap<>();
        for (int kind = 0; kind < 2; kind++)
            for (int n = in.readUnsignedShort(); n > 0; n--) {
                in.skipBytes(2);
                String name = texts[in.readUnsignedShort()];
                in.skipBytes(2);
                for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
                    String attribute = texts[in.readUnsignedShort()];
                    int length = in.readInt();
                    if (kind == 1 && attribute.equals("Code")) {
                        in.skipBytes(4);
                        lengths.merge(name, in.readInt(), Math::max);
                        in.skipBytes(length - 8);
                    } else {
                        in.skipBytes(length);
                    }
                }
            }
        return lengths;
    }
}
