package runtime

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/kernels"
)

// A meanPool has the ops of a mean over steps with as many features as x.
type meanPool struct {
	steps     uint64
	in        place
	take      stepper
	give      stepper
	sum, mean []float32
}

func newMeanPool(x ...float32) *meanPool {
	p := &meanPool{in: place{step: x, run: rows{data: x}}} // a stride of 0: x is every step
	take, give := poolOps(kernels.Best(), format.PoolMean)
	p.sum, p.mean = make([]float32, len(x)), make([]float32, len(x))
	sum := place{step: p.sum}
	p.take = take.newStepper(ports{in: []*place{&p.in}, out: []*place{&sum}, steps: &p.steps})
	p.give = give.newStepper(ports{in: []*place{&sum}, out: []*place{{step: p.mean}}, steps: &p.steps})
	return p
}

func (p *meanPool) run(n int) []float32 {
	p.take.run(n, nil)
	p.steps += uint64(n)
	p.give.step()
	return p.mean
}

func TestAMeanOfManyStepsIsRight(t *testing.T) {
	const x = 0.7163
	p := newMeanPool(x, -x, 1, 0x1p-20)
	lengths := []int{1e6, 1e7, 1e8}
	if testing.Short() {
		lengths = lengths[:1]
	}
	for _, n := range lengths {
		mean := p.run(n - int(p.steps))
		for i, want := range p.in.step {
			require.InEpsilon(t, want, mean[i], 2e-4, "after %d steps", n)
		}
	}
}

// TestAMeanIsPlainAtFirst requires a plain sum at first, whose bits are older
// than the compensation.
func TestAMeanIsPlainAtFirst(t *testing.T) {
	p := newMeanPool(0.7163)
	sum := float32(0)
	for n := 1; n <= plainSteps; n++ {
		sum += 0.7163
		require.Equal(t, sum/float32(n), p.run(1)[0], "after %d steps", n)
	}
	require.Equal(t, make([]float32, 1), p.take.(*sumStep).low)
	p.run(1000)
	require.NotZero(t, p.take.(*sumStep).low)
}

func TestAMeanOfInfinities(t *testing.T) {
	p := newMeanPool(0, 0)
	p.run(plainSteps + 5)
	p.in.step[0], p.in.step[1] = float32(math.Inf(1)), float32(math.NaN())
	p.run(1)
	p.in.step[0], p.in.step[1] = 1, 1
	mean := p.run(3)
	require.Equal(t, float32(math.Inf(1)), mean[0])
	require.True(t, math.IsNaN(float64(mean[1])))
	p.steps = 0
	require.Equal(t, []float32{1, 1}, p.run(plainSteps+1), "from the start")
}
