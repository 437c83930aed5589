// Package table parses tables and lines of JSON: it splits lines into fields and objects
// into members, and parses numbers. The readers of training data and of a model's input
// share it, so that both read a file in the same way.
package table
