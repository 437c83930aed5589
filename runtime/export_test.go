package runtime

// The rules of folding, for tests.
var (
	FoldAlways = withFolding(foldAlways)
	FoldNever  = withFolding(foldNever)
)

// Folded reports whether the model's embedding is folded.
func (m *Model) Folded() bool {
	return m.layers[0][0].tokens != nil && m.layers[0][0].tokens.rows != nil
}

// Fingerprint returns the fingerprint of a model.
var Fingerprint = fingerprint
