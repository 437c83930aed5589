package format

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"unicode/utf8"

	"github.com/rnnrun/rnnrun/internal/message"
)

// The limits of a model.
const (
	MaxSize       = 1 << 24 // features, units, tokens, outputs, steps
	MaxLayers     = 1024
	maxProperties = 1024
	maxText       = math.MaxInt32 // bytes of properties, or of strings of the data
)

// Validate reports the first rule that the model breaks, as an [*Error] that
// wraps [ErrInvalid] or [ErrUnsupported]. The rules are those of the package
// comment; [Read] and [Model.Append] apply them.
func (m *Model) Validate() error {
	defer runtime.KeepAlive(m) // and so its mapping
	for _, check := range []func() error{
		m.validateArchitecture,
		m.validateTensors,
		m.validateDecoder,
		m.validateVocabulary,
		m.validateLabels,
		m.validateTokenizer,
		m.validateNormalization,
		m.validateData,
		m.validateAnomaly,
		m.validateAdaptation,
		m.validateProvenance,
		m.validateGoldens,
		m.refuseStack,
	} {
		if err := check(); err != nil {
			var e *Error
			if errors.As(err, &e) {
				e.Offset = -1
			}
			return err
		}
	}
	return nil
}

// generates reports whether models of the task feed their outputs back.
func (t Task) generates() bool { return t == TaskLanguage }

func inRange(v int) bool { return v >= 1 && v <= MaxSize }

func (m *Model) validateArchitecture() error {
	invalid := func(at int64, format string, args ...any) error {
		return fail(ErrInvalid, tagArchitecture, at, format, args...)
	}
	switch {
	case !m.Task.known():
		return fail(ErrUnsupported, tagArchitecture, 0, "unknown %v", m.Task)
	case !m.Pool.known():
		return fail(ErrUnsupported, tagArchitecture, 1, "unknown %v", m.Pool)
	case m.Pool == PoolFirst || m.Pool == PoolAttention:
		return invalid(1, "the pool %v, which only a node of a graph has", m.Pool)
	case !m.Output.known():
		return fail(ErrUnsupported, tagArchitecture, 2, "unknown %v", m.Output)
	case m.Graph == nil && !inRange(m.InputSize):
		return invalid(4, "an input size of %d, want 1 to %d", m.InputSize, MaxSize)
	case !(m.SampleRate >= 0) || math.IsInf(m.SampleRate, 0):
		return invalid(16, "a sample rate of %v, want a number of steps a second or 0", m.SampleRate)
	}
	if m.Graph != nil {
		return m.validateGraph()
	}
	if e := m.Embedding; e != nil {
		if err := e.validate(m.InputSize); err != nil {
			return err
		}
	}
	if err := m.validateLayers(); err != nil {
		return err
	}
	if h := m.Head; h != nil {
		if err := h.validate(m.features()); err != nil {
			return err
		}
	}
	if err := m.validatePool(); err != nil {
		return err
	}
	if err := m.validateSkip(); err != nil {
		return err
	}
	return m.validateTask()
}

func (m *Model) validatePool() error {
	last := m.LastRecurrent()
	switch {
	case m.Pool == PoolNone:
	case last < 0:
		return fail(ErrInvalid, tagArchitecture, 1, "the pool %v, but no recurrent layer whose steps it takes", m.Pool)
	case m.Pool == PoolLastOutput && !m.Layers[last].Backward():
		return fail(ErrInvalid, tagArchitecture, 1, "the pool %v of a layer that only reads forward: use %v", m.Pool, PoolLast)
	}
	return nil
}

func (m *Model) validateSkip() error {
	invalid := func(format string, args ...any) error {
		return fail(ErrInvalid, tagArchitecture, 3, "its inputs are added to its outputs, but "+format, args...)
	}
	switch {
	case !m.Skip:
	case m.Embedding != nil:
		return invalid("they are tokens")
	case m.Pool != PoolNone:
		return invalid("the pool %v leaves one output for the sequence", m.Pool)
	case m.OutputSize() > m.InputSize:
		return invalid("it has %s for %s", message.Count(m.InputSize, "input"), message.Count(m.OutputSize(), "output"))
	}
	return nil
}

func (m *Model) validateLayers() error {
	if n := len(m.Layers); n < 1 || n > MaxLayers {
		return fail(ErrInvalid, tagLayers, 0, "%s, want 1 to %d", message.Count(n, "layer"), MaxLayers)
	}
	in := m.InputSize
	for i := range m.Layers {
		l := &m.Layers[i]
		at := int64(i * layerSize)
		if err := l.validate(); err != nil {
			return err.of(tagLayers, at, fmt.Sprintf("layer %d ", i))
		}
		if l.InputSize != in {
			return fail(ErrInvalid, tagLayers, at+4, "layer %d has %s, but what it reads has %d", i, message.Count(l.InputSize, "input"), in)
		}
		if err := l.validateCell(); err != nil {
			return err.of(tagCells, int64(m.recordedLayers(i)*cellSize), fmt.Sprintf("layer %d has ", i))
		}
		if in = l.OutputSize(); in > MaxSize {
			return fail(ErrInvalid, tagLayers, at+8, "layer %d has %s, want at most %d", i, message.Count(in, "output"), MaxSize)
		}
		if m.Task.generates() && l.Backward() {
			return fail(ErrBidirectional, tagLayers, at+2,
				"layer %d of this %v model reads the sequence backwards too, and so from steps that are not generated yet", i, m.Task)
		}
	}
	return nil
}

// validate checks the values of the layer that its record in LAYR holds, except for its inputs.
func (l *Layer) validate() *Error {
	switch n := len(l.Directions); {
	case !l.Cell.Known():
		return unfit(ErrUnsupported, 0, "has the unknown %v", l.Cell)
	case !l.Variant.known():
		return unfit(ErrUnsupported, 1, "has the unknown %v", l.Variant)
	case !l.Cell.has(l.Variant):
		return unfit(ErrInvalid, 1, "is a %v of variant %v, which that cell does not have", l.Cell, l.Variant)
	case n != 1 && n != 2:
		return unfit(ErrInvalid, 2, "has %s, want 1 or 2", message.Count(n, "direction"))
	case l.Backward() && !l.Cell.Recurrent():
		return unfit(ErrInvalid, 2, "is dense and reads the sequence backwards, which only a recurrent layer does")
	case l.Reverse && n == 2:
		return unfit(ErrInvalid, 2, "is reverse, but has 2 directions")
	case l.InputForget && !l.Cell.op().traits().coupled:
		return unfit(ErrInvalid, 3, "is a %v with a coupled forget gate, which only an LSTM has", l.Cell)
	case !inRange(l.HiddenSize):
		return unfit(ErrInvalid, 8, "has %s, want 1 to %d", message.Count(l.HiddenSize, "unit"), MaxSize)
	}
	return nil
}

func (m *Model) validateTask() error {
	invalid := func(at int64, format string, args ...any) error {
		return fail(ErrInvalid, tagArchitecture, at, format, args...)
	}
	switch {
	case m.Task == TaskClassify && m.Pool == PoolNone:
		return invalid(1, "it classifies sequences, but has an output for every step: it lacks a pool")
	case m.Task == TaskTag && m.Pool != PoolNone:
		return invalid(1, "it tags every step, but its pool %v leaves one output for the sequence", m.Pool)
	case m.Task == TaskLanguage && m.Pool != PoolNone:
		return invalid(1, "it predicts a token at every step, but its pool %v leaves one output for the sequence", m.Pool)
	case m.Task == TaskLanguage && m.Embedding == nil:
		return invalid(8, "a language model without an embedding cannot read tokens")
	case m.Task == TaskLanguage && m.OutputSize() != m.Embedding.Tokens:
		return invalid(12, "a language model of %s with %s", message.Count(m.Embedding.Tokens, "token"), message.Count(m.OutputSize(), "output"))
	case m.Task == TaskTranslate && m.Pool != PoolNone:
		return invalid(1, "an encoder hands its final states to the decoder, and has no use for its pool %v", m.Pool)
	case m.Task == TaskTranslate && m.Embedding == nil:
		return invalid(8, "an encoder without an embedding cannot read tokens")
	case m.Task == TaskTranslate && m.Head != nil:
		return invalid(12, "an encoder hands its final states to the decoder, and has no use for its head")
	case m.Task == TaskTranslate && m.Output != OutputLinear:
		return invalid(2, "an encoder hands its final states to the decoder, and has no use for the output %v", m.Output)
	}
	return nil
}

func (m *Model) validateTensors() error {
	end := int64(0)
	err := m.tensors(func(t tensor) error {
		if t.absent() {
			return nil
		}
		start := alignUp(end)
		end = start + t.bytes()
		return t.validate(start)
	})
	if err != nil {
		return err
	}
	if m.Graph != nil {
		return m.Graph.validateWeights()
	}
	for i := range m.Layers {
		l := &m.Layers[i]
		if err := l.validateWeights(m.calibrates(i), "an input scale, which only a first layer has that reads numbers with int8 weights"); err != nil {
			return err.of(tagTensors, 0, fmt.Sprintf("layer %d has ", i))
		}
	}
	return nil
}

// validateWeights refuses weights that the layer should not have. uncalibrated says what is wrong with an input scale
// if the layer cannot have one.
func (l *Layer) validateWeights(calibrated bool, uncalibrated string) *Error {
	for d := range l.Directions {
		if reason := l.surplus(d); reason != "" {
			return unfit(ErrInvalid, 0, "%s", reason)
		}
		if w := &l.Directions[d]; math.Float32bits(w.InputScale) != 0 && (w.Gates.DType != DTypeInt8 || !calibrated) {
			return unfit(ErrInvalid, 0, "%s", uncalibrated)
		}
	}
	return nil
}

// surplus says which weights direction d of the layer should not have; "": none.
func (l *Layer) surplus(d int) string {
	w, s := &l.Directions[d], l.shape()
	switch c := &w.Candidate; {
	case s.candidate == 0 && c.numbers() > 0:
		return "a candidate matrix, which only a GRU with reset before has"
	case s.candidate > 0 && c.DType != w.Gates.DType:
		return fmt.Sprintf("gates of %v and a candidate of %v; want the same number format", w.Gates.DType, c.DType)
	case s.c0 == 0 && len(w.C0) > 0:
		return "an initial cell state, which only an LSTM has"
	case s.h0 == 0 && len(w.H0) > 0:
		return "an initial state, which only a recurrent layer has"
	case s.peephole == 0 && len(w.Peephole) > 0:
		return "peepholes, which only an LSTM has"
	case l.ProjectionSize == 0 && w.Projection.numbers() > 0:
		return "the weights of a projection, but no size of one"
	}
	return ""
}

// validate checks a tensor that starts at the given byte of the weights.
func (t *tensor) validate(start int64) error {
	if err := t.validateShape(); err != nil {
		return err
	}
	data := t.data()
	at := func(i int) int64 { return start + data.offset(int64(i)) }
	if i, fault := data.broken(); i >= 0 {
		return fail(ErrInvalid, tagWeights, at(i), "the %s has %s", t.name(), fault)
	}
	filler := float32(0) // what the kernels compute of padding must stay zero
	if t.scales != nil {
		filler = 1
		for i := range data.len() {
			if s := data.value(i); s < leastScale || s > greatestScale {
				return fail(ErrInvalid, tagWeights, at(i), "the %s has %v as number %d, want %v to %v", t.name(), s, i, leastScale, greatestScale)
			}
		}
	}
	return t.padding(func(i int) error {
		if v := data.value(i); math.Float32bits(v) != math.Float32bits(filler) {
			return fail(ErrInvalid, tagWeights, at(i), "the %s has %v in its padding, which must be %v", t.name(), v, filler)
		}
		return nil
	})
}

// validateShape checks all of a tensor but its numbers.
func (t *tensor) validateShape() error {
	invalid := func(format string, args ...any) error {
		return fail(ErrInvalid, tagTensors, 0, "the %s "+format, append([]any{t.name()}, args...)...)
	}
	if t.at.in(t.format()) == nil {
		return fail(ErrUnsupported, tagTensors, 0, "the %s has the number format %v, which it cannot have", t.name(), t.format())
	}
	if x, ok := t.at.(*Matrix); ok {
		if x.Rows != t.rows || x.Depth != t.depth || x.Tile != t.tile {
			return invalid("is %d×%d in tiles of %d, but the architecture gives %d×%d in tiles of %d",
				x.Rows, x.Depth, x.Tile, t.rows, t.depth, t.tile)
		}
		split := 0
		if x.DType.parted() {
			split = t.split
		}
		if x.Split != split {
			return invalid("of %v is split at column %d, want column %d", x.DType, x.Split, split)
		}
		if n := max(t.split, t.depth-t.split); x.DType == DTypeInt8 && n > maxInt8Columns {
			return invalid("of int8 has a part of %s, want at most %d: keep it in f16", message.Count(n, "column"), maxInt8Columns)
		}
	}
	if n := int64(t.data().len()); n != t.count() {
		return invalid("has %s, but the architecture gives %d", message.Count(n, "number"), t.count())
	}
	if t.mixed() {
		return invalid("of %v has numbers of another format, too", t.format())
	}
	return nil
}

func (m *Model) validateVocabulary() error {
	n := len(m.Vocabulary)
	if n == 0 {
		return nil
	}
	tokens := m.TokenCount()
	if tokens == 0 {
		return fail(ErrInvalid, tagVocabulary, 0, "a vocabulary without an embedding")
	}
	if n != tokens {
		return fail(ErrInvalid, tagVocabulary, 0, "a vocabulary of %s, but the embedding has %d", message.Count(n, "token"), tokens)
	}
	if err := validateStrings(tagVocabulary, m.Vocabulary); err != nil {
		return err
	}
	return validateUnique(tagVocabulary, n, func(i int) string { return m.Vocabulary[i] })
}

func (m *Model) validateLabels() error {
	n := len(m.Labels)
	if n == 0 {
		return nil
	}
	if m.Task == TaskTranslate {
		return fail(ErrInvalid, tagLabels, 0, "labels, which a translation model has no use for")
	}
	if m.severalOutputs() {
		return fail(ErrInvalid, tagLabels, 0, "labels of a model of several outputs, which have names instead")
	}
	if n != m.LogitCount() {
		return fail(ErrInvalid, tagLabels, 0, "%s for %s", message.Count(n, "label"), message.Count(m.LogitCount(), "output"))
	}
	if err := validateStrings(tagLabels, m.Labels); err != nil {
		return err
	}
	for i, s := range m.Labels {
		if !utf8.ValidString(s) {
			return fail(ErrInvalid, tagLabels, 0, "label %d, %s, is not UTF-8", i, quote(s))
		}
	}
	return validateUnique(tagLabels, n, func(i int) string { return m.Labels[i] })
}

func (m *Model) validateTokenizer() error {
	t := m.Tokenizer
	if t == nil {
		return nil
	}
	invalid := func(at int64, format string, args ...any) error {
		return fail(ErrInvalid, tagTokenizer, at, format, args...)
	}
	tokens := m.TokenCount()
	switch {
	case !t.Kind.known():
		return fail(ErrUnsupported, tagTokenizer, 0, "unknown %v", t.Kind)
	case tokens == 0:
		return invalid(0, "a tokenizer, but no embedding to read its tokens")
	case t.Kind == TokenizerBytes && tokens < 256:
		return invalid(0, "a tokenizer of bytes needs 256 tokens, but the embedding has %d", tokens)
	case t.Kind != TokenizerBytes && len(m.Vocabulary) == 0:
		return invalid(0, "a tokenizer of %v without a vocabulary", t.Kind)
	}
	for _, c := range []struct {
		name     string
		at       int64
		v        int
		min, max int
	}{
		{"longest run", 4, t.MaxRun, 0, math.MaxInt32},
		{"greatest length", 8, t.MaxLength, 0, math.MaxInt32},
		{"unknown token", 12, t.Unknown, -1, tokens - 1},
		{"start token", 16, t.Start, -1, tokens - 1},
		{"end token", 20, t.End, -1, tokens - 1},
	} {
		if c.v < c.min || c.v > c.max {
			return invalid(c.at, "the tokenizer's %s is %d, want %d to %d", c.name, c.v, c.min, c.max)
		}
	}
	return nil
}

func (m *Model) validateNormalization() error {
	n := m.Normalization
	if n == nil {
		return nil
	}
	inputs := m.normalized()
	invalid := func(at int, format string, args ...any) error {
		return fail(ErrInvalid, tagNormalization, int64(at), format, args...)
	}
	switch {
	case m.Task == TaskTranslate:
		return invalid(0, "a normalization, which a translation model has no use for")
	case len(n.Mean) != inputs || len(n.Scale) != inputs:
		return invalid(0, "%s and %s of inputs, want %d", message.Count(len(n.Mean), "mean"), message.Count(len(n.Scale), "scale"), inputs)
	case len(n.OutputMean) != len(n.OutputScale):
		return invalid(4, "%s and %s of outputs", message.Count(len(n.OutputMean), "mean"), message.Count(len(n.OutputScale), "scale"))
	case len(n.OutputMean) != 0 && m.severalOutputs():
		return invalid(4, "a normalization of several outputs")
	case len(n.OutputMean) != 0 && len(n.OutputMean) != m.OutputSize():
		return invalid(4, "%s of outputs, want none or %d", message.Count(len(n.OutputMean), "mean"), m.OutputSize())
	case len(n.Mean)+len(n.OutputMean) == 0:
		return invalid(0, "a normalization of nothing")
	case len(n.OutputMean) > 0 && m.Output != OutputLinear:
		return invalid(4, "a normalization of the outputs of a %v", m.Output)
	}
	at := 8
	for _, v := range [][]float32{n.Mean, n.Scale, n.OutputMean, n.OutputScale} {
		for i, x := range v {
			if !finite(x) {
				return invalid(at+4*i, "the number %v", x)
			}
		}
		at += 4 * len(v)
	}
	return nil
}

func (m *Model) validateProvenance() error {
	n := len(m.Provenance)
	if n > maxProperties {
		return fail(ErrInvalid, tagProvenance, 0, "%s, want at most %d", message.Count(n, "property"), maxProperties)
	}
	total := 0
	for _, p := range m.Provenance {
		if p.Key == "" || p.Value == "" {
			return fail(ErrInvalid, tagProvenance, 0, "the property %s=%s is empty: omit it", quote(p.Key), quote(p.Value))
		}
		if !utf8.ValidString(p.Key) || !utf8.ValidString(p.Value) {
			return fail(ErrInvalid, tagProvenance, 0, "the property %s=%s is not UTF-8", quote(p.Key), quote(p.Value))
		}
		if len(p.Key)+len(p.Value) > maxText-total {
			return fail(ErrInvalid, tagProvenance, 0, "more than %d bytes of properties", maxText)
		}
		total += len(p.Key) + len(p.Value)
	}
	return validateUnique(tagProvenance, n, func(i int) string { return m.Provenance[i].Key })
}

func (m *Model) validateGoldens() error {
	if len(m.Goldens) == 0 {
		return nil
	}
	at, outputs := int64(8), m.OutputSize()
	for i := range m.Goldens {
		if err := m.validateGolden(i, outputs, at); err != nil {
			return err
		}
		g := &m.Goldens[i]
		at += goldenSize + 4*int64(len(g.Tokens)+len(g.Input)+len(g.Last))
	}
	return nil
}

// validateGolden checks golden i of a model of that many outputs, which starts at
// the given byte of its section.
func (m *Model) validateGolden(i, outputs int, at int64) error {
	g := &m.Goldens[i]
	width := m.TokenWidth()
	tokens, numbers := int64(g.Steps)*int64(width), int64(g.Steps)*int64(m.NumberWidth())
	switch {
	case !inRange(g.Steps):
		return fail(ErrInvalid, tagGoldens, at, "golden %d has %s, want 1 to %d", i, message.Count(g.Steps, "step"), MaxSize)
	case int64(len(g.Tokens)) != tokens || int64(len(g.Input)) != numbers:
		return fail(ErrInvalid, tagGoldens, at, "golden %d has %s and %s, want %d and %d for %s",
			i, message.Count(len(g.Tokens), "token"), message.Count(len(g.Input), "number"), tokens, numbers, message.Count(g.Steps, "step"))
	case len(g.Last) != outputs:
		return fail(ErrInvalid, tagGoldens, at+4, "golden %d has %d last outputs, but the model has %d", i, len(g.Last), outputs)
	}
	at += goldenSize
	for k, id := range g.Tokens {
		if limit := m.tokenLimit(k % width); id < 0 || int(id) >= limit {
			return fail(ErrInvalid, tagGoldens, at, "golden %d has token %d, want 0 to %d", i, id, limit-1)
		}
		at += 4
	}
	for _, v := range [][]float32{g.Input, g.Last} {
		for _, x := range v {
			if !finite(x) {
				return fail(ErrInvalid, tagGoldens, at, "golden %d has the number %v", i, x)
			}
			at += 4
		}
	}
	return nil
}
