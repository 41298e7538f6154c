package org.nnl.train;

import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnl.data.DataException;
import org.nnl.load.Instance;

/** An object of a generated class as the training loop sees it. */
public record GeneratedModel(Instance instance) implements Trainable {
    private record Values(Map<String, Object> parameters, Map<String, Object> states, Map<String, Double> settings)
            implements Snapshot {}

    @Override
    public double trainStep(Object[] data, int examples) {
        try {
            return instance.trainStep(data, examples);
        } catch (IllegalStateException e) {
            throw new DataException(e.getMessage(), e); // the model's own: a rate that cannot be, by its schedule
        }
    }

    @Override
    public double loss(Object[] data, int examples) {
        return instance.loss(data, examples);
    }

    @Override
    public double metric(String name) {
        return instance.metric(name);
    }

    @Override
    public List<String> metricNames() {
        return instance.names("metric");
    }

    @Override
    public Snapshot snapshot() {
        Values v = new Values(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        for (String p : instance.names("parameter")) v.parameters.put(p, copy(instance.parameter(p)));
        for (String s : instance.names("state")) v.states.put(s, copy(instance.state(s)));
        for (String s : instance.names("setting")) v.settings.put(s, instance.setting(s));
        return v;
    }

    @Override
    public void restore(Snapshot snapshot) {
        Values v = (Values) snapshot;
        v.parameters.forEach((name, value) -> put(value, instance.parameter(name)));
        v.states.forEach((name, value) -> put(value, instance.state(name)));
        v.settings.forEach(instance::setting);
    }

    private static Object copy(Object array) {
        Object to = Array.newInstance(array.getClass().getComponentType(), Array.getLength(array));
        put(array, to);
        return to;
    }

    @SuppressWarnings("SuspiciousSystemArraycopy")
    private static void put(Object from, Object to) {
        System.arraycopy(from, 0, to, 0, Array.getLength(from));
    }

    @Override
    public void save(Path file) throws IOException {
        instance.save(file);
    }

    @Override
    public void load(Path file) throws IOException {
        instance.load(file);
    }
}
