package benchmark

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
)

func TestRunMeasuresTasksInTurn(t *testing.T) {
	var order []string
	note := func(name string) func(int) {
		return func(int) {
			if len(order) == 0 || order[len(order)-1] != name {
				order = append(order, name)
			}
			time.Sleep(time.Microsecond)
		}
	}
	a, b := &Task{Do: note("a")}, &Task{Do: note("b")}
	Run(3*blockTime, a, b)
	require.GreaterOrEqual(t, len(order), 4, "calibration, and a block of each")
	for i := range order {
		require.Equal(t, []string{"a", "b"}[i%2], order[i])
	}
	for _, task := range []*Task{a, b} {
		require.GreaterOrEqual(t, task.Samples(), leastSamples)
		require.Positive(t, task.Percentile(50))
	}
}

func TestQuickWorkIsMeasuredInBatches(t *testing.T) {
	var count int64
	quick := &Task{Do: func(n int) { count += int64(n) }}
	before := 0
	prepared := &Task{Do: func(n int) { require.Equal(t, 1, n) }, Before: func() { before++ }}
	Run(time.Millisecond, quick, prepared)
	require.Greater(t, quick.Batch(), 1)
	require.Greater(t, count, int64(quick.Batch()))
	require.Equal(t, 1, prepared.Batch())
	require.Equal(t, prepared.Samples(), before)
}

func TestPercentile(t *testing.T) {
	task := &Task{samples: []float64{5, 1, 4, 2, 3}}
	for p, want := range map[float64]float64{0: 1, 20: 1, 21: 2, 50: 3, 80: 4, 99.9: 5, 100: 5} {
		require.Equal(t, want, task.Percentile(p), "%v", p)
	}
	require.True(t, math.IsNaN(new(Task).Percentile(50)))
}

func TestLate(t *testing.T) {
	for _, c := range []struct {
		batch int
		ns    float64
		want  int
	}{{1, 5, 0}, {1, 4, 1}, {1, 2.5, 3}, {1, 0, 5}, {2, 6, 2}, {2, 10, 0}} {
		require.Equal(t, c.want, samples(c.batch, 5, 1, 4, 2, 3).Late(c.ns), "%v", c)
	}
	require.Zero(t, new(Task).Late(1))
}

func TestAdd(t *testing.T) {
	require.EqualValues(t, 5+16*(1+2), add(32, 5, 1, 2))
}

func TestClock(t *testing.T) {
	const sample = 100 * time.Microsecond
	task := &Task{Do: func(n int) { time.Sleep(time.Duration(n) * sample) }}
	clock := NewClock(task)
	Run(time.Millisecond, task, clock)
	require.Positive(t, GHz(clock))
	require.Greater(t, clock.Batch(), 1)
}

func TestAlternateTakesOneSampleOfEachInTurn(t *testing.T) {
	const samples = 100
	var order string
	note := func(name string) *Task {
		return &Task{Do: func(int) { order += name; time.Sleep(time.Microsecond) }}
	}
	a, b := note("a"), note("b")
	Alternate(samples, a, b)
	require.Equal(t, strings.Repeat("ab", samples), order[len(order)-2*samples:])
	require.Equal(t, 1, a.Batch(), "long enough to be timed alone")

	quick := &Task{Do: func(int) {}}
	Alternate(samples, quick, b)
	require.Greater(t, quick.Batch(), 1, "too short to be timed alone")
	require.Equal(t, (samples+quick.Batch()-1)/quick.Batch(), quick.Samples())
	require.Equal(t, quick.Samples(), b.Samples())
}

// samples returns a task that was measured.
func samples(batch int, list ...float64) *Task { return &Task{batch: batch, samples: list} }

// repeat returns n times v.
func repeat(n int, v float64) []float64 { return slices.Repeat([]float64{v}, n) }

func TestFindInterruptions(t *testing.T) {
	for _, c := range []struct {
		name  string
		clock *Task
		want  Interruptions
	}{
		{"none", samples(1, repeat(10, 1000)...), Interruptions{Seconds: 10e-6}},
		{"variation", samples(1, append(repeat(10, 1000), 1400)...), Interruptions{Seconds: 11.4e-6}},
		{"one", samples(1, append(repeat(10, 1000), 11000)...), Interruptions{1, 21e-6, 10000. / 21000, 10000}},
		{"two in batches", samples(10, append(repeat(18, 100), 200, 1100)...), Interruptions{2, 31e-6, 11000. / 31000, 10000}},
		{"long work varies more", samples(1, append(repeat(10, 1e6), 1.04e6, 1.06e6)...), Interruptions{1, 12.1e-3, 6e4 / 12.1e6, 6e4}},
		{"not measured", samples(1), Interruptions{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := FindInterruptions(c.clock)
			require.Equal(t, c.want.Count, got.Count)
			for _, d := range [][2]float64{{c.want.Share, got.Share}, {c.want.Longest, got.Longest}, {c.want.Seconds, got.Seconds}} {
				require.InDelta(t, d[0], d[1], 1e-9)
			}
		})
	}
}

func TestUndisturbed(t *testing.T) {
	join := func(lists ...[]float64) []float64 { return slices.Concat(lists...) }
	quiet := samples(1, repeat(1000, 1000)...)
	disturbed := samples(1, join(repeat(980, 1000), repeat(20, 9000))...) // 20 of 1000 by 8 µs
	for _, c := range []struct {
		name        string
		task, clock *Task
		p, want     float64
	}{
		{"nothing happens", samples(1, repeat(1000, 2000)...), quiet, 99.9, 2000},
		{"the task's own delays stay", samples(1, join(repeat(980, 2000), repeat(20, 10000))...), quiet, 99, 10000},
		{"as many of the machine's do not", samples(1, join(repeat(980, 2000), repeat(20, 10000))...), disturbed, 99, 2000},
		{"those beyond stay", samples(1, join(repeat(960, 2000), repeat(40, 10000))...), disturbed, 99, 10000},
		{"longer ones are its own", samples(1, join(repeat(980, 2000), repeat(20, 10001))...), disturbed, 99, 10001},
		{"but a few are within the percentile", samples(1, join(repeat(980, 2000), repeat(20, 10001))...), disturbed, 98, 2000},
		{"in batches", samples(10, join(repeat(980, 200), repeat(20, 1000))...), disturbed, 99, 200},
		{"a clock of half as many samples", samples(1, join(repeat(980, 2000), repeat(20, 10000))...),
			samples(1, join(repeat(490, 1000), repeat(10, 9000))...), 99, 2000},
		{"the median", samples(1, join(repeat(500, 2000), repeat(480, 3000), repeat(20, 10000))...), disturbed, 50, 2000},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, Undisturbed(c.task, c.clock, c.p))
		})
	}
	require.True(t, math.IsNaN(Undisturbed(samples(1), quiet, 50)))
	require.True(t, math.IsNaN(Undisturbed(quiet, samples(1), 50)))
}

// A reader that leaves out a part would measure too high a bandwidth.
func TestReadersReadEveryWord(t *testing.T) {
	check := func(read reader, n int) {
		data := make([]float32, n)
		require.Zero(t, read(data))
		for i := range data {
			data[i] = math.Float32frombits(1 << (i % 32))
			require.EqualValues(t, uint32(1)<<(i%32), read(data), "word %d of %d", i, n)
			data[i] = 0
		}
	}
	for _, read := range append(readers(), readWords) {
		for n := readUnit; n <= 8*readUnit; n += readUnit {
			check(read, n)
		}
	}
	for _, n := range []int{0, 1, 7, 8, 63} {
		check(readWords, n)
	}
}

func TestNewRead(t *testing.T) {
	for size, want := range map[int]int{0: 256, 1: 256, 1000: 1024, 1024: 1024} {
		task, bytes := NewRead(size)
		require.Equal(t, want, bytes)
		Run(time.Millisecond, task)
		require.Positive(t, task.Percentile(50))
	}
}

func TestMemoryIsAligned(t *testing.T) {
	data := Memory(1000)
	require.Len(t, data, 1000)
	require.EqualValues(t, 1, data[999], "it has been written to")
	require.Zero(t, uintptr(unsafe.Pointer(&data[0]))%64)
}

func TestCaches(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s + "\n")} }
	dir := fstest.MapFS{
		"index0/level": file("1"), "index0/type": file("Data"), "index0/size": file("32K"),
		"index1/level": file("3"), "index1/type": file("Unified"), "index1/size": file("32M"),
		"index2/level": file("4"), "index2/type": file("Unified"), "index2/size": file("unknown"),
		"uevent": file(""),
	}
	require.Equal(t, []Cache{{1, "Data", 32 << 10}, {3, "Unified", 32 << 20}}, readCaches(dir))
	require.Empty(t, readCaches(nil))
	require.Empty(t, readCaches(fstest.MapFS{}))
	require.Positive(t, LastLevelCache())
}

func TestOpenLeavesNoFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	d, err := Shape{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 3, Hidden: 1, Layers: 1}.Model()
	require.NoError(t, err)
	m, err := Open(d)
	require.NoError(t, err)
	require.Equal(t, 3, m.InputSize())
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, files)

	_, err = Open(&format.Model{})
	require.ErrorIs(t, err, format.ErrInvalid)
}
