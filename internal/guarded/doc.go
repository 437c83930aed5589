// Package guarded gives tests memory that ends where nothing may be touched, so
// that a read or a write beyond a slice at its edge crashes.
package guarded
