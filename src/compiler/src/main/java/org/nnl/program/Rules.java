package org.nnl.program;

import java.util.List;
import java.util.Map;

/**
 * What the settings of a running class are held to.
 *
 * @param limits     of single settings, by their names: checked when a setting is given a value
 * @param conditions of settings together: checked when they are used, since between two changes they need not hold
 */
public record Rules(Map<String, List<Limit>> limits, List<Condition> conditions) {
    public static final Rules NONE = new Rules(Map.of(), List.of());

    public Rules {
        limits = Map.copyOf(limits);
        conditions = List.copyOf(conditions);
    }
}
