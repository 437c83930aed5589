// Package guarded gives tests memory next to protected pages, so that a read or
// a write beyond a slice at its edge crashes.
package guarded
