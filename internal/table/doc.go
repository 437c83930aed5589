// Package table splits what stands in tables and in lines of JSON: lines into fields,
// objects into members, and fields into numbers. Readers of training data and of what
// a model is run on use it, so that both understand a file in the same way.
package table
