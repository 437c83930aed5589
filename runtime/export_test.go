package runtime

// Options that control folding, for tests.
var (
	FoldAlways = withFolding(foldAlways)
	FoldNever  = withFolding(foldNever)
)

// Folded reports whether the model's embedding is folded.
func (m *Model) Folded() bool {
	o, ok := m.plan.below[0].op.(*embeddedOp)
	return ok && o.rows != nil
}

// WithThreadsForAll is WithThreads for products of any size.
func WithThreadsForAll(n int) Option {
	return func(o *options) { o.threads, o.shared = n, 1 }
}

// Fingerprint returns the fingerprint of a model.
var Fingerprint = fingerprint

// SharedPlaces returns the number of places that the values of the model's plan
// share.
func (m *Model) SharedPlaces() int { return m.plan.slots }

// WithoutBatch makes sessions step all hypotheses.
func (t *Translator) WithoutBatch() {
	t.beam = nil
	for len(t.decoders) < t.search.beam {
		t.decoders = append(t.decoders, t.model.decoder.NewSession())
	}
}
