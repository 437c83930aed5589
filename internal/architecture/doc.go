// Package architecture has only tests. They read the source of the whole module and
// enforce rules that the compiler does not check: which files may test the kind of a
// layer, that constants are not compared by their order, and the direction of imports.
package architecture
