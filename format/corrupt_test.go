package format

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/hostile"
)

// mustAppend returns the model's file.
func mustAppend(t testing.TB, m *Model) []byte {
	t.Helper()
	data, err := m.Append(nil)
	require.NoError(t, err)
	return data
}

// requireRefused requires a typed error for the file, and returns it.
func requireRefused(t testing.TB, data []byte) *Error {
	t.Helper()
	m, err := Read(data)
	require.Nil(t, m)
	var e *Error
	require.ErrorAs(t, err, &e)
	require.GreaterOrEqual(t, e.Offset, int64(0))
	require.LessOrEqual(t, e.Offset, int64(len(data)))
	require.NotEmpty(t, e.Section)
	return e
}

// damaged returns the models whose files the tests damage.
func damaged() map[string]*Model {
	return map[string]*Model{"small": smallModel(), "full": fullModel(), "numbers": numberModel(), "cells": cellsModel(), "mixed": mixedModel(), "int8": int8Model(), "translate": translateModel(), "data": dataModel(), "forecast": forecastModel(), "anomaly": anomalyModel(), "adaptation": adaptationModel(), "graph": mixedGraphModel(), "graph of text": graphText()}
}

func TestReadRefusesEveryFlippedBit(t *testing.T) {
	for name, m := range damaged() {
		t.Run(name, func(t *testing.T) {
			data := mustAppend(t, m)
			step := 3 // of every byte two or three bits
			if testing.Short() {
				step = 9 // one bit of nearly every byte
			}
			for bit := 0; bit < 8*len(data); bit += step {
				data[bit/8] ^= 1 << (bit % 8)
				requireRefused(t, data)
				data[bit/8] ^= 1 << (bit % 8)
			}
			_, err := Read(data)
			require.NoError(t, err)
		})
	}
}

func TestReadRefusesEveryTruncation(t *testing.T) {
	for name, m := range damaged() {
		t.Run(name, func(t *testing.T) {
			data := mustAppend(t, m)
			for n := range data {
				require.ErrorIs(t, requireRefused(t, data[:n:n]), ErrTruncated, "the first %d bytes", n)
			}
		})
	}
}

func TestReadRefusesWhatFollowsTheEnd(t *testing.T) {
	data := mustAppend(t, fullModel())
	for name, more := range map[string][]byte{
		"a zero":      {0},
		"a newline":   {'\n'},
		"64 zeros":    make([]byte, 64),
		"itself":      data,
		"4 KB of 255": bytes.Repeat([]byte{255}, 4096),
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorIs(t, requireRefused(t, append(bytes.Clone(data), more...)), ErrCorrupt)
		})
	}
}

func TestReadTellsWhatIsNoModel(t *testing.T) {
	data := mustAppend(t, smallModel())
	for _, c := range []struct {
		name   string
		data   []byte
		err    error
		reason string
	}{
		{"nothing", nil, ErrTruncated, "empty"},
		{"the magic's start", data[:3], ErrTruncated, "header"},
		{"text", []byte("name,age\n"), ErrNotModel, "6e 61 6d 65"},
		{"an ONNX file", []byte{8, 7, 18, 7}, ErrNotModel, "08 07 12 07"},
		{"line feeds added", bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n")), ErrCorrupt, "as text"},
		{"carriage returns lost", bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), ErrCorrupt, "as text"},
		{"seven bits", append([]byte{9}, data[1:]...), ErrCorrupt, "as text"},
		{"version 2", edit(data, func(b []byte) { b[8] = 2 }), ErrVersion, "version 2"},
		{"version 0", edit(data, func(b []byte) { b[8] = 0 }), ErrVersion, "version 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := requireRefused(t, c.data)
			require.ErrorIs(t, e, c.err)
			require.ErrorContains(t, e, c.reason)
		})
	}
}

// edit returns a changed copy of a file, in which the checksums are right.
func edit(data []byte, change func(b []byte)) []byte {
	data = bytes.Clone(data)
	change(data)
	hostile.Repair(data)
	return data
}

// entry returns the place of a section's entry in the table of a file.
func entry(data []byte, tag string) int {
	for at := headerSize; ; at += entrySize {
		if string(data[at:][:4]) == tag {
			return at
		}
	}
}

// body returns a section of a file.
func body(data []byte, tag string) []byte {
	e := data[entry(data, tag):]
	return data[binary.LittleEndian.Uint64(e[8:]):][:binary.LittleEndian.Uint64(e[16:])]
}

// bodyOrNil returns a section of a file, or nil if it has none.
func bodyOrNil(data []byte, tag string) []byte {
	s, err := readSections(data)
	if err != nil {
		return nil
	}
	return s.body(tag)
}

// hasUnknown reports whether a valid file has sections that are left out.
func hasUnknown(data []byte) bool {
	for i := range binary.LittleEndian.Uint32(data[12:]) {
		if order(string(data[headerSize+i*entrySize:][:4])) < 0 {
			return true
		}
	}
	nested := bodyOrNil(data, tagDecoder)
	return len(nested) > 0 && hasUnknown(nested)
}

// rebuild returns a copy of a file with another body of a section.
func rebuild(data []byte, tag string, body []byte) []byte {
	var list []section
	for i := range binary.LittleEndian.Uint32(data[12:]) {
		e := data[headerSize+i*entrySize:]
		old := data[binary.LittleEndian.Uint64(e[8:]):][:binary.LittleEndian.Uint64(e[16:])]
		if string(e[:4]) == tag {
			old = body
		}
		list = append(list, section{string(e[:4]), func(b []byte) []byte { return append(b, old...) }})
	}
	return appendSections(nil, list)
}

// with returns a copy of a file with one more section.
func with(data []byte, tag string, body []byte) []byte {
	var list []section
	for i := range binary.LittleEndian.Uint32(data[12:]) {
		e := data[headerSize+i*entrySize:]
		old := data[binary.LittleEndian.Uint64(e[8:]):][:binary.LittleEndian.Uint64(e[16:])]
		list = append(list, section{string(e[:4]), func(b []byte) []byte { return append(b, old...) }})
	}
	list = append(list, section{tag, func(b []byte) []byte { return append(b, body...) }})
	slices.SortFunc(list, func(a, b section) int { return order(a.tag) - order(b.tag) })
	return appendSections(nil, list)
}

func put32(b []byte, v uint32) { binary.LittleEndian.PutUint32(b, v) }
func put64(b []byte, v uint64) { binary.LittleEndian.PutUint64(b, v) }

// The checksums of these files are right: somebody made them on purpose.
func TestReadRefusesHostileFiles(t *testing.T) {
	full, numbers := mustAppend(t, fullModel()), mustAppend(t, numberModel())
	mixed, int8s := mustAppend(t, mixedModel()), mustAppend(t, int8Model())
	cells, translate := mustAppend(t, cellsModel()), mustAppend(t, translateModel())
	// record returns the place of a tensor's record in the directory.
	record := func(data []byte, kind tensorKind, layer uint32) int {
		b := body(data, tagTensors)
		for at := 0; ; at += tensorSize {
			if b[at] == byte(kind) && binary.LittleEndian.Uint32(b[at+4:]) == layer {
				return at
			}
		}
	}
	// weights changes a tensor's bytes, from its start to the end of all.
	weights := func(kind tensorKind, layer uint32, change func(b []byte)) func([]byte) []byte {
		return func(data []byte) []byte {
			return edit(data, func(b []byte) {
				r := body(b, tagTensors)[record(b, kind, layer):]
				change(body(b, tagWeights)[binary.LittleEndian.Uint64(r[16:]):])
			})
		}
	}
	directory := func(kind tensorKind, layer uint32, change func(r []byte)) func([]byte) []byte {
		return func(data []byte) []byte {
			return edit(data, func(b []byte) { change(body(b, tagTensors)[record(b, kind, layer):]) })
		}
	}
	// without leaves a tensor's record out.
	without := func(kind tensorKind, layer uint32) func([]byte) []byte {
		return func(data []byte) []byte {
			at := record(data, kind, layer)
			return rebuild(data, tagTensors, slices.Delete(bytes.Clone(body(data, tagTensors)), at, at+tensorSize))
		}
	}
	const huge = 1<<32 - 1
	in := func(tag string, change func(b []byte)) func([]byte) []byte {
		return func(data []byte) []byte { return edit(data, func(b []byte) { change(body(b, tag)) }) }
	}
	at := func(tag string, change func(e []byte)) func([]byte) []byte {
		return func(data []byte) []byte { return edit(data, func(b []byte) { change(b[entry(b, tag):]) }) }
	}
	file := func(change func(b []byte)) func([]byte) []byte {
		return func(data []byte) []byte { return edit(data, change) }
	}
	longer := func(tag string, by int) func([]byte) []byte {
		return func(data []byte) []byte {
			b := body(data, tag)
			b = append(bytes.Clone(b), make([]byte, max(by, 0))...)
			return rebuild(data, tag, b[:len(b)+min(by, 0)])
		}
	}
	decoder := func(change func([]byte) []byte) func([]byte) []byte {
		return func(data []byte) []byte { return rebuild(data, tagDecoder, change(body(data, tagDecoder))) }
	}
	set8 := func(at int, v byte) func([]byte) { return func(b []byte) { b[at] = v } }
	set32 := func(at int, v uint32) func([]byte) { return func(b []byte) { put32(b[at:], v) } }
	set64 := func(at int, v uint64) func([]byte) { return func(b []byte) { put64(b[at:], v) } }
	const nan = 0x7fc00000
	for _, c := range []struct {
		name    string
		data    []byte
		change  func(data []byte) []byte
		err     error
		section string
		reason  string
	}{
		{"no sections", full, file(set32(12, 0)), ErrCorrupt, inHeader, "0 sections"},
		{"too many sections", full, file(set32(12, huge)), ErrCorrupt, inHeader, "4294967295 sections"},
		{"more sections than the file has", full, file(set32(12, 11)), ErrCorrupt, inTable, "want byte 448"},
		{"a size of everything", full, file(set64(16, 1<<64-64)), ErrCorrupt, inHeader, "size"},
		{"a size beyond the end", full, file(set64(16, 1<<40)), ErrTruncated, inHeader, "ends after"},
		{"an odd size", full, file(set64(16, 65)), ErrCorrupt, inHeader, "multiple"},
		{"a size before the end", full, file(set64(16, 64)), ErrCorrupt, inHeader, "after the end"},
		{"reserved header bytes", full, file(set8(24, 1)), ErrCorrupt, inHeader, "reserved"},
		{"a tag in small letters", full, at(tagLabels, func(e []byte) { copy(e, "labl") }), ErrCorrupt, inTable, "capitals"},
		{"an unknown section", full, at(tagLabels, func(e []byte) { copy(e, "SCAL") }), ErrUnsupported, inTable, "SCAL"},
		{"an unknown section with unknown flags", full, at(tagLabels, func(e []byte) { copy(e, "SCAL"); e[4] = 3 }), ErrUnsupported, inTable, "flags"},
		{"a known section with flags", full, at(tagLabels, set8(4, 1)), ErrUnsupported, inTable, "flags"},
		{"the same section twice", full, at(tagLabels, func(e []byte) { copy(e, tagLayers) }), ErrCorrupt, inTable, "second"},
		{"sections out of order", full, file(func(b []byte) {
			copy(b[entry(b, tagVocabulary):], "TEMP")
			copy(b[entry(b, tagLabels):], tagVocabulary)
			copy(b[entry(b, "TEMP"):], tagLabels)
		}), ErrCorrupt, inTable, "comes after"},
		{"no weights", numbers, at(tagWeights, func(e []byte) { copy(e, "ZZZZ"); e[4] = 1 }), ErrCorrupt, inTable, "no section WGTS"},
		{"reserved table bytes", full, at(tagLayers, set8(31, 1)), ErrCorrupt, inTable, "reserved"},
		{"a gap", full, at(tagLayers, func(e []byte) { e[8] += 64 }), ErrCorrupt, inTable, "starts at"},
		{"an overlap", full, at(tagLayers, func(e []byte) { put64(e[8:], 0) }), ErrCorrupt, inTable, "starts at"},
		{"an offset of everything", full, at(tagLayers, set64(8, 1<<64-1)), ErrCorrupt, inTable, "starts at"},
		{"an empty section", full, at(tagLayers, set64(16, 0)), ErrCorrupt, inTable, "empty"},
		{"a length of everything", full, at(tagLayers, set64(16, 1<<64-1)), ErrCorrupt, inTable, "beyond"},
		{"padding that is not zero", full, file(func(b []byte) {
			e := b[entry(b, tagLayers):]
			b[binary.LittleEndian.Uint64(e[8:])+binary.LittleEndian.Uint64(e[16:])] = 1
		}), ErrCorrupt, inTable, "padding"},

		{"a short architecture", full, longer(tagArchitecture, -1), ErrCorrupt, tagArchitecture, "23 bytes"},
		{"unknown flags of the architecture", full, in(tagArchitecture, set8(3, 2)), ErrUnsupported, tagArchitecture, "flags 0x2"},
		{"an unknown task", full, in(tagArchitecture, set8(0, 9)), ErrUnsupported, tagArchitecture, "task 9"},
		{"an unknown pool", full, in(tagArchitecture, set8(1, 9)), ErrUnsupported, tagArchitecture, "pool 9"},
		{"an unknown output", full, in(tagArchitecture, set8(2, 9)), ErrUnsupported, tagArchitecture, "output 9"},
		{"an input size of 0", numbers, in(tagArchitecture, set32(4, 0)), ErrInvalid, tagArchitecture, "input size of 0"},
		{"an input size of everything", numbers, in(tagArchitecture, set32(4, huge)), ErrInvalid, tagArchitecture, "4294967295"},
		{"tokens of everything", full, in(tagArchitecture, set32(8, huge)), ErrInvalid, tagArchitecture, "4294967295"},
		{"outputs of everything", full, in(tagArchitecture, set32(12, huge)), ErrInvalid, tagArchitecture, "4294967295"},
		{"tokens that the file lacks", full, in(tagArchitecture, set32(8, 1<<24)), ErrCorrupt, tagTensors, "embedding table"},
		{"outputs that the file lacks", full, in(tagArchitecture, set32(12, 1<<24)), ErrCorrupt, tagTensors, "head weight"},
		{"a sample rate of NaN", full, in(tagArchitecture, set64(16, 0x7ff8000000000000)), ErrInvalid, tagArchitecture, "sample rate"},
		{"a bidirectional language model", full, in(tagArchitecture, set8(0, 3)), ErrBidirectional, tagLayers, "backwards"},

		{"half a layer", full, longer(tagLayers, 1), ErrCorrupt, tagLayers, "multiple"},
		{"unknown flags of a layer", full, in(tagLayers, set8(3, 2)), ErrUnsupported, tagLayers, "flags 0x2"},
		{"a coupled gate of a GRU", full, in(tagLayers, set8(12+3, 1)), ErrInvalid, tagLayers, "only an LSTM"},
		{"an unknown cell", full, in(tagLayers, set8(0, 4)), ErrUnsupported, tagLayers, "cell 4"},
		{"an unknown variant", full, in(tagLayers, set8(1, 5)), ErrUnsupported, tagLayers, "variant 5"},
		{"an LSTM of tanh", full, in(tagLayers, set8(1, 1)), ErrInvalid, tagLayers, "tanh"},
		{"a layer without directions", full, in(tagLayers, set8(2, 0)), ErrInvalid, tagLayers, "0 directions"},
		{"four directions", full, in(tagLayers, set8(2, 4)), ErrInvalid, tagLayers, "4 directions"},
		{"a direction less", full, in(tagLayers, set8(2, 3)), ErrInvalid, tagLayers, "layer 1 has 10 inputs"},
		{"255 directions", full, in(tagLayers, set8(2, 255)), ErrCorrupt, tagTensors, "too few"},
		{"units of everything", full, in(tagLayers, set32(8, huge)), ErrInvalid, tagLayers, "4294967295"},
		{"no units", full, in(tagLayers, set32(8, 0)), ErrInvalid, tagLayers, "0 units"},
		{"units that the file lacks", numbers, in(tagLayers, set32(8, 1<<24)), ErrCorrupt, tagTensors, "gates"},
		{"a layer that does not fit the one below", full, in(tagLayers, set32(12+4, 11)), ErrInvalid, tagLayers, "11 inputs"},

		{"half a record", cells, longer(tagCells, -1), ErrCorrupt, tagCells, "multiple"},
		{"a record of no layer", cells, in(tagCells, set32(0, 9)), ErrCorrupt, tagCells, "a record of layer 9, want one of layers 0 to 8"},
		{"a layer recorded twice", cells, in(tagCells, set32(cellSize, 0)), ErrCorrupt, tagCells, "want one of layers 1 to 8"},
		{"a record that says nothing", cells, in(tagCells, func(b []byte) { clear(b[4:cellSize]) }), ErrInvalid, tagCells, "omit it"},
		{"a projection of everything", cells, in(tagCells, set32(cellSize+4, huge)), ErrInvalid, tagCells, "4294967295"},
		{"a projection that the file lacks", cells, in(tagCells, set32(cellSize+4, 6)), ErrInvalid, tagLayers, "layer 2 has 10 inputs"},
		{"a bound of NaN", cells, in(tagCells, set32(cellSize+8, nan)), ErrInvalid, tagCells, "NaN"},
		{"four activations", cells, in(tagCells, set8(12, 4)), ErrCorrupt, tagCells, "4 activations of direction 0"},
		{"activations of no direction", cells, in(tagCells, set8(13, 1)), ErrCorrupt, tagCells, "1 activation of direction 1"},
		{"reserved bytes of a record", cells, in(tagCells, set8(14, 1)), ErrCorrupt, tagCells, "reserved"},
		{"reserved bytes of an activation", cells, in(tagCells, set8(17, 1)), ErrCorrupt, tagCells, "reserved"},
		{"an activation too many", cells, in(tagCells, set8(16+12, 1)), ErrCorrupt, tagCells, "reserved"},
		{"an unknown activation", cells, in(tagCells, set8(16, 28)), ErrUnsupported, tagCells, "activation 28"},
		{"a projection without weights", cells, without(layerProjection, 1), ErrCorrupt, tagTensors, "want the projection of layer 1"},
		{"padding of peepholes", cells, weights(layerPeephole, 2, func(b []byte) { b[4*8+4*7] = 1 }), ErrInvalid, tagWeights, "peephole of layer 2 has 1e-45 in its padding"},
		{"padding of a projection", cells, weights(layerProjection, 1, func(b []byte) { b[4*7+3] = 0x80 }), ErrInvalid, tagWeights, "projection of layer 1 has -0 in its padding"},

		{"half a tensor", full, longer(tagTensors, -1), ErrCorrupt, tagTensors, "multiple"},
		{"a tensor short", full, longer(tagTensors, -tensorSize), ErrCorrupt, tagTensors, "ends before the head bias"},
		{"an unknown kind of tensor", full, in(tagTensors, set8(0, 25)), ErrUnsupported, tagTensors, "kind of tensor 25"},
		{"another tensor", full, in(tagTensors, set8(0, 7)), ErrCorrupt, tagTensors, "head bias"},
		{"weights of f16 in the bytes of f32", full, in(tagTensors, set8(1, byte(DTypeF16))), ErrCorrupt, tagTensors, "60 bytes, but the architecture gives 30"},
		{"weights of int8 in the columns of f32", full, in(tagTensors, set8(32+1, byte(DTypeInt8))), ErrCorrupt, tagTensors, "8 columns, but the architecture gives 12"},
		{"weights of an unknown format", full, in(tagTensors, set8(1, 4)), ErrUnsupported, tagTensors, "embedding table has the number format dtype 4, which it cannot have"},
		{"a table of int4", full, in(tagTensors, set8(1, byte(DTypeInt4))), ErrUnsupported, tagTensors, "embedding table has the number format int4, which it cannot have"},
		{"a bias of f16", full, in(tagTensors, set8(2*32+1, byte(DTypeF16))), ErrUnsupported, tagTensors, "bias of layer 0 has number format f16, but only f32"},
		{"rows of everything", full, in(tagTensors, set32(8, huge)), ErrCorrupt, tagTensors, "4294967295 rows"},
		{"columns of everything", full, in(tagTensors, set32(12, huge)), ErrCorrupt, tagTensors, "columns"},
		{"tiles of 31", full, in(tagTensors, set8(32+3, 31)), ErrCorrupt, tagTensors, "31 rows to a tile"},
		{"a tensor elsewhere", full, in(tagTensors, set64(32+16, 0)), ErrCorrupt, tagTensors, "offset"},
		{"a tensor of every byte", full, in(tagTensors, set64(24, 1<<64-1)), ErrCorrupt, tagTensors, "bytes"},

		{"a weight of NaN", full, in(tagWeights, set32(8, nan)), ErrInvalid, tagWeights, "embedding table has NaN as number 2"},
		{"a weight of infinity", full, in(tagWeights, set32(64, 0xff800000)), ErrInvalid, tagWeights, "gates of layer 0 has -Inf"},
		{"padding between tensors", full, in(tagWeights, set8(60, 1)), ErrCorrupt, tagWeights, "padding"},
		{"padding of a bias", full, in(tagWeights, func(b []byte) { b[len(b)-1] = 0x80 }), ErrInvalid, tagWeights, "head bias has -0 in its padding"},
		{"a tensor too many", full, longer(tagTensors, tensorSize), ErrCorrupt, tagTensors, "1 tensor more"},
		{"bytes after the last tensor", full, longer(tagWeights, 1), ErrCorrupt, tagWeights, "after the last"},
		{"short weights", full, longer(tagWeights, -1), ErrCorrupt, tagTensors, "beyond"},

		{"halves of NaN", mixed, weights(headWeight, 0, func(b []byte) { b[1] = 0x7e }), ErrInvalid, tagWeights, "head weight has NaN as number 0"},
		{"a half of -0 in padding", mixed, weights(headWeight, 0, func(b []byte) { b[2*7+1] = 0x80 }), ErrInvalid, tagWeights, "head weight has -0 in its padding"},
		{"an int8 of -128", mixed, weights(embeddingTable, 0, set8(0, 0x80)), ErrInvalid, tagWeights, "embedding table has -128 as number 0"},
		{"a column of padding", mixed, weights(embeddingTable, 0, set8(3, 1)), ErrInvalid, tagWeights, "embedding table has 1 in its padding"},
		{"a column of padding in a part", int8s, weights(layerGates, 0, set8(2, 1)), ErrInvalid, tagWeights, "gates of layer 0 has 1 in its padding"},
		{"a row of padding", int8s, weights(layerGates, 0, set8(4*7, 1)), ErrInvalid, tagWeights, "gates of layer 0 has 1 in its padding"},
		{"a scale of 0", int8s, weights(layerGatesScale, 0, set32(0, 0)), ErrInvalid, tagWeights, "gates scale of layer 0 has 0 as number 0"},
		{"a scale below 0", int8s, weights(layerGatesScale, 0, set8(3, 0xbf)), ErrInvalid, tagWeights, "gates scale of layer 0 has -"},
		{"a scale of NaN", int8s, weights(headScale, 0, set32(0, nan)), ErrInvalid, tagWeights, "head scale has NaN"},
		{"a scale of infinity", int8s, weights(headScale, 0, set32(0, 0x7f800000)), ErrInvalid, tagWeights, "head scale has +Inf"},
		{"a scale of a padding row", int8s, weights(headScale, 0, set32(4*7, 0x3f000000)), ErrInvalid, tagWeights, "head scale has 0.5 in its padding"},
		{"a scale of a padding row of the state", int8s, weights(layerGatesScale, 0, set32(4*(24+7), 0x3f000000)), ErrInvalid, tagWeights, "gates scale of layer 0 has 0.5 in its padding"},
		{"an input scale of 0", int8s, weights(layerInputScale, 0, set32(0, 0)), ErrInvalid, tagWeights, "input scale of layer 0 is 0"},
		{"an input scale of -0", int8s, weights(layerInputScale, 0, set32(0, 1<<31)), ErrInvalid, tagWeights, "input scale of layer 0 has -0 as number 0"},
		{"an input scale below the least", int8s, weights(layerInputScale, 0, set32(0, 1)), ErrInvalid, tagWeights, "input scale of layer 0 has 1e-45"},
		{"an input scale of states", int8s, directory(layerInputScale, 0, set32(4, 1)), ErrCorrupt, tagTensors, "input scale of layer 1, direction 0, want the bias of layer 0"},
		{"an input scale of another shape", int8s, directory(layerInputScale, 0, set32(8, 2)), ErrCorrupt, tagTensors, "input scale of layer 0 has 2 rows"},
		{"no scale", int8s, without(layerGatesScale, 0), ErrCorrupt, tagTensors, "want the gates scale of layer 0"},
		{"no scale of a head", int8s, without(headScale, 0), ErrCorrupt, tagTensors, "want the head scale"},
		{"scales of int8", int8s, directory(headScale, 0, set8(1, byte(DTypeInt8))), ErrUnsupported, tagTensors, "head scale has number format int8, but only f32"},
		{"scales of one part", int8s, directory(layerGatesScale, 0, set32(8, 24)), ErrCorrupt, tagTensors, "gates scale of layer 0 has 24 rows"},
		{"int8 rows without padding", mixed, directory(embeddingTable, 0, set32(12, 3)), ErrCorrupt, tagTensors, "embedding table has 3 columns, but the architecture gives 4"},
		{"int8 rows of everything", mixed, directory(embeddingTable, 0, set32(12, huge)), ErrCorrupt, tagTensors, "columns"},
		{"halves of every byte", mixed, directory(headWeight, 0, set64(24, 1<<64-1)), ErrCorrupt, tagTensors, "bytes"},
		{"halves at an odd place", mixed, directory(headWeight, 0, func(r []byte) { r[16]++ }), ErrCorrupt, tagTensors, "offset"},
		{"candidate and gates of two formats", mixed, directory(layerCandidate, 2, set8(1, byte(DTypeF32))), ErrCorrupt, tagTensors, "candidate of layer 2"},
		{"tokens of int8 that the file lacks", mixed, in(tagArchitecture, set32(8, 1<<24)), ErrCorrupt, tagTensors, "embedding table"},
		{"outputs of f16 that the file lacks", mixed, in(tagArchitecture, set32(12, 1<<24)), ErrCorrupt, tagTensors, "head weight"},
		{"units of int8 that the file lacks", int8s, in(tagLayers, set32(8, 1<<24)), ErrCorrupt, tagTensors, "gates"},

		{"strings of everything", full, in(tagVocabulary, set32(0, huge)), ErrCorrupt, tagVocabulary, "fit"},
		{"no strings", full, in(tagVocabulary, set32(0, 0)), ErrCorrupt, tagVocabulary, "fit"},
		{"a string that ends outside", full, in(tagVocabulary, set32(20, huge)), ErrCorrupt, tagVocabulary, "outside"},
		{"an empty string", full, in(tagVocabulary, set32(4, 0)), ErrCorrupt, tagVocabulary, "empty"},
		{"strings that end before they start", full, in(tagVocabulary, set32(8, 1)), ErrCorrupt, tagVocabulary, "empty"},
		{"bytes after the last string", full, longer(tagLabels, 1), ErrCorrupt, tagLabels, "after the last"},
		{"two tokens alike", full, in(tagVocabulary, func(b []byte) { b[len(b)-1] = 'a' }), ErrInvalid, tagVocabulary, `both "a"`},
		{"a label that is not UTF-8", full, in(tagLabels, func(b []byte) { b[len(b)-1] = 0xff }), ErrInvalid, tagLabels, "UTF-8"},
		{"a vocabulary for numbers", numbers, at(tagLabels, func(e []byte) { copy(e, tagVocabulary) }), ErrInvalid, tagVocabulary, "the model has 0"},

		{"a long tokenizer", full, longer(tagTokenizer, 1), ErrCorrupt, tagTokenizer, "25 bytes"},
		{"an unknown tokenizer", full, in(tagTokenizer, set8(0, 4)), ErrUnsupported, tagTokenizer, "tokenizer 4"},
		{"an unknown flag of the tokenizer", full, in(tagTokenizer, set8(1, 4)), ErrUnsupported, tagTokenizer, "flags"},
		{"a negative limit", full, in(tagTokenizer, set32(4, huge)), ErrInvalid, tagTokenizer, "limit"},
		{"an unknown token out of range", full, in(tagTokenizer, set32(12, 5)), ErrInvalid, tagTokenizer, "unknown token is 5"},
		{"a start token out of range", full, in(tagTokenizer, set32(16, 1<<31)), ErrInvalid, tagTokenizer, "start token"},
		{"an end token out of range", full, in(tagTokenizer, set32(20, huge-1)), ErrInvalid, tagTokenizer, "end token is -2"},
		{"a byte tokenizer of 5 tokens", full, in(tagTokenizer, set8(0, 0)), ErrInvalid, tagTokenizer, "256"},

		{"a short normalization", numbers, func(b []byte) []byte { return rebuild(b, tagNormalization, make([]byte, 7)) }, ErrCorrupt, tagNormalization, "7 bytes"},
		{"a normalization of everything", numbers, in(tagNormalization, set32(0, huge)), ErrCorrupt, tagNormalization, "4294967295 inputs"},
		{"a normalization of other sizes", numbers, in(tagNormalization, func(b []byte) { put32(b, 3); put32(b[4:], 2) }), ErrInvalid, tagNormalization, "3 means"},
		{"a mean of infinity", numbers, in(tagNormalization, set32(8, 0x7f800000)), ErrInvalid, tagNormalization, "+Inf"},

		{"a key without a value", full, in(tagProvenance, func(b []byte) { put32(b, 3); put32(b[12:], uint32(len(b)-16)) }), ErrInvalid, tagProvenance, "even"},

		{"goldens of everything", full, in(tagGoldens, set32(0, huge)), ErrCorrupt, tagGoldens, "fit"},
		{"no goldens", full, in(tagGoldens, set32(0, 0)), ErrCorrupt, tagGoldens, "fit"},
		{"a golden too few", full, in(tagGoldens, set32(0, 1)), ErrCorrupt, tagGoldens, "after the last"},
		{"a golden too many", full, in(tagGoldens, set32(0, 3)), ErrCorrupt, tagGoldens, "fit"},
		{"a golden cut off", full, longer(tagGoldens, -4), ErrCorrupt, tagGoldens, "within golden 1"},
		{"bytes after the last golden", full, longer(tagGoldens, 4), ErrCorrupt, tagGoldens, "after the last"},
		{"steps of everything", full, in(tagGoldens, set32(8, huge)), ErrCorrupt, tagGoldens, "within golden 0"},
		{"outputs of everything in a golden", full, in(tagGoldens, set32(12, huge)), ErrCorrupt, tagGoldens, "within golden 0"},
		{"a golden without steps", full, in(tagGoldens, func(b []byte) { put32(b[8:], 0); put32(b[12:], 5) }), ErrInvalid, tagGoldens, "0 steps"},
		{"a golden of other outputs", full, in(tagGoldens, func(b []byte) { put32(b[8:], 2); put32(b[12:], 3) }), ErrInvalid, tagGoldens, "3 last outputs"},
		{"a golden of an unknown token", full, in(tagGoldens, set32(24, 5)), ErrInvalid, tagGoldens, "token 5"},
		{"a golden of a negative token", full, in(tagGoldens, set32(24, huge)), ErrInvalid, tagGoldens, "token -1"},
		{"a golden of NaN", numbers, in(tagGoldens, set32(24, nan)), ErrInvalid, tagGoldens, "NaN"},
		{"a reserved byte of the goldens", full, in(tagGoldens, set8(4, 1)), ErrCorrupt, tagGoldens, "zeros"},

		{"a language model with a decoder", full, func(b []byte) []byte { return with(b, tagDecoder, body(translate, tagDecoder)) }, ErrInvalid, tagDecoder, "no use for it"},
		{"no decoder", translate, at(tagDecoder, func(e []byte) { copy(e, "ZZZZ"); e[4] = 1 }), ErrInvalid, tagArchitecture, "no decoder"},
		{"a decoder that may be left out", translate, at(tagDecoder, set8(4, 1)), ErrUnsupported, inTable, "flags"},
		{"a decoder of nothing but zeros", translate, decoder(func([]byte) []byte { return make([]byte, 64) }), ErrNotModel, "DECO/header", "00 00"},
		{"a decoder cut short", translate, decoder(func(b []byte) []byte { return b[:len(b)-64] }), ErrTruncated, "DECO/header", "ends after"},
		{"a decoder with bytes after its end", translate, longer(tagDecoder, 64), ErrCorrupt, "DECO/header", "after the end"},
		{"a decoder of version 2", translate, decoder(file(set8(8, 2))), ErrVersion, "DECO/header", "version 2"},
		{"a decoder of every byte", translate, decoder(file(set64(16, 1<<64-64))), ErrCorrupt, "DECO/header", "size"},
		{"a decoder without weights", translate, decoder(at(tagWeights, func(e []byte) { copy(e, "ZZZZ"); e[4] = 1 })), ErrCorrupt, "DECO/table", "no section WGTS"},
		{"a section of the decoder beyond it", translate, decoder(at(tagWeights, set64(16, 1<<20))), ErrCorrupt, "DECO/table", "beyond"},
		{"a damaged section of the decoder", translate, decoder(func(b []byte) []byte { b = bytes.Clone(b); body(b, tagWeights)[0] ^= 1; return b }), ErrCorrupt, "DECO/WGTS", "checksum"},
		{"a NaN of the decoder", translate, decoder(in(tagWeights, set32(0, nan))), ErrInvalid, "DECO/WGTS", "the decoder: the embedding table has NaN"},
		{"units that the decoder lacks", translate, decoder(in(tagLayers, set32(8, 1<<24))), ErrInvalid, "DECO/LAYR", "layer 1 has 10 inputs"},
		{"a decoder in a decoder", translate, decoder(func(b []byte) []byte { return with(b, tagDecoder, b) }), ErrInvalid, "DECO/DECO", "a decoder of its own"},
		{"an encoder as decoder", translate, func(b []byte) []byte { return rebuild(b, tagDecoder, b) }, ErrInvalid, "DECO/DECO", "a decoder of its own"},
		{"a decoder with goldens", translate, func(b []byte) []byte {
			d := translateModel().Decoder
			d.Goldens = []Golden{{Steps: 1, Tokens: []int32{0}, Last: make([]float32, 6)}}
			return rebuild(b, tagDecoder, mustAppend(t, d))
		}, ErrInvalid, tagDecoder, "goldens"},
		{"a classifier as decoder", translate, func(b []byte) []byte { return rebuild(b, tagDecoder, full) }, ErrInvalid, tagDecoder, "the task classify"},
		{"an encoder with labels", translate, func(b []byte) []byte { return with(b, tagLabels, body(full, tagLabels)) }, ErrInvalid, tagLabels, "but the model has 4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := requireRefused(t, c.change(c.data))
			require.ErrorIs(t, e, c.err)
			require.Equal(t, c.section, e.Section)
			require.ErrorContains(t, e, c.reason)
		})
	}
}

func TestReadSkipsUnknownOptionalSections(t *testing.T) {
	m := fullModel()
	data := edit(mustAppend(t, m), func(b []byte) {
		e := b[entry(b, tagLabels):]
		copy(e, "NEW1")
		put32(e[4:], flagOptional)
	})
	got, err := Read(data)
	require.NoError(t, err)
	m.Labels = nil
	require.Equal(t, m, got)

	e := data[entry(data, "NEW1"):]
	unused := data[binary.LittleEndian.Uint64(e[8:]):][:binary.LittleEndian.Uint64(e[16:])]
	for bit := range 8 * len(unused) { // it is not used, but it is checked
		unused[bit/8] ^= 1 << (bit % 8)
		require.ErrorIs(t, requireRefused(t, data), ErrCorrupt)
		unused[bit/8] ^= 1 << (bit % 8)
	}
}
