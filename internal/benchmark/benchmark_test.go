package benchmark

import (
	"math"
	"testing"
	"testing/fstest"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
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
	require.GreaterOrEqual(t, Interruption(clock, 99.9), 0.0)
}

// A reader that leaves out a part would measure too high a bandwidth.
func TestReadReadsEveryWord(t *testing.T) {
	for _, n := range []int{0, 1, 7, 8, 63, 64, 65, 128, 256, 1000} {
		data := make([]float32, n)
		require.Zero(t, read(data))
		for i := range data {
			data[i] = math.Float32frombits(1 << (i % 32))
			require.EqualValues(t, uint32(1)<<(i%32), read(data), "word %d of %d", i, n)
			require.EqualValues(t, uint32(1)<<(i%32), readWords(data), "word %d of %d", i, n)
			data[i] = 0
		}
	}
}

func TestNewRead(t *testing.T) {
	task, size := NewRead(1000)
	require.Equal(t, 1024, size)
	Run(time.Millisecond, task)
	require.Positive(t, task.Percentile(50))
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
