package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Work begins when it comes, or when the work before is done; it is late if it is not done
// when the next comes.
func TestPace(t *testing.T) {
	ms := time.Millisecond
	for _, c := range []struct {
		name   string
		takes  []time.Duration
		wakes  time.Duration // too late
		done   []time.Duration
		woken  []time.Duration
		missed int
	}{
		{"in time", []time.Duration{2 * ms, ms, 3 * ms}, 0, []time.Duration{ms, 2 * ms, 3 * ms}, []time.Duration{0, 0, 0}, 0},
		{"it wakes late", []time.Duration{2 * ms, ms, 3 * ms}, ms, []time.Duration{2 * ms, 3 * ms, 4 * ms}, []time.Duration{ms, ms, ms}, 0},
		{"one takes long, and the next waits", []time.Duration{17 * ms, 5 * ms, ms}, 0, []time.Duration{3 * ms, 12 * ms, 17 * ms}, []time.Duration{0, 2 * ms, 7 * ms}, 2},
		{"just in time", []time.Duration{10 * ms, 10 * ms}, 0, []time.Duration{10 * ms, 10 * ms}, []time.Duration{0, 0}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock, i := 5*ms, 0
			p := pace{now: func() time.Duration { return clock }, wait: func(d time.Duration) { clock += d + c.wakes }}
			r := p.measure(len(c.takes), 10*ms, func(int) { clock += c.takes[i]; i++ })
			require.Equal(t, c.done, r.done)
			require.Equal(t, c.woken, r.woken)
			require.Equal(t, c.missed, r.late)
		})
	}
}

func TestBenchPaced(t *testing.T) {
	args := []string{"bench", "--cell", "rnn", "--hidden", "8", "--time", "1ms", "--cold=false", "--sequence", "10", "--rate", "1000", "--paced", "50ms"}
	require.Contains(t, printed(t, "", args...), "paced        5 arrived one by one, every 10 ms\n")
	var o struct {
		Paced struct {
			Blocks int
			Period int `json:"period_ns"`
			Late   *int
			Max    float64 `json:"max_ns"`
			P50    float64 `json:"p50_ns"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(printed(t, "", append(args, "--json")...)), &o))
	require.Equal(t, 5, o.Paced.Blocks)
	require.EqualValues(t, 10*time.Millisecond, o.Paced.Period)
	require.NotNil(t, o.Paced.Late)
	require.GreaterOrEqual(t, o.Paced.Max, o.Paced.P50)
	require.Positive(t, o.Paced.P50)

	for _, c := range [][]string{{"--paced", "1s"}, {"--paced", "-1s", "--rate", "1000"}, {"--paced", "25h", "--rate", "1000"}, {"--paced", "1h", "--rate", "1000000"}} {
		refused := command("", append([]string{"bench", "--cell", "rnn", "--hidden", "8", "--time", "1ms"}, c...)...)
		require.Equal(t, 2, refused.code, refused.stderr)
		require.Contains(t, refused.stderr, "--paced")
	}
}
