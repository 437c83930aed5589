package series_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/series"
	"github.com/rnnrun/rnnrun/npy"
)

func floats(t *testing.T, shape []int, values ...float32) string {
	var b bytes.Buffer
	w, err := npy.NewWriter(&b, npy.Float32, shape...)
	require.NoError(t, err)
	require.NoError(t, w.WriteFloat32(values))
	return b.String()
}

func ints(t *testing.T, shape []int, values ...int32) string {
	var b bytes.Buffer
	w, err := npy.NewWriter(&b, npy.Int32, shape...)
	require.NoError(t, err)
	require.NoError(t, w.WriteInt32(values))
	return b.String()
}

// readAll returns every sequence of an input, read two steps at a time.
func readAll[T series.Number](input string, o series.Options) ([][]T, error) {
	o.Name = "in"
	r, err := series.NewReader[T](bufio.NewReader(strings.NewReader(input)), o)
	if err != nil {
		return nil, err
	}
	var all [][]T
	for {
		if err := r.Next(); err == io.EOF {
			return all, nil
		} else if err != nil {
			return all, err
		}
		sequence := []T{}
		buf := make([]T, 2*o.Width)
		for {
			n, err := r.Read(buf)
			sequence = append(sequence, buf[:n]...)
			if err == io.EOF {
				break
			}
			if err != nil {
				return all, err
			}
		}
		all = append(all, sequence)
	}
}

func TestReadFloats(t *testing.T) {
	for _, c := range []struct {
		name  string
		o     series.Options
		input string
		want  [][]float32
	}{
		{"csv", series.Options{Kind: series.KindCSV, Width: 2}, "1,2\n3,4\n5,6\n", [][]float32{{1, 2, 3, 4, 5, 6}}},
		{"csv without a last newline", series.Options{Kind: series.KindCSV, Width: 1}, "1\n-2.5e3", [][]float32{{1, -2500}}},
		{"csv of Windows", series.Options{Kind: series.KindCSV, Width: 2}, "\ufeff1, 2\r\n3 ,4\r\n", [][]float32{{1, 2, 3, 4}}},
		{"csv with a header", series.Options{Kind: series.KindCSV, Width: 2, Header: true}, "a,b\n1,2\n", [][]float32{{1, 2}}},
		{"csv with separators in quotes", series.Options{Kind: series.KindCSV, Width: 2, Columns: series.Columns{Read: []string{"1", "2"}, Asked: true}}, "\"a; b\",1,2\n\"c\",3,4\n", [][]float32{{1, 2, 3, 4}}},
		{"csv of several sequences", series.Options{Kind: series.KindCSV, Width: 1}, "\n1\n2\n3\n\n\n4\n\n", [][]float32{{1, 2, 3}, {4}}},
		{"csv too small for float32", series.Options{Kind: series.KindCSV, Width: 1}, "1e-99\n", [][]float32{{0}}},
		{"empty csv", series.Options{Kind: series.KindCSV, Width: 1}, "", nil},
		{"csv of a header alone", series.Options{Kind: series.KindCSV, Width: 1, Header: true}, "a", nil},
		{"raw", series.Options{Kind: series.KindRaw, Width: 1}, "\x00\x00\x80\x3f\x00\x00\x00\xc0\x00\x00\x00\x00", [][]float32{{1, -2, 0}}},
		{"empty raw", series.Options{Kind: series.KindRaw, Width: 3}, "", [][]float32{{}}},
		{"npy", series.Options{Kind: series.KindNPY, Width: 2}, floats(t, []int{3, 2}, 1, 2, 3, 4, 5, 6), [][]float32{{1, 2, 3, 4, 5, 6}}},
		{"npy of several sequences", series.Options{Kind: series.KindNPY, Width: 1}, floats(t, []int{2, 2, 1}, 1, 2, 3, 4), [][]float32{{1, 2}, {3, 4}}},
		{"npy of one feature", series.Options{Kind: series.KindNPY, Width: 1}, floats(t, []int{3}, 1, 2, 3), [][]float32{{1, 2, 3}}},
		{"npy of one feature, several sequences", series.Options{Kind: series.KindNPY, Width: 1}, floats(t, []int{2, 3}, 1, 2, 3, 4, 5, 6), [][]float32{{1, 2, 3}, {4, 5, 6}}},
		{"npy of one feature, one sequence", series.Options{Kind: series.KindNPY, Width: 1}, floats(t, []int{3, 1}, 1, 2, 3), [][]float32{{1, 2, 3}}},
		{"npy of integers", series.Options{Kind: series.KindNPY, Width: 1}, ints(t, []int{2, 1}, 1, 2), [][]float32{{1, 2}}},
		{"npy without steps", series.Options{Kind: series.KindNPY, Width: 2}, floats(t, []int{0, 2}), [][]float32{{}}},
		{"npy without sequences", series.Options{Kind: series.KindNPY, Width: 2}, floats(t, []int{0, 5, 2}), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := readAll[float32](c.input, c.o)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestReadTokens(t *testing.T) {
	for _, c := range []struct {
		name  string
		kind  series.Kind
		input string
		want  [][]int32
	}{
		{"csv", series.KindCSV, "1\n2\n\n33554433\n", [][]int32{{1, 2}, {33554433}}},
		{"raw", series.KindRaw, "\x01\x00\x00\x00\xff\xff\xff\xff", [][]int32{{1, -1}}},
		{"npy", series.KindNPY, ints(t, []int{3}, 1, 2, 3), [][]int32{{1, 2, 3}}},
		{"npy of several sequences", series.KindNPY, ints(t, []int{2, 1}, 1, 2), [][]int32{{1}, {2}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := readAll[int32](c.input, series.Options{Kind: c.kind, Width: 1})
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestInputThatDoesNotFitIsRefused(t *testing.T) {
	for _, c := range []struct {
		name  string
		kind  series.Kind
		width int
		input string
		err   error
		text  string
	}{
		{"few numbers", series.KindCSV, 3, "1,2,3\n4,5\n", series.ErrWidth, "in, line 2: wrong number of numbers in a step: 2 on the line, but the model reads 3"},
		{"many numbers", series.KindCSV, 1, "1,2\n", series.ErrWidth, "line 1"},
		{"no number", series.KindCSV, 1, "1\n2\nx\n", series.ErrNumber, `in, line 3: not a number: "x"`},
		{"names of columns", series.KindCSV, 2, "time,temp\n1,2\n", series.ErrNumber, `in, line 1: not a number: "time"`},
		{"sequences without steps", series.KindNPY, 2, floats(t, []int{1 << 30, 0, 2}), series.ErrShape, "in: wrong shape: an array [1073741824 0 2] with sequences without steps"},
		{"NaN", series.KindCSV, 2, "1,2\n3,nan\n", series.ErrNotFinite, `in, line 2, column 2: not a finite number: "nan"`},
		{"infinity", series.KindCSV, 1, "-Inf\n", series.ErrNotFinite, `in, line 1, column 1: not a finite number: "-Inf"`},
		{"too large for float32", series.KindCSV, 1, "1e39\n", series.ErrNotFinite, `in, line 1, column 1: not a finite number: "1e39"`},
		{"endless line", series.KindCSV, 1, strings.Repeat("1", 5000), series.ErrWidth, "more than 4096 bytes"},
		{"raw cut within a number", series.KindRaw, 1, "\x00\x00\x80\x3f\x00", series.ErrWidth, "within step 1"},
		{"raw cut within a step", series.KindRaw, 2, "\x00\x00\x80\x3f", series.ErrWidth, "2 numbers of 4 bytes"},
		{"other width", series.KindNPY, 7, floats(t, []int{1, 2}, 1, 2), series.ErrShape, "in: wrong shape: an array [1 2], but the model reads 7 numbers per step: give [T, 7], or [N, T, 7]"},
		{"no steps", series.KindNPY, 2, floats(t, []int{2}, 1, 2), series.ErrShape, "[2]"},
		{"four dimensions", series.KindNPY, 2, floats(t, []int{1, 1, 1, 2}, 1, 2), series.ErrShape, "[1 1 1 2]"},
		{"no array", series.KindNPY, 1, "1,2,3,4,5", npy.ErrFormat, "in: "},
		{"array cut", series.KindNPY, 1, floats(t, []int{3, 1}, 1, 2), npy.ErrTruncated, "[3 1]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := readAll[float32](c.input, series.Options{Kind: c.kind, Width: c.width})
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.text)
			var e *series.Error
			require.ErrorAs(t, err, &e)
		})
	}
}

func TestTokensThatDoNotFitAreRefused(t *testing.T) {
	for _, c := range []struct {
		name  string
		kind  series.Kind
		input string
		err   error
		text  string
	}{
		{"csv of floats", series.KindCSV, "1\n1.5\n", series.ErrNumber, "token id"},
		{"csv beyond 32 bits", series.KindCSV, "1\n4294967296\n", series.ErrNumber, "line 2"},
		{"npy of floats", series.KindNPY, floats(t, []int{1}, 1), npy.ErrType, "integers"},
		{"npy of three dimensions", series.KindNPY, ints(t, []int{1, 1, 1}, 1), series.ErrShape, "tokens: give [T], or [N, T]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := readAll[int32](c.input, series.Options{Kind: c.kind, Width: 1})
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.text)
		})
	}
}

func TestStepIsReadAsSoonAsItIsIn(t *testing.T) {
	for _, c := range []struct {
		kind  series.Kind
		steps []string
	}{
		{series.KindCSV, []string{"1\n", "2\n", "3\n"}},
		{series.KindRaw, []string{"\x00\x00\x80\x3f", "\x00\x00\x00\x40", "\x00\x00\x40\x40"}},
	} {
		t.Run(c.kind.String(), func(t *testing.T) {
			in, out := io.Pipe()
			next := make(chan string)
			go func() {
				for s := range next {
					io.WriteString(out, s)
				}
				out.Close()
			}()
			r, err := series.NewReader[float32](bufio.NewReader(in), series.Options{Kind: c.kind, Width: 1})
			require.NoError(t, err)
			buf := make([]float32, 100)
			for i, step := range c.steps {
				next <- step // the one before has been read, and this one not yet
				if i == 0 {
					require.NoError(t, r.Next())
				}
				n, err := r.Read(buf)
				require.NoError(t, err)
				require.Equal(t, []float32{float32(i + 1)}, buf[:n])
			}
			close(next)
			_, err = r.Read(buf)
			require.Equal(t, io.EOF, err)
		})
	}
}

func TestNextSkipsWhatIsLeft(t *testing.T) {
	for _, c := range []struct {
		kind  series.Kind
		input string
	}{
		{series.KindCSV, "1\n2\n3\n\n4\n5\n6\n"},
		{series.KindNPY, floats(t, []int{2, 3, 1}, 1, 2, 3, 4, 5, 6)},
	} {
		t.Run(c.kind.String(), func(t *testing.T) {
			r, err := series.NewReader[float32](bufio.NewReader(strings.NewReader(c.input)), series.Options{Kind: c.kind, Width: 1})
			require.NoError(t, err)
			buf := make([]float32, 1)
			for _, first := range []float32{1, 4} {
				require.NoError(t, r.Next())
				n, err := r.Read(buf)
				require.NoError(t, err)
				require.Equal(t, []float32{first}, buf[:n])
			}
			require.Equal(t, io.EOF, r.Next())
		})
	}
}

func TestWrite(t *testing.T) {
	one := [][]float32{{1, 2, 0.1, 4}}
	two := [][]float32{{1, 2, 3, 4}, {5, 6, 7, 8}}
	known := series.Layout{Batch: true, Sequences: 2, Steps: 2}
	unknown := series.Layout{Batch: true, Sequences: -1, Steps: -1}
	single := series.Layout{Sequences: 1, Steps: -1}
	for _, c := range []struct {
		name   string
		kind   series.Kind
		pooled bool
		layout series.Layout
		in     [][]float32
		want   string
	}{
		{"csv", series.KindCSV, false, unknown, one, "1,2\n0.1,4\n"},
		{"csv of several sequences", series.KindCSV, false, unknown, two, "1,2\n3,4\n\n5,6\n7,8\n"},
		{"csv of pooled sequences", series.KindCSV, true, unknown, [][]float32{{1, 2}, {3, 4}}, "1,2\n3,4\n"},
		{"raw", series.KindRaw, false, single, [][]float32{{1, -2}}, "\x00\x00\x80\x3f\x00\x00\x00\xc0"},
		{"npy of a known shape", series.KindNPY, false, known, two, floats(t, []int{2, 2, 2}, 1, 2, 3, 4, 5, 6, 7, 8)},
		{"npy of unknown steps", series.KindNPY, false, single, one, floats(t, []int{2, 2}, 1, 2, 0.1, 4)},
		{"npy of unknown sequences", series.KindNPY, false, unknown, two, floats(t, []int{2, 2, 2}, 1, 2, 3, 4, 5, 6, 7, 8)},
		{"npy of one sequence after all", series.KindNPY, false, unknown, one, floats(t, []int{2, 2}, 1, 2, 0.1, 4)},
		{"npy of pooled sequences", series.KindNPY, true, unknown, [][]float32{{1, 2}, {3, 4}}, floats(t, []int{2, 2}, 1, 2, 3, 4)},
		{"npy of one pooled sequence", series.KindNPY, true, single, [][]float32{{1, 2}}, floats(t, []int{2}, 1, 2)},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := os.Create(filepath.Join(t.TempDir(), "out"))
			require.NoError(t, err)
			defer f.Close()
			w, err := series.NewWriter(f, series.Output{Kind: c.kind, Width: 2, Pooled: c.pooled, Layout: c.layout})
			require.NoError(t, err)
			for _, sequence := range c.in {
				require.NoError(t, w.Write(sequence))
				require.NoError(t, w.Flush())
				require.NoError(t, w.End())
			}
			require.NoError(t, w.Close())
			got, err := os.ReadFile(f.Name())
			require.NoError(t, err)
			require.Equal(t, c.want, string(got))
		})
	}
}

func TestSequencesOfOtherLengthsAreNoArray(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "out.npy"))
	require.NoError(t, err)
	defer f.Close()
	w, err := series.NewWriter(f, series.Output{Kind: series.KindNPY, Width: 1, Layout: series.Layout{Batch: true, Sequences: -1, Steps: -1}})
	require.NoError(t, err)
	require.NoError(t, w.Write([]float32{1, 2}))
	require.NoError(t, w.End())
	require.NoError(t, w.Write([]float32{3}))
	err = w.End()
	require.ErrorIs(t, err, series.ErrShape)
	require.ErrorContains(t, err, "sequence 1 has 1 step but the sequences before it have 2")
}

func TestWriteErrorsAreReturned(t *testing.T) {
	for _, kind := range []series.Kind{series.KindCSV, series.KindRaw, series.KindNPY} {
		t.Run(kind.String(), func(t *testing.T) {
			w, err := series.NewWriter(broken{}, series.Output{Kind: kind, Width: 1, Layout: series.Layout{Sequences: 1, Steps: 1}})
			if err == nil {
				require.NoError(t, w.Write([]float32{1}))
				err = w.Flush()
			}
			require.ErrorIs(t, err, errBroken)
		})
	}
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestKindOf(t *testing.T) {
	for path, want := range map[string]series.Kind{
		"a.csv": series.KindCSV, "A.CSV": series.KindCSV, "b/a.npy": series.KindNPY, "a.f32": series.KindRaw, "a": series.KindUnknown, "a.rnn": series.KindUnknown,
	} {
		require.Equal(t, want, series.KindOf(path), path)
	}
	for input, want := range map[string]series.Kind{"": series.KindCSV, "1,2": series.KindCSV, "\x93NUMPY": series.KindNPY} {
		require.Equal(t, want, series.Sniff(bufio.NewReader(strings.NewReader(input))), input)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add("1,2\n3,4\n\n5,6", true)
	f.Add("\ufeffa,b\r\n1e99,nan\r\n", false)
	f.Add(",", false)
	f.Fuzz(func(t *testing.T, input string, header bool) {
		sequences, err := readAll[float32](input, series.Options{Kind: series.KindCSV, Width: 2, Header: header})
		for _, s := range sequences {
			require.NotEmpty(t, s)
			require.Zero(t, len(s)%2)
		}
		if err != nil {
			var e *series.Error
			require.ErrorAs(t, err, &e, fmt.Sprint(err))
		}
	})
}

// frames reads an input whose step has two frames of one number, a step at a time.
func frames(in io.Reader) (series.Reader[float32], error) {
	return series.NewReader[float32](bufio.NewReader(in), series.Options{Name: "in", Kind: series.KindCSV, Width: 2, Frames: 2})
}

// A step is given when its last frame is in, with what has been read of the one after it
// kept; a bad frame makes its step bad, and the next step begins behind it.
func TestFramesAreStepsWhenTheyAreWhole(t *testing.T) {
	in, out := io.Pipe()
	next := make(chan string, 8)
	go func() {
		for text := range next {
			io.WriteString(out, text)
		}
		out.Close()
	}()
	next <- "1\n2\n3\n" // a step, and a half
	r, err := frames(in)
	require.NoError(t, err)
	require.True(t, r.Layout().Frames)
	require.NoError(t, r.Next())
	buf := make([]float32, 8)
	for _, step := range []struct {
		text string // that comes in afterwards
		want []float32
		bad  string
	}{
		{"4\nx\n5\n6\n", []float32{1, 2}, ""},
		{"7\n", []float32{3, 4}, ""},
		{"8\nNaN\n9\n", nil, `line 5: not a number: "x"`},
		{"", []float32{6, 7}, ""},
	} {
		n, err := r.Read(buf)
		if step.bad != "" {
			var bad *series.BadStep
			require.ErrorAs(t, err, &bad)
			require.ErrorContains(t, err, step.bad)
			require.Zero(t, n)
		} else {
			require.NoError(t, err)
			require.Equal(t, step.want, buf[:n])
		}
		if step.text != "" {
			next <- step.text
		}
	}
	n, err := r.Read(buf)
	require.Zero(t, n)
	require.ErrorContains(t, err, "line 10, column 1: not a finite number")
	close(next)
	n, err = r.Read(buf)
	require.Zero(t, n)
	require.ErrorIs(t, err, series.ErrWidth)
	require.ErrorContains(t, err, "ends after 1 frame of step 5")
}

// A reader of lines takes no memory for each of them.
func TestReadingLinesAllocatesNothing(t *testing.T) {
	r, err := series.NewReader[float32](bufio.NewReader(strings.NewReader(strings.Repeat("1,2.5\n", 1000))), series.Options{Kind: series.KindCSV, Width: 2})
	require.NoError(t, err)
	require.NoError(t, r.Next())
	steps := make([]float32, 8)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		_, err = r.Read(steps)
	}))
	require.NoError(t, err)
	require.Equal(t, []float32{1, 2.5, 1, 2.5}, steps[:4])
}
