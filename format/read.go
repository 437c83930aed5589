package format

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/rnnrun/rnnrun/internal/message"
)

// Sizes of the fixed records, in bytes.
const (
	architectureSize = 24
	layerSize        = 12
	tokenizerSize    = 24
	goldenSize       = 16 // of its fixed part
)

const (
	flagSkip        = 1 // of ARCH
	flagInputForget = 1 // of a layer
	onlyReverse     = 3 // directions of a layer
)

// Read reads a .rnn file. The model's numbers and strings alias data, which must not change as long as the model is in
// use; numbers are copied if they are not aligned to their size or the machine is big-endian. Pass data that is
// [Aligned] if the kernels are to use the weights in place.
//
// Read accepts exactly what [Model.Append] makes, and files of later versions that differ by
// sections marked optional. Everything else gives an [*Error]. It allocates at most four
// times the length of data, and a little for each node of a graph.
func Read(data []byte) (*Model, error) {
	s, err := readSections(data)
	if err != nil {
		return nil, err
	}
	return readModel(s)
}

// readModel reads a model from its sections.
func readModel(s *sections) (*Model, error) {
	m := new(Model)
	for _, step := range []func(*Model, *sections) error{
		(*Model).readArchitecture,
		(*Model).readLayers,
		(*Model).readCells,
		(*Model).readGraph,
		(*Model).checkArchitecture,
		(*Model).readTensors,
		(*Model).readDecoder,
		(*Model).readTexts,
		(*Model).readTokenizer,
		(*Model).readNormalization,
		(*Model).readData,
		(*Model).readAnomaly,
		(*Model).readAdaptation,
		(*Model).readProvenance,
		(*Model).readGoldens,
		func(m *Model, _ *sections) error { return m.refuseStack() },
	} {
		if err := step(m, s); err != nil {
			return nil, locate(err, s.start)
		}
	}
	return m, nil
}

func (m *Model) readArchitecture(s *sections) error {
	b := s.body(tagArchitecture)
	if len(b) != architectureSize {
		return fail(ErrCorrupt, tagArchitecture, 0, "%s, want %d", message.Count(len(b), "byte"), architectureSize)
	}
	if b[3]&^flagSkip != 0 {
		return fail(ErrUnsupported, tagArchitecture, 3, "unknown flags %#x", b[3])
	}
	m.Skip = b[3]&flagSkip != 0
	m.Task, m.Pool, m.Output = Task(b[0]), Pool(b[1]), Output(b[2])
	var err error
	size := func(at int64) int {
		v := binary.LittleEndian.Uint32(b[at:])
		if v > MaxSize && err == nil {
			err = fail(ErrInvalid, tagArchitecture, at, "a size of %d, want at most %d", v, MaxSize)
		}
		return int(v)
	}
	m.InputSize = size(4)
	if tokens := size(8); tokens > 0 {
		m.Embedding = &Embedding{Tokens: tokens, Size: m.InputSize}
	}
	if outputs := size(12); outputs > 0 {
		m.Head = &Dense{OutputSize: outputs}
	}
	m.SampleRate = math.Float64frombits(binary.LittleEndian.Uint64(b[16:]))
	return err
}

func (m *Model) readLayers(s *sections) error {
	b := s.body(tagLayers)
	if len(b)%layerSize != 0 {
		return fail(ErrCorrupt, tagLayers, 0, "%s, not a multiple of %d", message.Count(len(b), "byte"), layerSize)
	}
	// The directory tells whether the file can hold the weights of that many layers, before any memory is allocated for
	// them.
	directions := 0
	for r := b; len(r) > 0; r = r[layerSize:] {
		directions += directionsOf(r[2])
	}
	if records := len(s.body(tagTensors)) / tensorSize; directions > records {
		return fail(ErrCorrupt, tagTensors, 0, "%s, too few for the directions of %s", message.Count(records, "tensor"), message.Count(len(b)/layerSize, "layer"))
	}
	if len(b) == 0 {
		return nil // it is a graph
	}
	m.Layers = make([]Layer, len(b)/layerSize)
	for i := range m.Layers {
		at := int64(i * layerSize)
		if err := m.Layers[i].readRecord(b[at:][:layerSize]); err != nil {
			return err.of(tagLayers, at, fmt.Sprintf("layer %d has ", i))
		}
	}
	return nil
}

// readRecord reads the layer's record in LAYR.
func (l *Layer) readRecord(r []byte) *Error {
	if r[3]&^flagInputForget != 0 {
		return unfit(ErrUnsupported, 3, "the unknown flags %#x", r[3])
	}
	in, hidden := binary.LittleEndian.Uint32(r[4:]), binary.LittleEndian.Uint32(r[8:])
	if max(in, hidden) > MaxSize {
		return unfit(ErrInvalid, 4, "%s and %s, want at most %d", message.Count(in, "input"), message.Count(hidden, "unit"), MaxSize)
	}
	*l = Layer{
		Cell: Cell(r[0]), Variant: Variant(r[1]),
		InputSize: int(in), HiddenSize: int(hidden),
		Directions:  make([]Weights, directionsOf(r[2])),
		Reverse:     r[2] == onlyReverse,
		InputForget: r[3] == flagInputForget,
	}
	return nil
}

// directionsOf returns how many directions a byte of LAYR means.
func directionsOf(b byte) int {
	if b == onlyReverse {
		return 1
	}
	return int(b)
}

// checkArchitecture completes and checks the sections ARCH, LAYR and CELL.
func (m *Model) checkArchitecture(*sections) error {
	if m.Head != nil && len(m.Layers) > 0 {
		m.Head.InputSize = m.features()
	}
	return m.validateArchitecture()
}

func (m *Model) readTensors(s *sections) error {
	records, weights := s.body(tagTensors), s.body(tagWeights)
	if len(records)%tensorSize != 0 {
		return fail(ErrCorrupt, tagTensors, 0, "%s, not a multiple of %d", message.Count(len(records), "byte"), tensorSize)
	}
	var pos, end int64
	err := m.tensors(func(t tensor) error {
		if pos == int64(len(records)) {
			if t.optional {
				return nil
			}
			return fail(ErrCorrupt, tagTensors, pos, "the directory ends before the %v", t.name())
		}
		r := records[pos:][:tensorSize]
		if t.optional && !t.isIn(r) {
			return nil
		}
		start := alignUp(end)
		if err := t.check(r, pos, start); err != nil {
			return err
		}
		if start+t.bytes() > int64(len(weights)) {
			return fail(ErrCorrupt, tagTensors, pos+16, "the %v goes beyond the end of the weights", t.name())
		}
		if !allZero(weights[end:start]) {
			return fail(ErrCorrupt, tagWeights, end, "the padding before the %v is not zero", t.name())
		}
		end = start + t.bytes()
		t.set(weights[start:end:end])
		if t.absent() {
			return fail(ErrInvalid, tagWeights, start, "the %v is 0: omit it", t.name())
		}
		pos += tensorSize
		return nil
	})
	switch {
	case err != nil:
		return err
	case pos != int64(len(records)):
		return fail(ErrCorrupt, tagTensors, pos, "%s more than the architecture has", message.Count((int64(len(records))-pos)/tensorSize, "tensor"))
	case end != int64(len(weights)):
		return fail(ErrCorrupt, tagWeights, end, "%s after the last tensor", message.Count(int64(len(weights))-end, "byte"))
	}
	return m.validateTensors()
}

func (m *Model) readTexts(s *sections) (err error) {
	if m.Vocabulary, err = readStrings(s, tagVocabulary, m.TokenCount()); err != nil {
		return err
	}
	if err := m.validateVocabulary(); err != nil {
		return err
	}
	if m.Labels, err = readStrings(s, tagLabels, m.LogitCount()); err != nil {
		return err
	}
	return m.validateLabels()
}

func (m *Model) readTokenizer(s *sections) error {
	b := s.body(tagTokenizer)
	if len(b) == 0 {
		return nil
	}
	if len(b) != tokenizerSize {
		return fail(ErrCorrupt, tagTokenizer, 0, "%s, want %d", message.Count(len(b), "byte"), tokenizerSize)
	}
	if b[1]&^(tokenizerLowercase|tokenizerNFC) != 0 || b[2] != 0 || b[3] != 0 {
		return fail(ErrUnsupported, tagTokenizer, 1, "unknown flags % x", b[1:4])
	}
	u32 := func(at int) int64 { return int64(binary.LittleEndian.Uint32(b[at:])) }
	for at := 4; at < 12; at += 4 {
		if u32(at) > math.MaxInt32 {
			return fail(ErrInvalid, tagTokenizer, int64(at), "a limit of %d, want at most %d", u32(at), math.MaxInt32)
		}
	}
	m.Tokenizer = &Tokenizer{
		Kind: TokenizerKind(b[0]), Lowercase: b[1]&tokenizerLowercase != 0, NFC: b[1]&tokenizerNFC != 0,
		MaxRun: int(u32(4)), MaxLength: int(u32(8)),
		Unknown: int(int32(u32(12))), Start: int(int32(u32(16))), End: int(int32(u32(20))),
	}
	return m.validateTokenizer()
}

func (m *Model) readNormalization(s *sections) error {
	b := s.body(tagNormalization)
	if len(b) == 0 {
		return nil
	}
	if len(b) < 8 {
		return fail(ErrCorrupt, tagNormalization, 0, "%s, want at least 8", message.Count(len(b), "byte"))
	}
	inputs, outputs := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
	if want := 8 + 8*uint64(inputs) + 8*uint64(outputs); uint64(len(b)) != want {
		return fail(ErrCorrupt, tagNormalization, 0, "%s, want %d for %s and %s", message.Count(len(b), "byte"), want, message.Count(inputs, "input"), message.Count(outputs, "output"))
	}
	b = b[8:]
	take := func(n uint32) []float32 {
		size := 4 * int(n)
		v := view[float32](b[:size:size])
		b = b[size:]
		return v
	}
	n := new(Normalization)
	n.Mean, n.Scale = take(inputs), take(inputs)
	n.OutputMean, n.OutputScale = take(outputs), take(outputs)
	m.Normalization = n
	return m.validateNormalization()
}

func (m *Model) readProvenance(s *sections) error {
	t, err := readStringTable(s, tagProvenance)
	if err != nil || t.count == 0 {
		return err
	}
	if t.count%2 != 0 || t.count > 2*maxProperties {
		return fail(ErrInvalid, tagProvenance, 0, "%s, want an even number up to %d", message.Count(t.count, "string"), 2*maxProperties)
	}
	m.Provenance = make([]Property, t.count/2)
	for i := range m.Provenance {
		m.Provenance[i] = Property{Key: t.at(2 * i), Value: t.at(2*i + 1)}
	}
	return m.validateProvenance()
}

func (m *Model) readGoldens(s *sections) error {
	b := s.body(tagGoldens)
	if len(b) == 0 {
		return nil
	}
	corrupt := func(at int64, format string, args ...any) error {
		return fail(ErrCorrupt, tagGoldens, at, format, args...)
	}
	if len(b) < 8 || !allZero(b[4:8]) {
		return corrupt(0, "%s, want a number and 4 zeros at the start", message.Count(len(b), "byte"))
	}
	count := binary.LittleEndian.Uint32(b)
	if count == 0 || uint64(count) > uint64(len(b)-8)/(goldenSize+8) {
		return corrupt(0, "%s, want 1 or more that fit in %s", message.Count(count, "golden"), message.Count(len(b), "byte"))
	}
	m.Goldens = make([]Golden, count)
	tokenWidth, numberWidth := uint64(m.TokenWidth()), uint64(m.NumberWidth())
	at := int64(8)
	for i := range m.Goldens {
		rest := b[at:]
		if len(rest) < goldenSize {
			return corrupt(at, "the section ends within golden %d", i)
		}
		steps, last := binary.LittleEndian.Uint32(rest), binary.LittleEndian.Uint32(rest[4:])
		tokens, numbers, output := 4*uint64(steps)*tokenWidth, 4*uint64(steps)*numberWidth, 4*uint64(last)
		if uint64(len(rest)-goldenSize) < tokens+numbers+output {
			return corrupt(at, "the section ends within golden %d of %d steps and %d last outputs", i, steps, last)
		}
		g := &m.Goldens[i]
		g.Steps = int(steps)
		g.Hash = binary.LittleEndian.Uint64(rest[8:])
		rest = rest[goldenSize:]
		take := func(n uint64) []byte {
			first := rest[:n:n]
			rest = rest[n:]
			return first
		}
		g.Tokens, g.Input, g.Last = view[int32](take(tokens)), view[float32](take(numbers)), view[float32](take(output))
		at += goldenSize + int64(tokens+numbers+output)
	}
	if at != int64(len(b)) {
		return corrupt(at, "%s after the last golden", message.Count(int64(len(b))-at, "byte"))
	}
	return m.validateGoldens()
}
