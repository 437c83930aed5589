// Package faults makes a program's system calls on files fail, for tests: they run a
// program once to count its calls, and then once for each call and each fault, as
// SQLite's tests do.
//
// It works on the system calls themselves, with ptrace, so that it tests the shipped
// program, without hooks in it. That needs Linux on amd64, natively.
package faults
