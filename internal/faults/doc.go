// Package faults makes a program's system calls on files fail, for tests. A test runs a
// program once to count its calls, and then once for each call and each fault, as
// SQLite's tests do.
//
// It changes the system calls themselves, with ptrace, so it tests the shipped program
// without hooks. It needs Linux on a real amd64 machine.
package faults
