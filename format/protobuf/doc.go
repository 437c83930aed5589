// Package protobuf reads the fields of protocol buffers strictly: a field with the
// wrong wire type, or a field that is not repeated but occurs twice, is an error.
// The content of a field is a slice of the file, and takes no memory.
package protobuf
