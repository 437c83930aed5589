package main

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	"github.com/rnnrun/rnnrun/internal/wav"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// writeSound writes a WAV file of floating point, which keeps samples as they are.
func writeSound(t *testing.T, path string, rate, channels int, samples []float32) string {
	t.Helper()
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	w, err := wav.NewWriter(file, wav.Format{Encoding: wav.Float32, Channels: channels, Rate: rate})
	require.NoError(t, err)
	require.NoError(t, w.Write(samples))
	require.NoError(t, w.Close())
	return path
}

// noise is a sound without a rhythm, darkened, and amplified what a small amplifier makes
// of it: it is louder, clipped softly, and less bright.
func noise(n int) (dry, amplified []float32) {
	rng := rand.New(rand.NewPCG(7, 8))
	dry, amplified = make([]float32, n), make([]float32, n)
	var low, tone float64
	for i := range dry {
		low += 0.3 * (0.8*(2*rng.Float64()-1) - low)
		tone += 0.5 * (math.Tanh(4*low) - tone)
		dry[i], amplified[i] = float32(low), float32(0.7*tone)
	}
	return dry, amplified
}

// delayed returns a sound that begins n samples later, with silence before it.
func delayed(samples []float32, n int) []float32 {
	return append(make([]float32, n), samples...)[:len(samples)]
}

type ampReport struct {
	Seconds float64 `json:"held_back_seconds"`
	ESR     float64
	Dry     float64 `json:"dry_esr"`
}

// One command learns an amplifier, with the delay of its recording; the model plays the
// sound that was held back as it was measured, in blocks, and allocates nothing.
func TestAmp(t *testing.T) {
	dir := t.TempDir()
	const rate, n, delay = 8000, 16000, 37
	dry, amplified := noise(n)
	in := writeSound(t, filepath.Join(dir, "dry.wav"), rate, 1, dry)
	out := writeSound(t, filepath.Join(dir, "wet.wav"), rate, 1, delayed(amplified, delay))
	model := filepath.Join(dir, "amp.rnn")
	args := []string{"amp", in, out, "-o", model, "--hidden", "8", "--epochs", "30", "--lr", "0.02",
		"--segment", "400", "--burn-in", "50", "--window", "100", "--json"}
	code, stdout, stderr := invoke(t, append(args, "--delay", "37")...)
	require.Zero(t, code, stderr)
	require.Contains(t, stderr, "2 s of sound, 8000 samples per second")
	require.Contains(t, stderr, "one sound is longer: left out its last 37 samples")
	var report ampReport
	require.NoError(t, json.Unmarshal([]byte(stdout), &report), stdout)
	require.Less(t, report.ESR, 0.01)
	require.Greater(t, report.Dry, 0.1)
	require.InDelta(t, 0.4, report.Seconds, 0.01)

	m, err := rnn.Open(model)
	require.NoError(t, err)
	defer m.Close()
	require.NoError(t, m.Verify())
	require.EqualValues(t, rate, m.SampleRate())
	require.True(t, m.Description().Skip)

	const block = 64
	s := m.NewSession()
	var played []float32
	for from := 0; from+block <= n; from += block {
		y, err := s.Run(dry[from : from+block])
		require.NoError(t, err)
		played = append(played, y...)
	}
	trained := n - delay - (n-delay)/5
	var off, all float64
	for i := trained; i < n-delay; i++ {
		e := float64(played[i]) - float64(amplified[i])
		off, all = off+e*e, all+float64(amplified[i])*float64(amplified[i])
	}
	require.InEpsilon(t, report.ESR, off/all, 1e-6)
	require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = s.Run(dry[:block]) }))

	sound := filepath.Join(dir, "played.wav")
	code, stdout, stderr = invoke(t, "eval", model, in, out, "--delay", "37", "--last", "0.2", "--played", sound, "--json")
	require.Zero(t, code, stderr)
	var measured struct{ Seconds, ESR float64 }
	require.NoError(t, json.Unmarshal([]byte(stdout), &measured), stdout)
	require.Equal(t, report.ESR, measured.ESR, "of the part that was held back")
	require.Equal(t, report.Seconds, measured.Seconds)
	written, writtenRate, err := readSound(sound, n)
	require.NoError(t, err)
	require.Equal(t, rate, writtenRate)
	require.Len(t, written, n-delay)
	require.Equal(t, played[:n-delay-block], written[:n-delay-block])
	code, stdout, stderr = invoke(t, "eval", model, in, out, "--delay", "37")
	require.Zero(t, code, stderr)
	require.Regexp(t, `^ESR 0\.00\d+ \(-2\d\.\d dB\) on 2 s; ESR of the unprocessed dry sound \d.*; ESR after pre-emphasis by 1 - 0\.85 z⁻¹ 0\.`, stdout)

	better := filepath.Join(dir, "better.rnn")
	code, stdout, stderr = invoke(t, "amp", in, out, "--delay", "37", "--from", model, "-o", better, "--epochs", "2", "--lr", "1e-4")
	require.Zero(t, code, stderr)
	require.Regexp(t, `\nESR 0\.00\d+ \(-2\d\.\d dB\) on the last 0\.399 s, which were held back; ESR of the unprocessed dry sound \d`, stdout)
	again, err := rnn.Open(better)
	require.NoError(t, err)
	defer again.Close()
	require.Equal(t, m.Description().Normalization, again.Description().Normalization)
	require.True(t, again.Description().Skip)
}

// What measures no amplifier is refused, and so are sounds that it cannot play.
func TestEvalOfAnAmplifierRefuses(t *testing.T) {
	dir := t.TempDir()
	dry, amplified := noise(1000)
	in := writeSound(t, filepath.Join(dir, "dry.wav"), 8000, 1, dry)
	out := writeSound(t, filepath.Join(dir, "wet.wav"), 8000, 1, amplified)
	other := writeSound(t, filepath.Join(dir, "other.wav"), 4000, 1, dry)
	model := func(name string, rate float64) string {
		m := modeltest.Spec{Cell: format.CellLSTM, Input: 1, Hidden: 4, Outputs: 1, Task: format.TaskRegress, Seed: 1}.Model()
		m.SampleRate = rate
		path := filepath.Join(dir, name)
		require.NoError(t, format.WriteFile(path, m))
		return path
	}
	amp, plain := model("amp.rnn", 8000), model("plain.rnn", 0)
	for _, c := range []struct{ args, want string }{
		{amp + " " + in, "give the sound before and after it"},
		{plain + " " + in + " " + out, "is measured on one file"},
		{amp + " " + other + " " + other, "was made for 8000"},
		{amp + " " + in + " " + out + " --label x", "--label has no effect here"},
		{amp + " " + in + " " + out + " --last 2", "--last 2"},
		{amp + " " + in + " " + out + " --played " + in, "--played"},
		{plain + " " + in + " --played x.wav", "--played has no effect here"},
	} {
		code, _, stderr := invoke(t, append([]string{"eval"}, strings.Fields(c.args)...)...)
		require.NotZero(t, code, c.args)
		require.Contains(t, stderr, c.want)
	}
}

// The delay of a recording is found, with the polarity of the amplifier.
func TestSoundLag(t *testing.T) {
	dry, amplified := noise(4000)
	for _, c := range []struct {
		name     string
		dry, wet []float32
		lag      int
		sign     float64
	}{
		{"none", dry, amplified, 0, 1},
		{"the same", dry, dry, 0, 1},
		{"later", dry, delayed(amplified, 100), 100, 1},
		{"earlier", delayed(dry, 50), dry, -50, 1},
		{"inverted", dry, inverted(delayed(dry, 20)), 20, -1},
		{"silence", dry, make([]float32, 4000), 0, 0},
		{"one sample", dry[:1], amplified[:1], 0, 0},
		{"nothing", nil, nil, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			lag, correlation := soundLag(c.dry, c.wet, 4000)
			require.Equal(t, c.lag, lag)
			require.InDelta(t, c.sign, correlation, 0.2)
		})
	}
}

func TestSoundPairAnnouncesItsDelay(t *testing.T) {
	dry, amplified := noise(4000)
	for _, c := range []struct {
		wet   []float32
		delay int
		want  string
	}{
		{amplified, 0, "the sounds are aligned"},
		{delayed(amplified, 30), 0, "30 samples later (correlation 0.9"},
		{delayed(amplified, 30), 7, "--delay 37 removes it"},
		{amplified[20:], 0, "20 samples earlier"},
		{amplified[20:], 0, "--delay -20 removes it"},
		{make([]float32, 4000), 0, "the sounds are too different (correlation 0.00)"},
		{inverted(amplified), 0, "without a delay (correlation -0.9"},
	} {
		var b strings.Builder
		p := soundPair{dry: dry[:len(c.wet)], wet: c.wet, rate: 4000}
		p.announce(&b, c.delay)
		require.Contains(t, b.String(), c.want)
	}
}

// Samples in a row at full scale are no sound of an amplifier.
func TestClippings(t *testing.T) {
	for _, c := range []struct {
		samples []float32
		want    int
	}{
		{nil, 0},
		{[]float32{1, 1, 0, 1, 1}, 0},
		{[]float32{1, 1, 1, 1, 1, 0.5, -1, -1, -1}, 2},
		{[]float32{0.5, 0.5, 0.5, 0.5}, 0},
		{[]float32{1, -1, 1, -1}, 0},
		{[]float32{0.99997, 0.99997, 0.99997}, 1},
	} {
		require.Equal(t, c.want, clippings(c.samples), "%v", c.samples)
	}
	var b strings.Builder
	p := soundPair{names: [2]string{"dry.wav", "wet.wav"}, dry: []float32{0, 0, 0, 0}, wet: []float32{0, 1, 1, 1}, rate: 4}
	p.announce(&b, 0)
	require.Contains(t, b.String(), "wet.wav is clipped at full scale in 1 place;")
	require.NotContains(t, b.String(), "dry.wav is clipped")
}

// Training on filtered errors makes them smaller than training on errors as they are.
func TestAmpPreEmphasis(t *testing.T) {
	dir := t.TempDir()
	dry, wet := noise(8000)
	in := writeSound(t, filepath.Join(dir, "dry.wav"), 8000, 1, dry)
	out := writeSound(t, filepath.Join(dir, "wet.wav"), 8000, 1, wet)
	var filtered [2]float64
	for i, p := range []string{"0", "0.95"} {
		code, stdout, stderr := invoke(t, "amp", in, out, "-o", filepath.Join(dir, p+".rnn"), "--pre-emphasis", p, "--hidden", "4", "--epochs", "20",
			"--lr", "0.02", "--segment", "400", "--burn-in", "50", "--window", "100", "--json")
		require.Zero(t, code, stderr)
		var report struct {
			Filtered float64 `json:"pre_emphasis_esr"`
		}
		require.NoError(t, json.Unmarshal([]byte(stdout), &report), stdout)
		filtered[i] = report.Filtered
	}
	require.Less(t, filtered[1], filtered[0])
}

func inverted(samples []float32) []float32 {
	list := make([]float32, len(samples))
	for i, v := range samples {
		list[i] = -v
	}
	return list
}

func TestAmpRefuses(t *testing.T) {
	dir := t.TempDir()
	dry, wet := noise(4000)
	file := func(name string, rate, channels int, samples []float32) string {
		return writeSound(t, filepath.Join(dir, name), rate, channels, samples)
	}
	in := file("dry.wav", 1000, 1, dry)
	out := file("wet.wav", 1000, 1, wet)
	silent := make([]float32, 4000)
	bad := append([]float32(nil), wet...)
	bad[7] = float32(math.NaN())
	text := write(t, "text.wav", "no sound")
	other := filepath.Join(dir, "other.rnn")
	code, _, stderr := invoke(t, "amp", file("dry2.wav", 2000, 1, dry), file("wet2.wav", 2000, 1, wet), "-o", other, "--hidden", "2", "--epochs", "1")
	require.Zero(t, code, stderr)
	for _, c := range []struct {
		name     string
		dry, wet string
		args     string
		code     int
		reason   string
	}{
		{"another rate", in, file("rate.wav", 2000, 1, wet), "", 1, "has 1000 samples per second, but " + filepath.Join(dir, "rate.wav") + " has 2000"},
		{"two channels", file("stereo.wav", 1000, 2, dry), out, "", 1, "it has 2 channels, but an amplifier has one"},
		{"another length", in, file("short.wav", 1000, 1, wet[:2999]), "", 1, "the lengths differ by more than a second"},
		{"silence", in, file("silent.wav", 1000, 1, silent), "", 1, "the part to train on is silent"},
		{"silence to measure on", in, file("end.wav", 1000, 1, append(append([]float32(nil), wet[:3000]...), silent[:1000]...)), "", 1, "the part that is held back is silent"},
		{"NaN", in, file("nan.wav", 1000, 1, bad), "", 1, "sample 7 is NaN"},
		{"no sound", text, out, "", 1, "not a WAV file"},
		{"too short", in, out, "--burn-in 3200", 1, "the stream has 3200 steps to train on, want more than the burn-in of 3200"},
		{"too long", in, out, "--memory 0", 1, "it has more than 0 samples"},
		{"a delay beyond the end", in, out, "--delay 4000", 1, "--delay 4000: the sounds have only 4000"},
		{"bidirectional", in, out, "--bidirectional", 2, "must play each sample before it hears the next one"},
		{"no window", in, out, "--window 0", 2, "--window 0 must be at least 1"},
		{"a model of another rate", in, out, "--from " + other, 1, "it was made for 2000 samples per second, but " + in + " has 1000"},
		{"a model that reads words", in, out, "--from builtin:shakespeare", 2, "this command trains for regress"},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"amp", c.dry, c.wet, "-o", filepath.Join(t.TempDir(), "m.rnn"), "--epochs", "1", "--burn-in", "10"}, strings.Fields(c.args)...)
			code, _, stderr := invoke(t, args...)
			require.Equal(t, c.code, code, stderr)
			require.Contains(t, stderr, c.reason)
		})
	}
}

// The commands of docs/amplifier.md train on small sounds.
func TestCommandsOfTheAmplifierPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/amplifier.md")
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	dry, wet := noise(4000)
	writeSound(t, "dry.wav", 8000, 1, dry)
	writeSound(t, "wet.wav", 8000, 1, wet)
	commands := regexp.MustCompile(`(?m)^(?:\$ )?rnntrain (.*)$`).FindAllStringSubmatch(string(page), -1)
	require.GreaterOrEqual(t, len(commands), 3)
	for _, command := range commands {
		args := strings.Fields(command[1])
		if args[0] == "amp" {
			args = append(args, "--epochs", "1")
		}
		code, _, stderr := invoke(t, args...)
		require.Zero(t, code, "%q: %s", args, stderr)
	}
}
