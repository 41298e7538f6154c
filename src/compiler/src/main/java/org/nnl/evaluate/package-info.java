/**
 * The yardstick: runs any graph slowly, in double precision, straight from the definition of an equation. Generated code,
 * rewrites and derivatives are compared with it.
 */
package org.nnl.evaluate;
