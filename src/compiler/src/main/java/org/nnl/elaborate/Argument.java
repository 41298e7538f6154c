package org.nnl.elaborate;

import org.nnl.syntax.Span;

/**
 * What a call is given.
 *
 * @param name null for a positional argument
 */
record Argument(String name, Elementwise.Operand operand, Span span, Span nameSpan) {
    Value value() {
        return operand.value();
    }

    Argument with(Value value) {
        return new Argument(name, new Elementwise.Operand(value, operand.text(), operand.declared()), span, nameSpan);
    }
}
