package format

import (
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"slices"

	"github.com/rnnrun/rnnrun/internal/message"
)

// Append appends the model to b as a .rnn file, and returns the longer slice.
// A model that [Model.Validate] refuses gives its error. Equal models give
// equal bytes.
func (m *Model) Append(b []byte) ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	size := m.weightsSize()
	if m.Decoder != nil {
		size += m.Decoder.weightsSize()
	}
	if size > math.MaxInt-1<<20 {
		return nil, &Error{Err: ErrInvalid, Offset: -1, Reason: fmt.Sprintf("%s of weights do not fit in this machine's memory", message.Count(size, "byte"))}
	}
	b = m.appendFile(b)
	runtime.KeepAlive(m) // and so its mapping
	return b, nil
}

// appendFile appends the model without validating it.
func (m *Model) appendFile(b []byte) []byte {
	size := m.weightsSize() // 0 for a graph that only moves numbers
	b = slices.Grow(b, int(size)+4096)
	list := []section{{tagArchitecture, m.appendArchitecture}}
	add := func(present bool, tag string, add func([]byte) []byte) {
		if present {
			list = append(list, section{tag, add})
		}
	}
	add(m.Graph == nil, tagLayers, m.appendLayers)
	add(m.recordedLayers(len(m.Layers)) > 0, tagCells, m.appendCells)
	add(m.Graph != nil, tagGraph, m.appendGraph)
	add(size > 0, tagTensors, m.appendDirectory)
	add(len(m.Vocabulary) > 0, tagVocabulary, func(b []byte) []byte { return appendStrings(b, m.Vocabulary) })
	add(len(m.Labels) > 0, tagLabels, func(b []byte) []byte { return appendStrings(b, m.Labels) })
	add(m.Tokenizer != nil, tagTokenizer, m.appendTokenizer)
	add(m.Normalization != nil, tagNormalization, m.appendNormalization)
	add(m.Data != nil, tagData, m.appendData)
	add(m.Anomaly != nil, tagAnomaly, m.appendAnomaly)
	add(m.Anomaly != nil && m.Anomaly.Adaptation != nil, tagAdaptation, m.appendAdaptation)
	add(len(m.Provenance) > 0, tagProvenance, m.appendProvenance)
	add(len(m.Goldens) > 0, tagGoldens, m.appendGoldens)
	add(size > 0, tagWeights, m.appendWeights)
	add(m.Decoder != nil, tagDecoder, func(b []byte) []byte { return m.Decoder.appendFile(b) })
	return appendSections(b, list)
}

func (m *Model) appendArchitecture(b []byte) []byte {
	tokens, outputs := 0, 0
	if m.Embedding != nil {
		tokens = m.Embedding.Tokens
	}
	if m.Head != nil {
		outputs = m.Head.OutputSize
	}
	flags := byte(0)
	if m.Skip {
		flags = flagSkip
	}
	b = append(b, byte(m.Task), byte(m.Pool), byte(m.Output), flags)
	b = binary.LittleEndian.AppendUint32(b, uint32(m.InputSize))
	b = binary.LittleEndian.AppendUint32(b, uint32(tokens))
	b = binary.LittleEndian.AppendUint32(b, uint32(outputs))
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(m.SampleRate))
}

func (m *Model) appendLayers(b []byte) []byte {
	for i := range m.Layers {
		b = m.Layers[i].appendRecord(b)
	}
	return b
}

// appendRecord appends the layer's record in LAYR.
func (l *Layer) appendRecord(b []byte) []byte {
	directions, flags := byte(len(l.Directions)), byte(0)
	if l.Reverse {
		directions = onlyReverse
	}
	if l.InputForget {
		flags = flagInputForget
	}
	b = append(b, byte(l.Cell), byte(l.Variant), directions, flags)
	b = binary.LittleEndian.AppendUint32(b, uint32(l.InputSize))
	return binary.LittleEndian.AppendUint32(b, uint32(l.HiddenSize))
}

// place calls do with every tensor that the model has and its offset in the
// weights, and returns where the last one ends.
func (m *Model) place(do func(t tensor, offset int64)) int64 {
	end := int64(0)
	for t := range m.present {
		start := alignUp(end)
		do(t, start)
		end = start + t.bytes()
	}
	return end
}

func (m *Model) weightsSize() int64 { return m.place(func(tensor, int64) {}) }

func (m *Model) appendDirectory(b []byte) []byte {
	m.place(func(t tensor, offset int64) { b = t.appendRecord(b, offset) })
	return b
}

func (m *Model) appendWeights(b []byte) []byte {
	base := len(b)
	m.place(func(t tensor, _ int64) { b = append(padZero(b, base), t.data().file()...) })
	return b
}

// The flags of a tokenizer.
const (
	tokenizerLowercase = 1 << iota
	tokenizerNFC
)

func (m *Model) appendTokenizer(b []byte) []byte {
	t := m.Tokenizer
	flags := byte(0)
	if t.Lowercase {
		flags |= tokenizerLowercase
	}
	if t.NFC {
		flags |= tokenizerNFC
	}
	b = append(b, byte(t.Kind), flags, 0, 0)
	for _, v := range []int{t.MaxRun, t.MaxLength, t.Unknown, t.Start, t.End} {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return b
}

func (m *Model) appendNormalization(b []byte) []byte {
	n := m.Normalization
	b = binary.LittleEndian.AppendUint32(b, uint32(len(n.Mean)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(n.OutputMean)))
	for _, v := range [][]float32{n.Mean, n.Scale, n.OutputMean, n.OutputScale} {
		b = appendNumbers(b, v)
	}
	return b
}

func (m *Model) appendProvenance(b []byte) []byte {
	list := make([]string, 0, 2*len(m.Provenance))
	for _, p := range m.Provenance {
		list = append(list, p.Key, p.Value)
	}
	return appendStrings(b, list)
}

func (m *Model) appendGoldens(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(len(m.Goldens)))
	for i := range m.Goldens {
		g := &m.Goldens[i]
		b = binary.LittleEndian.AppendUint32(b, uint32(g.Steps))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(g.Last)))
		b = binary.LittleEndian.AppendUint64(b, g.Hash)
		b = appendNumbers(b, g.Tokens)
		b = appendNumbers(b, g.Input)
		b = appendNumbers(b, g.Last)
	}
	return b
}
