// Package dataset reads what networks learn from: texts with their labels, pairs
// of texts, tagged sentences, series of numbers and running text. It keeps more
// of it than fits into memory in a temporary file, and knows nothing of how a
// network learns.
package dataset
