package wav_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/wav"
)

var encodings = []wav.Encoding{wav.Uint8, wav.Int16, wav.Int24, wav.Int32, wav.Float32, wav.Float64}

// written returns samples as a WAV file.
func written(t *testing.T, f wav.Format, samples []float32) []byte {
	path := filepath.Join(t.TempDir(), "x.wav")
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	w, err := wav.NewWriter(file, f)
	require.NoError(t, err)
	require.NoError(t, w.Write(samples))
	require.NoError(t, w.Close())
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}

type samples interface{ Read([]float32) (int, error) }

// all reads to the end, a few samples at once.
func all(r samples) (list []float32, err error) {
	buf := make([]float32, 66)
	for {
		n, err := r.Read(buf)
		list = append(list, buf[:n]...)
		if err == io.EOF {
			return list, nil
		} else if err != nil {
			return list, err
		}
	}
}

func read(data []byte) (wav.Format, []float32, error) {
	r, err := wav.NewReader(bufio.NewReader(bytes.NewReader(data)))
	if err != nil {
		return wav.Format{}, nil, err
	}
	list, err := all(r)
	return r.Format(), list, err
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	for _, e := range encodings {
		for _, channels := range []int{1, 2, 3} {
			f := wav.Format{Encoding: e, Channels: channels, Rate: 44100}
			want := []float32{0, 0.5, -0.5, 0.25, -1, 0.9921875}
			got, list, err := read(written(t, f, want))
			require.NoError(t, err)
			require.Equal(t, f, got)
			require.Equal(t, want, list, "%v, %d channels", e, channels)
		}
	}
}

// The bytes are those of the Python module wave for the same samples.
func TestAFileHasTheUsualHeader(t *testing.T) {
	data := written(t, wav.Format{Encoding: wav.Int16, Channels: 1, Rate: 16000}, []float32{0.5, -1})
	require.Equal(t, "RIFF\x28\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data\x04\x00\x00\x00\x00\x40\x00\x80", string(data))
}

func TestIntegersAreRoundedAndKeptWithinTheirRange(t *testing.T) {
	var b bytes.Buffer
	w, err := wav.NewRawWriter(&b, wav.Format{Encoding: wav.Int16, Channels: 1, Rate: 8000})
	require.NoError(t, err)
	const step = 1.0 / 32768
	require.NoError(t, w.Write([]float32{1.5, -2, float32(math.NaN()), 0.5 * step, 1.5 * step, -1, 1 - step}))
	require.NoError(t, w.Close())
	got := make([]int16, 7)
	require.NoError(t, binary.Read(&b, binary.LittleEndian, got))
	require.Equal(t, []int16{32767, -32768, 0, 0, 2, -32768, 32767}, got)
	require.EqualValues(t, 3, w.Clipped())
}

func TestAPipeGetsSamplesOfUnknownNumber(t *testing.T) {
	var b bytes.Buffer
	f := wav.Format{Encoding: wav.Float32, Channels: 1, Rate: 48000}
	w, err := wav.NewWriter(&b, f)
	require.NoError(t, err)
	require.NoError(t, w.Write([]float32{1, 2, 3}))
	require.NoError(t, w.Close())
	got, list, err := read(b.Bytes())
	require.NoError(t, err)
	require.Equal(t, f, got)
	require.Equal(t, []float32{1, 2, 3}, list)
}

func TestRecordersThatDoNotKnowTheSizeAreRead(t *testing.T) {
	data := written(t, wav.Format{Encoding: wav.Int16, Channels: 1, Rate: 8000}, []float32{0.5, 0.25})
	for _, size := range []uint32{0, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF} {
		binary.LittleEndian.PutUint32(data[40:], size)
		_, list, err := read(data)
		require.NoError(t, err)
		require.Equal(t, []float32{0.5, 0.25}, list)
	}
}

func TestAFrameIsGivenAsSoonAsItIsThere(t *testing.T) {
	r, err := wav.NewRawReader(bufio.NewReader(iotest.OneByteReader(bytes.NewReader(make([]byte, 12)))), wav.Format{Encoding: wav.Int16, Channels: 2, Rate: 8000})
	require.NoError(t, err)
	n, err := r.Read(make([]float32, 10))
	require.NoError(t, err)
	require.Equal(t, 2, n)
}

func TestOtherChunksAndExtensionsAreRead(t *testing.T) {
	plain := written(t, wav.Format{Encoding: wav.Int16, Channels: 1, Rate: 8000}, []float32{0.5, 0.25})
	le := binary.LittleEndian
	extensible := append([]byte{}, plain[:12]...)
	extensible = append(extensible, "LIST\x03\x00\x00\x00abc\x00fmt \x28\x00\x00\x00"...)
	extensible = le.AppendUint16(extensible, 0xFFFE)
	extensible = append(extensible, plain[22:36]...)
	extensible = append(extensible, "\x16\x00\x10\x00\x04\x00\x00\x00\x01\x00\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"...)
	extensible = append(extensible, plain[36:]...)
	extensible = append(extensible, "id3 \x02\x00\x00\x00ab"...)
	_, list, err := read(extensible)
	require.NoError(t, err)
	require.Equal(t, []float32{0.5, 0.25}, list)
}

func TestWhatIsNoSoundIsRefused(t *testing.T) {
	plain := written(t, wav.Format{Encoding: wav.Int16, Channels: 1, Rate: 8000}, []float32{0.5, 0.25})
	edit := func(at int, b ...byte) []byte {
		return append(append(append([]byte{}, plain[:at]...), b...), plain[at+len(b):]...)
	}
	for _, c := range []struct {
		name    string
		data    []byte
		is      error
		message string
	}{
		{"empty", nil, wav.ErrFormat, "it ends before the samples"},
		{"FLAC", []byte("fLaC\x00\x00\x00\x22and so on"), wav.ErrFormat, "does not begin with RIFF"},
		{"cut header", plain[:30], wav.ErrFormat, "it ends before the samples"},
		{"A-law", edit(20, 6), wav.ErrEncoding, "tag 6 with 16 bits; convert it"},
		{"20 bits", edit(34, 20), wav.ErrEncoding, "tag 1 with 20 bits"},
		{"no channels", edit(22, 0), wav.ErrFormat, "0 channels"},
		{"rate 0", edit(24, 0, 0), wav.ErrFormat, "0 samples per second"},
		{"frames of 3 bytes", edit(32, 3), wav.ErrFormat, "frames of 3 bytes"},
		{"data first", edit(12, []byte("xxxx")...), wav.ErrFormat, "before their format"},
		{"cut samples", plain[:46], wav.ErrTruncated, "it ends after 1 frame, but its header promises 2"},
		{"cut within a sample", plain[:47], wav.ErrTruncated, "it ends after 1 frame"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := read(c.data)
			require.ErrorIs(t, err, c.is)
			require.ErrorContains(t, err, c.message)
		})
	}
}

// sine returns a tone of so many hertz.
func sine(hertz float64, rate, n int) []float32 {
	list := make([]float32, n)
	for i := range list {
		list[i] = float32(0.5 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
	}
	return list
}

type slice struct{ left []float32 }

func (s *slice) Read(dst []float32) (int, error) {
	n := copy(dst[:min(len(dst), 7)], s.left)
	s.left = s.left[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func TestAToneStaysAtAnotherRate(t *testing.T) {
	for _, c := range []struct{ from, to int }{{8000, 16000}, {48000, 16000}, {44100, 16000}, {16000, 48000}, {22050, 8000}, {44100, 48000}} {
		for _, hertz := range []float64{100, 1000, 0.4 * float64(min(c.from, c.to))} {
			r, err := wav.Resample(&slice{sine(hertz, c.from, c.from/2)}, c.from, c.to, 1)
			require.NoError(t, err)
			got, err := all(r)
			require.NoError(t, err)
			require.Len(t, got, (c.from/2*c.to+c.from-1)/c.from)
			want := sine(hertz, c.to, len(got))
			edge := len(got) / 8
			for i := edge; i < len(got)-edge; i++ {
				require.InDelta(t, want[i], got[i], 1e-3, "%v Hz from %d to %d, sample %d", hertz, c.from, c.to, i)
			}
		}
	}
}

func TestAToneThatTheLowerRateLacksIsSilent(t *testing.T) {
	r, err := wav.Resample(&slice{sine(12000, 48000, 24000)}, 48000, 16000, 1)
	require.NoError(t, err)
	got, err := all(r)
	require.NoError(t, err)
	for _, v := range got[1000 : len(got)-1000] {
		require.InDelta(t, 0, v, 1e-3)
	}
}

func TestChannelsAreResampledApart(t *testing.T) {
	both := make([]float32, 8000)
	left := sine(440, 8000, 4000)
	for i := range left {
		both[2*i] = left[i]
	}
	r, err := wav.Resample(&pairs{slice{both}}, 8000, 16000, 2)
	require.NoError(t, err)
	got, err := all(r)
	require.NoError(t, err)
	one, err := wav.Resample(&slice{left}, 8000, 16000, 1)
	require.NoError(t, err)
	want, err := all(one)
	require.NoError(t, err)
	require.Len(t, got, 2*len(want))
	for i, v := range want {
		require.Equal(t, v, got[2*i])
		require.Zero(t, got[2*i+1])
	}
}

type pairs struct{ slice }

func (p *pairs) Read(dst []float32) (int, error) { return p.slice.Read(dst[:min(len(dst), 6)]) }

func FuzzReader(f *testing.F) {
	f.Add([]byte("RIFF\x28\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data\x04\x00\x00\x00\x00\x40\x00\x80"))
	f.Add([]byte("RIFF\x28\x00\x00\x00WAVELIST\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		format, list, err := read(data)
		require.LessOrEqual(t, len(list), len(data))
		if err == nil {
			require.Zero(t, len(list)%format.Channels)
			return
		}
		require.True(t, errors.Is(err, wav.ErrFormat) || errors.Is(err, wav.ErrEncoding) || errors.Is(err, wav.ErrTruncated), err)
	})
}

// A hash of the bits, the same on every device.
func TestResampledSoundHasTheSameBitsOnEveryDevice(t *testing.T) {
	in := make([]float32, 4410)
	state := uint32(1)
	for i := range in {
		state = state*1664525 + 1013904223
		in[i] = float32(int32(state)) / (1 << 31)
	}
	hash := fnv.New64a()
	for _, c := range []struct{ from, to int }{{44100, 16000}, {8000, 16000}} {
		r, err := wav.Resample(&slice{in}, c.from, c.to, 1)
		require.NoError(t, err)
		got, err := all(r)
		require.NoError(t, err)
		require.NoError(t, binary.Write(hash, binary.LittleEndian, got))
	}
	require.Equal(t, uint64(0x28edecca1c351af3), hash.Sum64())
}
