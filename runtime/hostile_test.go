package runtime_test

import (
	"errors"
	"flag"
	"runtime/debug"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/guarded"
	"github.com/rnnrun/rnnrun/internal/hostile"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/kernels"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

var first = flag.Int("hostile", 0, "the number of the first hostile file, to make one again that has failed")

// hostileFiles calls test with the numbers of hostile files. A memory fault is a
// failure that names the file.
func hostileFiles(t *testing.T, short int, test func(number int)) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	number := *first
	defer func() {
		if r := recover(); r != nil {
			t.Fatalf("hostile file %d: %v\n%s", number, r, debug.Stack())
		}
	}()
	for end := number + hostile.Count(t, short); number < end && !t.Failed(); number++ {
		test(number)
	}
}

// soundFiles returns files of models of every kind, with goldens.
func soundFiles(t *testing.T) [][]byte {
	var files [][]byte
	add := func(d *format.Model, golden func() (format.Golden, error)) {
		g, err := golden()
		require.NoError(t, err)
		d.Goldens = append(d.Goldens, g)
		files = append(files, encoded(t, d))
	}
	for _, s := range append(shapes(), rareShapes()...) {
		s.Hidden = (s.Hidden + 7) / 8 * 8 // otherwise most of an array is padding, which must be zero
		d, in := s.Model(), inputOf(s, 3)
		if d.Validate() != nil {
			continue // for instance, the sizes do not fit a skip
		}
		add(d, func() (format.Golden, error) { return load(t, d).Golden(in.tokens, in.xs) })
	}
	for _, s := range encoders() {
		s.Hidden = 8
		d := s.Translator(6)
		add(d, func() (format.Golden, error) { return loadTranslator(t, d).Golden([]int32{1, 2, 3}, nil) })
	}
	for _, d := range []*format.Model{
		reviews(2, format.OutputSoftmax, "bad", "good"), letterTagger(format.OutputSoftmax), writer(), byteWriter(),
	} {
		add(d, func() (format.Golden, error) { return load(t, d).Golden([]int32{1, 0, 2}, nil) })
	}
	return files
}

// A hostile file is refused with a typed error, or it is a model like any
// other: it reads nothing beyond its bytes and its inputs, and computes the
// same on every kernel set.
func TestHostileModels(t *testing.T) {
	files := soundFiles(t)
	bench := newBench(t)
	ran := 0
	hostileFiles(t, 4000, func(number int) {
		m := hostile.New(number)
		if bench.tries(t, number, m.Model(m.Pick(files), m.Pick(files))) {
			ran++
		}
	})
	require.GreaterOrEqual(t, ran, hostile.Count(t, 4000)/8, "most files are refused, so little is tested")
}

// A bench runs hostile files, with their bytes and their inputs next to unmapped
// pages.
type bench struct {
	file, numbers []byte
	sets          []*kernels.Set
	number        int // of the file
}

func newBench(t *testing.T) *bench {
	return &bench{file: guarded.Pages(t, 1<<20, true), numbers: guarded.Pages(t, 1<<16, true), sets: kernels.Available()}
}

// tries reports whether the file is a model, and requires the same answers on
// every set.
func (b *bench) tries(t *testing.T, number int, data []byte) bool {
	b.number = number
	guardedData := b.file[len(b.file)-len(data):]
	copy(guardedData, data)
	var want []uint32
	for i, set := range b.sets {
		got, err := b.run(guardedData, set.Name())
		if err != nil {
			require.Zero(t, i, "file %d: %s refuses what the others take: %v", number, set.Name(), err)
			require.True(t, errors.As(err, new(*format.Error)) || errors.Is(err, rnn.ErrTranslates), "file %d: %v", number, err)
			return false
		}
		if i == 0 {
			want = got
		}
		require.Equal(t, want, got, "file %d: %s computes other bits than %s", number, set.Name(), b.sets[0].Name())
	}
	return true
}

// run returns the bits of everything that a model computes on a kernel set.
func (b *bench) run(data []byte, set string) ([]uint32, error) {
	m, err := rnn.Load(data, rnn.WithKernels(set))
	if errors.Is(err, rnn.ErrTranslates) {
		return translate(data, set)
	}
	if err != nil {
		return nil, err
	}
	defer m.Close()
	d := m.Description()
	_ = m.Verify() // the goldens are those of other weights
	in := input{xs: b.inputs(3 * d.InputSize)}
	if d.Embedding != nil {
		in = input{tokens: []int32{0, int32(d.Embedding.Tokens - 1), int32(d.Embedding.Tokens / 2)}}
	}
	s := m.NewSession()
	y, err := in.run(s)
	out := appendOutcome(nil, y, err)
	out = append(out, position(s)...)
	s.Reset()
	for i := range 3 {
		one := input{xs: in.xs[i*len(in.xs)/3 : (i+1)*len(in.xs)/3]}
		if in.tokens != nil {
			one = input{tokens: in.tokens[i:][:1]}
		}
		y, err := one.step(s)
		out = appendOutcome(out, y, err)
	}
	return append(append(out, position(s)...), texts(m, s)...), nil
}

// inputs returns n numbers at the end of their memory. For every second file,
// they have random bits.
func (b *bench) inputs(n int) []float32 {
	if 4*n > len(b.numbers) {
		return make([]float32, n)
	}
	all := unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(b.numbers))), len(b.numbers)/4)
	xs := all[len(all)-n:]
	copy(xs, modeltest.Spec{Input: n}.Inputs(1, uint64(b.number)))
	if m := hostile.New(b.number); b.number%2 == 0 {
		m.Floats(xs)
	}
	return xs
}

// texts returns a model's answers to a text.
func texts(m *rnn.Model, s *rnn.Session) (out []uint32) {
	const text = "a good a\u0300 한 \xff film"
	out = appendTokens(out, func() ([]int32, error) { return m.Encode(nil, text) })
	if c, err := s.Classify(text); err == nil {
		out = append(out, uint32(c.Index))
	}
	if tags, err := s.Tag(nil, text); err == nil {
		for _, c := range tags {
			out = append(out, uint32(c.Index))
		}
	}
	if b, err := m.Decode(nil, 0, 1); err == nil {
		out = append(out, uint32(len(b)))
	}
	return out
}

func translate(data []byte, set string) ([]uint32, error) {
	m, err := rnn.LoadEncoderDecoder(data, rnn.WithKernels(set))
	if err != nil {
		return nil, err
	}
	defer m.Close()
	_ = m.Verify()
	x, err := m.NewTranslator(rnn.WithBeam(3), rnn.WithMaxLength(6))
	if err != nil {
		return nil, err
	}
	return appendTokens(nil, func() ([]int32, error) { return x.Translate(nil, []int32{0, 1, 2, 0}) }), nil
}

// appendOutcome appends the bits of outputs, and whether there was an error.
func appendOutcome(out []uint32, y []float32, err error) []uint32 {
	if err != nil {
		return append(out, 1)
	}
	return append(append(out, 0), bits(y)...)
}

func appendTokens(out []uint32, call func() ([]int32, error)) []uint32 {
	tokens, err := call()
	if err != nil {
		return append(out, 1)
	}
	for _, t := range tokens {
		out = append(out, uint32(t))
	}
	return out
}

// A hostile snapshot is refused, and the session is unchanged; or it is
// accepted, and the session continues with the same bits on every kernel set.
func TestHostileSnapshots(t *testing.T) {
	type stream struct {
		spec     modeltest.Spec
		sessions []*rnn.Session // one on each set
		snapshot []byte
	}
	var streamed []stream
	for _, s := range append(shapes(), rareShapes()...) {
		if !streams(s) {
			continue
		}
		one := stream{spec: s}
		for _, set := range kernels.Available() {
			one.sessions = append(one.sessions, model(t, s, rnn.WithKernels(set.Name())).NewSession())
		}
		_, err := inputOf(s, 2).run(one.sessions[0])
		require.NoError(t, err)
		one.snapshot, err = one.sessions[0].AppendBinary(nil)
		require.NoError(t, err)
		streamed = append(streamed, one)
	}
	taken := 0
	hostileFiles(t, 4000, func(number int) {
		m := hostile.New(number)
		one := streamed[m.IntN(len(streamed))]
		snapshot := m.Snapshot(one.snapshot, streamed[m.IntN(len(streamed))].snapshot)
		var want []uint32
		for i, s := range one.sessions {
			before := position(s)
			if err := s.UnmarshalBinary(snapshot); err != nil {
				require.ErrorIs(t, err, rnn.ErrSnapshot, "snapshot %d", number)
				require.Equal(t, before, position(s), "snapshot %d", number)
				continue
			}
			if steps := s.StepCount(); steps < 1<<16 { // the snapshot of a longer stream's mean is longer
				again, err := s.AppendBinary(nil)
				require.NoError(t, err)
				require.Len(t, again, len(snapshot), "snapshot %d of %v", number, one.spec)
			}
			y, err := inputOf(one.spec, 1).step(s)
			got := append(appendOutcome(nil, y, err), position(s)...)
			if i == 0 {
				taken++
				want = got
			}
			require.Equal(t, want, got, "snapshot %d of %v on %s", number, one.spec, s.Model().Kernels())
		}
	})
	require.GreaterOrEqual(t, taken, hostile.Count(t, 4000)/8, "most snapshots are refused, so little is tested")
}
