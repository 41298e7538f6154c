/**
 * Shows a compilation to people: formulas, a picture of the graph, the schedule and the generated code on one page that
 * needs nothing but a browser.
 */
package org.nnl.report;
