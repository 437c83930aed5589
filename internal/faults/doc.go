// Package faults has the system calls fail that a program makes on files: for tests,
// which run a program once to count its calls, and then once for each of them and
// each fault, as SQLite is tested.
//
// It works on the system calls themselves, by ptrace, so that the program is the one
// that is shipped, with no hook in it. That needs Linux on amd64, natively.
package faults
