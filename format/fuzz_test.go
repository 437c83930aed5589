package format

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/hostile"
)

// slack is what reading may allocate beyond four times the file: errors,
// closures, and the rounding of small allocations to size classes.
const slack = 16 << 10

// allocated returns the bytes that f allocates, garbage included: the least of
// some calls, since other goroutines allocate too.
func allocated(limit uint64, f func()) uint64 {
	least := uint64(math.MaxUint64)
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		if least = min(least, after.TotalAlloc-before.TotalAlloc); least <= limit {
			break
		}
	}
	return least
}

// requireBounded requires that reading the file takes little memory.
func requireBounded(t testing.TB, data []byte) {
	t.Helper()
	limit := 4*uint64(len(data)) + 128*uint64(len(bodyOrNil(data, tagGraph))) + slack
	if raceDetector { // under which no small allocations share their 16 bytes
		limit += uint64(len(data))
	}
	require.LessOrEqual(t, allocated(limit, func() { _, _ = Read(data) }), limit, "reading %d bytes", len(data))
}

// misaligned returns a copy of data that starts at an odd address.
func misaligned(data []byte) []byte {
	b := makeAligned(len(data) + 1)[1:]
	copy(b, data)
	return b
}

func TestReadTakesLittleMemory(t *testing.T) {
	const n = 1 << 13
	nodes := MaxNodes
	if testing.Short() {
		nodes /= 16
	}
	zeros := make([]float32, 64*n)
	same := make([]string, n)
	for i := range same {
		same[i] = "a"
	}
	one := func() *Model {
		return &Model{InputSize: 1, Layers: []Layer{{Cell: CellRNN, Variant: VariantTanh, InputSize: 1, HiddenSize: 1, Directions: []Weights{
			{Gates: NewMatrix(1, 2, 32), Bias: make([]float32, 8)}}}}}
	}
	for name, make := range map[string]func() *Model{
		"a vocabulary of one letter": func() *Model {
			m := one()
			m.Embedding = &Embedding{Tokens: n, Size: 1, Table: zeros[:n]}
			m.Vocabulary = same
			return m
		},
		"labels of one letter": func() *Model {
			m := one()
			m.Layers[0] = Layer{Cell: CellRNN, Variant: VariantTanh, InputSize: 1, HiddenSize: 512, Directions: []Weights{
				{Gates: NewMatrix(512, 513, 32), Bias: zeros[:512]}}}
			m.Labels = same[:512]
			return m
		},
		"empty columns and targets of the data": func() *Model {
			m := one()
			m.InputSize = n
			m.Layers[0] = Layer{Cell: CellDense, InputSize: n, HiddenSize: 1, Directions: []Weights{
				{Gates: NewMatrix(1, n, 32), Bias: make([]float32, 8)}}}
			m.Head = &Dense{InputSize: 1, OutputSize: n, Weight: NewMatrix(n, 1, 32), Bias: zeros[:n]}
			m.Data = &Data{Columns: make([]string, n), Targets: make([]string, n)}
			return m
		},
		"empty labels of the data": func() *Model {
			m := one()
			m.Task, m.Pool = TaskClassify, PoolLast
			m.Head = &Dense{InputSize: 1, OutputSize: n, Weight: NewMatrix(n, 1, 32), Bias: zeros[:n]}
			m.Data = &Data{Labels: make([]string, n)}
			return m
		},
		"many small layers": func() *Model {
			m := one()
			l := m.Layers[0]
			for len(m.Layers) < MaxLayers {
				m.Layers = append(m.Layers, l)
			}
			return m
		},
		"many properties": func() *Model {
			m := one()
			for range maxProperties {
				m.Provenance = append(m.Provenance, Property{"a", "b"})
			}
			return m
		},
		"many small goldens": func() *Model {
			m := one()
			for range n {
				m.Goldens = append(m.Goldens, Golden{Steps: 1, Input: zeros[:1], Last: zeros[:1]})
			}
			return m
		},
		"a large matrix": func() *Model {
			m := one()
			m.Head = &Dense{InputSize: 1, OutputSize: n, Weight: NewMatrix(n, 1, 32), Bias: zeros[:n]}
			return m
		},
		"everything": fullModel,
		"every cell": cellsModel,
		"a decoder":  translateModel,
		"a graph":    graphModel,
		"a graph of many small nodes": func() *Model {
			m := graphModel()
			g := m.Graph
			out := &g.Outputs[2].Value
			for len(g.Nodes) < nodes {
				g.Nodes = append(g.Nodes, Node{&Transpose{}, []int{*out}})
				*out = len(g.Inputs) + len(g.Nodes) - 1
			}
			return m
		},
		"a graph of many layers": func() *Model {
			m := graphModel()
			g := m.Graph
			out := &g.Outputs[2].Value
			l := randomLayer(rand.New(rand.NewPCG(1, 0)), CellGRU, VariantResetBefore, 3, 3, 1)
			for len(g.Nodes) < nodes {
				g.Nodes = append(g.Nodes, Node{&l, []int{*out}})
				*out = len(g.Inputs) + len(g.Nodes) - 1
			}
			return m
		},
		"a decoder with a vocabulary of one letter": func() *Model {
			m := translateModel()
			m.Decoder.Embedding = &Embedding{Tokens: n, Size: 2, Table: zeros[:2*n]}
			m.Decoder.Head = &Dense{InputSize: 4, OutputSize: n, Weight: NewMatrix(n, 4, 32), Bias: zeros[:n]}
			m.Decoder.Vocabulary = same
			return m
		},
	} {
		t.Run(name, func(t *testing.T) {
			data := make().appendFile(nil)
			requireBounded(t, data)
			requireBounded(t, misaligned(data))
			// Numbers that promise more than is there.
			for _, s := range knownSections {
				tag := s.tag
				for at := 0; at+4 <= min(64, len(bodyOrNil(data, tag))); at += 4 {
					requireBounded(t, edit(data, func(b []byte) { put32(body(b, tag)[at:], 1<<24) }))
				}
			}
		})
	}
}

func TestReadAliasesTheFile(t *testing.T) {
	for _, want := range []*Model{fullModel(), mixedModel(), translateModel(), dataModel(), mixedGraphModel()} {
		requireAliases(t, want)
	}
}

// memory returns where a tensor's numbers are.
func memory(x *tensor) (p unsafe.Pointer, length, capacity int) {
	switch n := x.data().(type) {
	case *f16s:
		return unsafe.Pointer(unsafe.SliceData(*n)), len(*n), cap(*n)
	case *int8s:
		return unsafe.Pointer(unsafe.SliceData(*n)), len(*n), cap(*n)
	case *int4s:
		return unsafe.Pointer(unsafe.SliceData(*n)), len(*n), cap(*n)
	case *f32s:
		return unsafe.Pointer(unsafe.SliceData(*n)), len(*n), cap(*n)
	}
	panic("an array of one number, which is nowhere in a file")
}

func requireAliases(t *testing.T, want *Model) {
	data := Align(mustAppend(t, want))
	m, err := Read(data)
	require.NoError(t, err)
	start := uintptr(unsafe.Pointer(&data[0]))
	within := func(p unsafe.Pointer) bool { return uintptr(p)-start < uintptr(len(data)) }
	numbers := hostLittle() // a big-endian machine has to turn them round
	aliases := func(x tensor) error {
		if _, one := x.data().(*f32); !one && !x.absent() {
			p, length, capacity := memory(&x)
			inPlace := x.format() == DTypeInt8 || x.format() == DTypeInt4 || numbers
			require.Equal(t, inPlace, within(p), x.name())
			if inPlace {
				require.Zero(t, uintptr(p)%Alignment, x.name())
			}
			require.Equal(t, length, capacity, "appending would overwrite what follows")
		}
		return nil
	}
	require.NoError(t, m.tensors(aliases))
	if m.Decoder != nil {
		require.NoError(t, m.Decoder.tensors(aliases))
	}
	for _, s := range append(append(m.Vocabulary, m.Labels...), m.Provenance[0].Key, m.Provenance[1].Value) {
		require.True(t, within(unsafe.Pointer(unsafe.StringData(s))), s)
	}
	if m.Data != nil && m.Data.Labels != nil {
		require.True(t, within(unsafe.Pointer(unsafe.StringData(m.Data.Labels[1]))))
	}
	require.Equal(t, numbers, within(unsafe.Pointer(&m.Goldens[0].Tokens[0])))
	require.Equal(t, numbers, within(unsafe.Pointer(&m.Goldens[1].Last[0])))
}

func TestReadCopiesWhatIsNotAligned(t *testing.T) {
	for name, want := range everyFormat() {
		t.Run(name, func(t *testing.T) {
			got, err := Read(misaligned(mustAppend(t, want)))
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

// requireSound requires of any bytes that they are either refused with a typed
// error or read as a valid model, which is written as the same bytes.
func requireSound(t *testing.T, data []byte) {
	requireBounded(t, data)
	m, err := Read(data)
	if err != nil {
		requireRefused(t, data)
		return
	}
	require.NoError(t, m.Validate())
	again, err := m.Append(nil)
	require.NoError(t, err)
	if !hasUnknown(data) {
		require.Equal(t, data, again, "reading and writing changes the file")
	}
}

// seeds returns small files to start from.
func seeds(f *testing.F) [][]byte {
	var files [][]byte
	r := rand.New(rand.NewPCG(5, 0))
	for _, c := range cells {
		files = append(files, mustAppend(f, &Model{InputSize: 1, Layers: []Layer{randomLayer(r, c.cell, c.variant, 1, 2, 1)}}))
	}
	for _, m := range []*Model{smallModel(), numberModel(), fullModel(), mixedModel(), inFormat(numberModel(), DTypeF16), int8Model(), int4Model(), translateModel(), cellsModel(), denseModel(), dataModel(), forecastModel(), inFormat(cellsModel(), DTypeInt8), graphModel(), mixedGraphModel(), graphText()} {
		files = append(files, mustAppend(f, m))
	}
	return files
}

// FuzzRead changes files and then puts their sizes and checksums right, so that
// what lies behind them is reached. Run it with -fuzzminimizetime=1x: by default
// the fuzzer takes a minute to shorten each of its finds.
func FuzzRead(f *testing.F) {
	for _, data := range seeds(f) {
		f.Add(data, false)
		f.Add(data, true)
	}
	f.Fuzz(func(t *testing.T, data []byte, odd bool) {
		if len(data) >= headerSize {
			copy(data, magic)
			put32(data[8:], version)
			put64(data[16:], uint64(len(data)))
		}
		hostile.Repair(data)
		if odd {
			data = misaligned(data)
		}
		requireSound(t, data)
	})
}

// FuzzSections changes the sections of files, in their content and their
// length. An empty one is left out.
func FuzzSections(f *testing.F) {
	for _, data := range seeds(f) {
		s, err := readSections(data)
		require.NoError(f, err)
		f.Add(s[0].body, s[1].body, s[2].body, s[3].body, s[4].body, s[5].body, s[6].body, s[7].body, s[8].body, s[9].body, s[10].body, s[11].body, s[12].body, s[13].body)
	}
	f.Fuzz(func(t *testing.T, arch, layr, cell, grph, tens, vocb, labl, tokn, norm, form, prov, gold, wgts, deco []byte) {
		var list []section
		for i, body := range [][]byte{arch, layr, cell, grph, tens, vocb, labl, tokn, norm, form, prov, gold, wgts, deco} {
			if len(body) > 0 {
				list = append(list, section{knownSections[i].tag, func(b []byte) []byte { return append(b, body...) }})
			}
		}
		data := appendSections(nil, list)
		hostile.Repair(data) // those of the decoder's file, too
		requireSound(t, data)
	})
}
