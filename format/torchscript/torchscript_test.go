package torchscript_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/torchscript"
)

// networks are the archives of testdata.
func networks(t testing.TB) map[string][]byte {
	z, err := zip.OpenReader("../../testdata/torchscript/networks.zip")
	require.NoError(t, err)
	defer z.Close()
	files := map[string][]byte{}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, ".pt") {
			files[f.Name] = unpacked(t, f)
		}
	}
	return files
}

func unpacked(t testing.TB, f *zip.File) []byte {
	open, err := f.Open()
	require.NoError(t, err)
	data, err := io.ReadAll(open)
	require.NoError(t, err)
	return data
}

// edited returns an archive whose members a function changes.
func edited(t testing.TB, archive []byte, edit func(name string, data []byte) []byte) []byte {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		data := edit(f.Name, unpacked(t, f))
		if data == nil {
			continue
		}
		m, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: f.Method})
		require.NoError(t, err)
		_, err = m.Write(data)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

// with replaces a text in the code of an archive.
func with(t testing.TB, archive []byte, old, replacement string) []byte {
	found := false
	data := edited(t, archive, func(name string, data []byte) []byte {
		if strings.HasSuffix(name, ".py") && bytes.Contains(data, []byte(old)) {
			found = true
			return bytes.Replace(data, []byte(old), []byte(replacement), 1)
		}
		return data
	})
	require.True(t, found, old)
	return data
}

// What is not understood is refused by its name and its place.
func TestReadRefuses(t *testing.T) {
	all := networks(t)
	tag := all["TagLSTM.script.pt"]
	for _, c := range []struct {
		name    string
		archive []byte
		message string
	}{
		{"an unknown operator", with(t, tag, "torch.linear(", "torch.cosine("), `.Linear.forward, line 14": the operator "cosine" is not known`},
		{"an unknown name", with(t, tag, "torch.linear(", "numpy.linear("), `the name "numpy.linear" is not known`},
		{"a loop without an end", with(t, all["TagLSTM.script.pt"], "    weight = self.weight\n", "    while True:\n      pass\n    weight = self.weight\n"), `a "while" statement`},
		{"a long loop", with(t, tag, "    weight = self.weight\n", "    weight = self.weight\n    for i in range(999999999):\n      j = i\n"), "more than 16384 statements"},
		{"many constants", with(t, tag, "    weight = self.weight\n", "    weight = self.weight\n    for i in range(9999):\n      j = torch.zeros([1000, 1000])\n"), "numbers are made from a file with fewer"},
		{"calls without an end", with(t, tag, "torch.linear(input, weight, bias)", "(self).forward(input, )"), "more than 64 deep"},
		{"a mean of all", with(t, tag, "torch.linear(input, weight, bias)", "torch.mean(torch.linear(input, weight, bias))"), "mean over all axes"},
		{"a use after a change in place", with(t, tag, "torch.linear(input, weight, bias)", "torch.add(torch.relu_(input), input)"), "that an operator has changed in place"},
		{"a view after a change in place", with(t, tag, "torch.linear(input, weight, bias)", "torch.add(torch.relu_(torch.transpose(input, 0, 1)), input)"), "that an operator has changed in place"},
		{"a condition on the steps", with(t, tag, "    weight = self.weight\n", "    weight = self.weight\n    if torch.gt(torch.size(input, 0), 3):\n      pass\n    else:\n      pass\n"), "a condition on the number of steps"},
		{"dropout in training", with(t, all["LastGRU.script.pt"], "training = self.training", "training = True"), "save it after model.eval()"},
		{"batch norm in training", with(t, all["CRNN.trace.pt"], "running_var, False", "running_var, True"), "save it after model.eval()"},
		{"a number of a tensor", with(t, tag, "torch.linear(input, weight, bias)", "torch.linear(input, weight, int(bias))"), "a number is taken from a tensor"},
		{"steps of the example", with(t, tag, "torch.linear(input, weight, bias)", "torch.view(torch.linear(input, weight, bias), [9, 1, 3])"), "view of a tensor of shape [steps, 3] to [9, 1, 3]"},
		{"a string that does not end", with(t, tag, "torch.linear(input, weight, bias)", `"x`), "a string that does not end"},
		{"no weights", edited(t, tag, func(name string, data []byte) []byte {
			if strings.HasSuffix(name, "/data/0") {
				return nil
			}
			return data
		}), "is not in the file"},
		{"no code", edited(t, tag, func(name string, data []byte) []byte {
			if strings.HasSuffix(name, "linear.py") {
				return nil
			}
			return data
		}), "the archive has no such code"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := torchscript.Options{}.Read(c.archive)
			require.ErrorContains(t, err, c.message)
		})
	}
}

// What forward computes in vain is left out.
func TestWhatNobodyReadsIsLeftOut(t *testing.T) {
	archive := with(t, networks(t)["TagLSTM.script.pt"], "    weight = self.weight\n", "    weight = self.weight\n    unused = torch.exp(input)\n")
	n, err := torchscript.Options{}.Read(archive)
	require.NoError(t, err)
	require.Len(t, n.Layers, 3)
}

// A shape may be given instead of being found.
func TestShape(t *testing.T) {
	archive := networks(t)["TagLSTM.trace.pt"]
	n, err := torchscript.Options{Shape: []int{0, 1, 4}}.Read(archive)
	require.NoError(t, err)
	require.Equal(t, 4, n.InputSize())
	_, err = torchscript.Options{Shape: []int{0, 1, 5}}.Read(archive)
	require.ErrorIs(t, err, network.ErrUnsupported)
}

func TestStateDict(t *testing.T) {
	tensors, err := torchscript.StateDict(networks(t)["TagLSTM.script.pt"])
	require.NoError(t, err)
	var names []string
	for _, tensor := range tensors {
		names = append(names, tensor.Name)
	}
	require.Equal(t, []string{
		"rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0",
		"rnn.weight_ih_l1", "rnn.weight_hh_l1", "rnn.bias_ih_l1", "rnn.bias_hh_l1", "fc.weight", "fc.bias",
	}, names)
}

// Damaged archives are errors, and take little memory.
func TestHostile(t *testing.T) {
	archive := networks(t)["LastGRU.script.pt"]
	step := 97
	if testing.Short() {
		step = 997
	}
	var before, after runtime.MemStats
	for n := 0; n < len(archive); n += step {
		damaged := bytes.Clone(archive)
		damaged[n] ^= 0x41
		for _, data := range [][]byte{archive[:n], damaged} {
			runtime.ReadMemStats(&before)
			_, err := torchscript.Options{}.Read(data)
			runtime.ReadMemStats(&after)
			require.LessOrEqual(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20), fmt.Sprint("byte ", n))
			if len(data) < len(archive) {
				require.Error(t, err)
			}
		}
	}
}

// FuzzRead reads archives whose code is any text.
func FuzzRead(f *testing.F) {
	archive := networks(f)["TagLSTM.script.pt"]
	f.Add("    return torch.linear(input, weight, bias)\n")
	f.Add("    if torch.eq(torch.dim(input), 3):\n      a, b, = [1, -2.5e3]\n    return torch.relu_(input)\n")
	f.Add("    for i in range(3):\n      input = torch.add(input, i)\n    return input\n")
	f.Fuzz(func(t *testing.T, body string) {
		data := edited(t, archive, func(name string, data []byte) []byte {
			if strings.HasSuffix(name, "linear.py") {
				return append(data[:bytes.Index(data, []byte("    return torch.linear"))], body...)
			}
			return data
		})
		_, _ = torchscript.Options{Shape: []int{0, 1, 4}}.Read(data)
	})
}
