package main

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/wav"
)

// doubler gives four samples a step back, twice as loud; it was made for 8,000 samples a
// second.
func doubler() *format.Model {
	return &format.Model{InputSize: 4, SampleRate: 2000, Graph: &format.Graph{
		Inputs:  []format.Input{{Name: "x", Frames: 4, Channels: 1}},
		Nodes:   []format.Node{{Op: &format.Binary{Function: format.BinaryAdd}, Inputs: []int{0, 0}}},
		Outputs: []format.Port{{Name: "y", Value: 1}},
	}}
}

// loudest gives the greatest of four samples a step.
func loudest() *format.Model {
	d := doubler()
	d.Graph.Nodes[0] = format.Node{Op: &format.FramePool{Kernel: 4, Stride: 4}, Inputs: []int{0}}
	return d
}

func mono(e wav.Encoding, rate int) wav.Format {
	return wav.Format{Encoding: e, Channels: 1, Rate: rate}
}

// sound returns samples as a WAV stream.
func sound(t *testing.T, f wav.Format, samples ...float32) string {
	var b bytes.Buffer
	w, err := wav.NewWriter(&b, f)
	require.NoError(t, err)
	require.NoError(t, w.Write(samples))
	require.NoError(t, w.Close())
	return b.String()
}

// pcm returns samples without a header.
func pcm(t *testing.T, e wav.Encoding, samples ...float32) string {
	var b bytes.Buffer
	w, err := wav.NewRawWriter(&b, mono(e, 1))
	require.NoError(t, err)
	require.NoError(t, w.Write(samples))
	require.NoError(t, w.Close())
	return b.String()
}

// heard reads a WAV file.
func heard(t *testing.T, path string) (wav.Format, []float32) {
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	r, err := wav.NewReader(bufio.NewReader(bytes.NewReader(data)))
	require.NoError(t, err)
	list := make([]float32, len(data))
	n, err := r.Read(list)
	require.NoError(t, err)
	return r.Format(), list[:n]
}

func TestRunTurnsSoundIntoSound(t *testing.T) {
	twice := save(t, doubler())
	in := []float32{0.125, 0.25, -0.25, 0, 0.5, -0.5} // a step and a half
	out := []float32{0.25, 0.5, -0.5, 0, 1 - 1./32768, -1}
	loud := append(append([]float32{}, out[:4]...), 1, -1)
	dir := t.TempDir()
	path := filepath.Join(dir, "in.wav")
	for _, e := range []wav.Encoding{wav.Int16, wav.Float32} {
		want := map[wav.Encoding][]float32{wav.Int16: out, wav.Float32: loud}[e]
		f := mono(e, 8000)
		require.NoError(t, os.WriteFile(path, []byte(sound(t, f, in...)), 0o600))
		to := filepath.Join(dir, "out.wav")
		printed(t, "", "run", "-m", twice, "-i", path, "-o", to)
		format, got := heard(t, to)
		require.Equal(t, f, format)
		require.Equal(t, want, got)
		require.Equal(t, sound(t, f, want...), printed(t, sound(t, f, in...), "run", "-m", twice), "a pipe")
		require.Equal(t, csv(append(loud, 0, 0), 4), printed(t, "", "run", "-m", twice, "-i", path, "-o", filepath.Join(dir, "x.csv"))+
			string(must(os.ReadFile(filepath.Join(dir, "x.csv")))), "CSV has the whole steps")
	}
	require.Equal(t, pcm(t, wav.Int16, out...), printed(t, pcm(t, wav.Int16, in...), "run", "-m", twice, "--raw=s16"))
	require.Equal(t, pcm(t, wav.Int24, out[:3]...), printed(t, pcm(t, wav.Int24, in[:3]...), "run", "-m", twice, "--raw=s24"))
	to := filepath.Join(dir, "raw.wav")
	printed(t, pcm(t, wav.Int16, in...), "run", "-m", twice, "--raw=s16", "-o", to)
	format, got := heard(t, to)
	require.Equal(t, mono(wav.Int16, 8000), format, "the rate is the model's")
	require.Equal(t, out, got)
}

func must(data []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return data
}

func TestRunTurnsSoundIntoNumbers(t *testing.T) {
	loud := save(t, loudest())
	in := []float32{0.125, 0.25, -0.25, 0, -0.5, -0.25}
	require.Equal(t, "0.25\n0\n", printed(t, sound(t, mono(wav.Int16, 8000), in...), "run", "-m", loud))
	require.Equal(t, "0.25\n0\n", printed(t, pcm(t, wav.Int32, in...), "run", "-m", loud, "--raw=s32"))
	require.Contains(t, printed(t, sound(t, mono(wav.Int16, 8000), in...), "run", "-m", loud, "--json"), `"outputs":[0.25]`)
}

func TestRunReadsSoundOfAnotherRateIfAsked(t *testing.T) {
	in := make([]float32, 1600)
	for i := range in {
		in[i] = 0.25
	}
	text := sound(t, mono(wav.Float32, 16000), in...)
	lines := strings.Fields(printed(t, text, "run", "-m", save(t, loudest()), "--resample"))
	require.Len(t, lines, 200)
	require.Regexp(t, `^0\.2(49999|5)`, lines[100])
}

func TestRunRefusesSound(t *testing.T) {
	twice := save(t, doubler())
	unknown := doubler()
	unknown.SampleRate = 0
	for name, c := range map[string]struct {
		stdin string
		args  []string
		text  string
	}{
		"another rate":         {sound(t, mono(wav.Int16, 16000), 0), nil, "stdin: wrong sample rate: it has 16000 samples per second, but the model was made for 8000: give --resample"},
		"stereo":               {sound(t, wav.Format{Encoding: wav.Int16, Channels: 2, Rate: 8000}, 0, 0), nil, "it has 2 channels, but the model reads 1: mix them"},
		"tokens":               {sound(t, mono(wav.Int16, 8000), 0), []string{"-m", save(t, halves(9))}, "it is sound, but the model reads tokens"},
		"no WAV file":          {"RIFFed", nil, "not a WAV file: it ends before the samples"},
		"another encoding":     {"", []string{"--raw=mp3"}, `--raw="mp3": raw numbers are f32, s16, s24 or s32`},
		"a rate of no raw":     {"", []string{"--rate", "8000"}, "--rate 8000: give the samples per second of sound that --raw reads"},
		"no rate of the model": {sound(t, mono(wav.Int16, 8000), 0), []string{"-m", save(t, unknown), "--resample"}, "--resample: the model does not record its sample rate"},
		"columns":              {sound(t, mono(wav.Int16, 8000), 0), []string{"--columns", "a,b,c,d"}, "--columns and --keep are for CSV, but stdin is sound"},
	} {
		t.Run(name, func(t *testing.T) {
			o := command(c.stdin, append([]string{"run", "-m", twice}, c.args...)...)
			require.NotZero(t, o.code)
			require.Contains(t, o.stderr, c.text)
		})
	}
}

// The samples before the cut are answered.
func TestRunReportsSoundThatIsCut(t *testing.T) {
	text := sound(t, mono(wav.Int16, 8000), 0.25, 0.25, 0.25, 0.25, 0.5)
	o := command(text[:len(text)-1], "run", "-m", save(t, loudest()))
	require.Equal(t, 1, o.code)
	require.Equal(t, "0.25\n", o.stdout)
	require.Contains(t, o.stderr, "stdin: the file is truncated: it ends after 4 frames")
}

// If a model reads sound, text is no table of samples to most users, but the wrong file.
func TestTextIsNotSound(t *testing.T) {
	speech := save(t, loudest())
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	notes, numbers, empty := file("notes.txt", "five\nseven\n"), file("numbers.txt", "0\n0.5\n0.5\n"), file("empty.txt", "")
	for _, name := range []string{"vad", "run"} {
		for path, why := range map[string]string{notes: "notes.txt, line 1: not a number: \"five\"", numbers: "the sequence ends after 3 frames of step 0, but a step has 4"} {
			o := command("", name, "-m", speech, "-i", path)
			require.Equal(t, 1, o.code)
			require.Contains(t, o.stderr, path+" is not sound: give a WAV file, or raw samples with --raw=s16")
			require.Contains(t, o.stderr, why)
		}
	}
	o := command("", "vad", "-m", speech, "-i", empty)
	require.Equal(t, 1, o.code)
	require.Contains(t, o.stderr, empty+" is empty: give a WAV file")
	o = command("", "run", "-m", speech, "-i", t.TempDir())
	require.NotContains(t, o.stderr, "not sound", "a folder")
}
