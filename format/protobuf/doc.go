// Package protobuf reads the fields of protocol buffers strictly: one of a wire type
// that is not its own, or that occurs twice and is not repeated, is an error. What a
// field holds is part of the file, and takes no memory.
package protobuf
