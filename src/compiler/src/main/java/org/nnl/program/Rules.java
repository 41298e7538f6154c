package org.nnl.program;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the settings of a running class are held to, and what is computed in their place.
 *
 * @param limits     of single settings, by their names: checked when a setting is given a value
 * @param conditions of settings together, or of what is scheduled: checked when they are used, since between two changes they
 *                   need not hold
 * @param scheduled  hyper-parameters that are computed anew in each step, by the names by which conditions read them
 */
public record Rules(Map<String, List<Limit>> limits, List<Condition> conditions, Map<String, Scheduled> scheduled) {
    public static final Rules NONE = new Rules(Map.of(), List.of(), Map.of());

    public Rules {
        limits = Map.copyOf(limits);
        conditions = List.copyOf(conditions);
        scheduled = Collections.unmodifiableMap(new LinkedHashMap<>(scheduled));
    }
}
