// Package architecture holds no code. Its tests read the source of the whole
// module and keep the rules that no compiler checks: which files may ask what
// kind a layer is, that no constants are compared by their order, and which
// way imports run.
package architecture
