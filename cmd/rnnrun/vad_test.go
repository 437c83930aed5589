package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/wav"
)

// loudness returns samples of steps of loudest, each of that probability; a step lasts half
// a millisecond.
func loudness(steps ...float32) (samples []float32) {
	for _, p := range steps {
		samples = append(samples, p, 0, 0, 0)
	}
	return samples
}

func TestVadFindsSegments(t *testing.T) {
	model := save(t, loudest())
	const high = 0.75
	steps := loudness(0, 0, high, high, high, high, 0, 0, 0, 0, high, 0, 0, 0, high, high, high, 0.4, 0.4)
	args := []string{"vad", "-m", model, "--min-speech", "1ms", "--min-silence", "1ms", "--pad", "0.5ms"}
	in := sound(t, mono(wav.Int16, 8000), steps...)
	for _, c := range []struct {
		name  string
		stdin string
		args  []string
		want  string
	}{
		{"segments", in, nil, "0.001\t0.004\n0.007\t0.010\n"},
		{"JSON", in, []string{"--json"}, `{"start":0.001,"end":0.004}` + "\n" + `{"start":0.007,"end":0.01}` + "\n"},
		{"events", in, []string{"--events"}, "start\t0.001\nend\t0.004\nstart\t0.007\nend\t0.010\n"},
		{"JSON events", in, []string{"--events", "--json"}, `{"event":"start","time":0.001}`},
		{"raw", pcm(t, wav.Int16, steps...), []string{"--raw=s16"}, "0.001\t0.004\n0.007\t0.010\n"},
		{"raw of another rate", pcm(t, wav.Int16, steps...), []string{"--raw=s16", "--rate", "8000"}, "0.001\t0.004\n0.007\t0.010\n"},
		{"a higher threshold", in, []string{"--threshold", "0.8"}, ""},
		{"a higher release", in, []string{"--release", "0.45"}, "0.001\t0.004\n0.007\t0.009\n"},
		{"longer speech", in, []string{"--min-speech", "2500us"}, "0.007\t0.010\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := printed(t, c.stdin, append(append([]string{}, args...), c.args...)...)
			if c.name == "JSON events" {
				require.True(t, strings.HasPrefix(got, c.want), got)
				return
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestVadRefuses(t *testing.T) {
	loud, twice := save(t, loudest()), save(t, doubler())
	unknown := loudest()
	unknown.SampleRate = 0
	in := sound(t, mono(wav.Int16, 8000), 0)
	for _, c := range []struct {
		args []string
		text string
	}{
		{nil, "--resample"},
		{[]string{"-m", "builtin:speech"}, "there are g2p-en, sentiment-ko, shakespeare, vad"},
		{[]string{"-m", twice}, "has no output with one number per step, the probability of speech"},
		{[]string{"-m", save(t, letterClassifier())}, "has one per sequence"},
		{[]string{"-m", loud, "--threshold", "2"}, "the threshold is 2"},
		{[]string{"-m", loud, "--release", "0.6"}, "the release is 0.6"},
		{[]string{"-m", loud, "--pad", "90ms"}, "give at most half of it"},
		{[]string{"-m", loud, "--min-speech", "-1s"}, "--min-speech -1s must not be negative"},
		{[]string{"-m", loud, "-i", "absent.wav"}, "absent.wav"},
		{[]string{"-m", save(t, unknown), "--raw=s16"}, "the duration of a step is unknown"},
	} {
		o := command(in, append([]string{"vad"}, c.args...)...)
		require.NotZero(t, o.code, c.args)
		require.Contains(t, o.stderr, c.text)
	}
}

// builtin:vad is the model of vad if none is given. The file has the words "five" and
// "seven" after 0.35 and 0.99 seconds, between digital silence.
func TestVadOfTheBuiltInModel(t *testing.T) {
	file, err := os.ReadFile("../../testdata/vad/five-seven.wav")
	require.NoError(t, err)
	const header = 44
	samples, want := string(file[header:]), "0.320\t0.672\n0.992\t1.360\n"
	for name, c := range map[string]struct {
		stdin string
		args  []string
		want  string
	}{
		"a WAV file":      {string(file), nil, want},
		"a recorder":      {samples, []string{"--raw=s16"}, want},
		"events":          {samples, []string{"--raw=s16", "--events"}, "start\t0.320\nend\t0.672\nstart\t0.992\nend\t1.360\n"},
		"words as one":    {samples, []string{"--raw=s16", "--min-silence", "500ms"}, "0.320\t1.360\n"},
		"another rate":    {samples, []string{"--raw=s16", "--rate", "8000", "--resample", "--min-speech", "2s"}, ""},
		"digital silence": {strings.Repeat("\x00", 1<<18), []string{"--raw=s16"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, printed(t, c.stdin, append([]string{"vad"}, c.args...)...))
		})
	}
	require.Len(t, strings.Fields(printed(t, string(file), "run", "-m", "builtin:vad")), (len(samples)/2+255)/256)
}
