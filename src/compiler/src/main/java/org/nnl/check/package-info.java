/** Checks of a whole program: its gradient against finite differences of its loss. */
package org.nnl.check;
