package pickle_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/pickle"
	"github.com/rnnrun/rnnrun/format/statedict"
)

// archive returns a file of torch.save with that pickle, and eight bytes as
// storage 0.
func archive(t testing.TB, program string) []byte {
	t.Helper()
	return members(t, "data.pkl", program, "data/0", "\x00\x00\x00\x00\x00\x00\x80\x3f", "version", "3\n")
}

// members returns an archive of names and contents in turn.
func members(t testing.TB, list ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(list); i += 2 {
		w, err := z.CreateHeader(&zip.FileHeader{Name: "model/" + list[i], Method: zip.Store})
		require.NoError(t, err)
		_, err = w.Write([]byte(list[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

func text(s string) string { return fmt.Sprintf("X%c\x00\x00\x00%s", len(s), s) }

// storage is the persistent id of storage 0 with that many elements, and loads it.
func storage(class string, elements byte) string {
	return "(" + text("storage") + "ctorch\n" + class + "\n" + text("0") + text("cpu") + "K" + string(rune(elements)) + "tQ"
}

// tensor is a tensor of that storage.
func tensor(storage, offset, size, stride string) string {
	return "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + offset + size + stride + "\x89ccollections\nOrderedDict\n)RtR"
}

// dict is a pickle of one tensor "a".
func dict(tensor string) string { return "\x80\x02}" + text("a") + tensor + "s." }

var vector = tensor(storage("FloatStorage", 2), "K\x00", "K\x02\x85", "K\x01\x85")

func ExampleRead() {
	data, err := os.ReadFile("../../testdata/convert/bare.pt")
	if err != nil {
		fmt.Println(err)
	}
	tensors, err := pickle.Read(data, "")
	for _, t := range tensors {
		fmt.Println(t.Name, t.Shape)
	}
	fmt.Println(err)
	// Output:
	// weight_ih_l0 [16 3]
	// weight_hh_l0 [16 4]
	// bias_ih_l0 [16]
	// bias_hh_l0 [16]
	// <nil>
}

// legacy is a file of torch.save before PyTorch 1.6, of one tensor "a".
var legacy = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19." + "\x80\x02M\xe9\x03." + "\x80\x02}" + text("little_endian") + "\x88s." +
	dict(strings.Replace(vector, "K\x02tQ", "K\x02NtQ", 1)) + "\x80\x02]" + text("0") + "a." + "\x02\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x80\x3f"

func TestReadsTheOlderForm(t *testing.T) {
	list, err := pickle.Read([]byte(legacy), "")
	require.NoError(t, err)
	require.Equal(t, []statedict.Tensor{{Name: "a", DType: "torch.FloatStorage", Shape: []int{2}, Data: []float32{0, 1}}}, list)
}

// A tensor is a view: it has an offset and strides.
func TestViews(t *testing.T) {
	for _, c := range []struct {
		name   string
		tensor string
		shape  []int
		want   []float32
	}{
		{"whole", vector, []int{2}, []float32{0, 1}},
		{"a part", tensor(storage("FloatStorage", 2), "K\x01", "K\x01\x85", "K\x01\x85"), []int{1}, []float32{1}},
		{"a column", tensor(storage("FloatStorage", 2), "K\x00", "K\x02K\x01\x86", "K\x01K\x02\x86"), []int{2, 1}, []float32{0, 1}},
		{"a number", tensor(storage("FloatStorage", 2), "K\x01", ")", ")"), nil, []float32{1}},
		{"repeated", tensor(storage("FloatStorage", 2), "K\x01", "K\x02\x85", "K\x00\x85"), []int{2}, []float32{1, 1}},
		{"float64", tensor(storage("DoubleStorage", 1), "K\x00", "K\x01\x85", "K\x01\x85"), []int{1}, []float32{0.0078125}},
		{"integers", tensor(storage("LongStorage", 1), "K\x00", "K\x01\x85", "K\x01\x85"), []int{1}, nil},
		{"nothing", tensor(storage("FloatStorage", 2), "K\x00", "K\x00\x85", "K\x01\x85"), []int{0}, nil},
		{"a parameter", "ctorch._utils\n_rebuild_parameter\n(" + vector + "\x88ccollections\nOrderedDict\n)RtR", []int{2}, []float32{0, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := pickle.Read(archive(t, dict(c.tensor)), "")
			require.NoError(t, err)
			require.Len(t, list, 1)
			require.Equal(t, "a", list[0].Name)
			require.Equal(t, c.shape, list[0].Shape)
			require.Equal(t, c.want, list[0].Data)
		})
	}
}

// Whatever lies beside the state_dict is skipped, and nothing of it is executed.
func TestSkipsWhatLiesBesideTheStateDict(t *testing.T) {
	for _, c := range []struct{ name, value string }{
		{"a call", "cos\nsystem\n" + text("touch /tmp/executed") + "\x85R"},
		{"an object of a class", "cargparse\nNamespace\n)\x81}" + text("lr") + "K\x01sb"},
		{"an object with named arguments", "cm\nC\n)}\x92"},
		{"a counter, filled", "ccollections\nCounter\n}K\x05K\x01s\x85R"},
		{"a list of a class of its own, filled", "cm\nList\n)R(K\x01K\x02e"},
		{"a set", "\x8f(K\x01K\x02\x90"},
		{"a frozen set", "(K\x01\x91"},
		{"bytes", "C\x02ab"},
		{"a long number", "\x8b\x0a\x00\x00\x000123456789"},
		{"a class", "cnumpy\nndarray\n"},
		{"a dictionary with a tuple as a key", "}K\x01K\x02\x86Ns"},
		{"a dictionary with attributes", "}}" + text("x") + "Nsb"},
		{"a tensor of another storage", tensor(storage("QInt8Storage", 2), "K\x00", "K\x02\x85", "K\x01\x85")},
		{"a function of a function", "cm\nf\n)R)R"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := pickle.Read(archive(t, "\x80\x02}("+text("beside")+c.value+text("net")+"}"+text("a")+vector+"su."), "net")
			require.NoError(t, err)
			require.Equal(t, []statedict.Tensor{{Name: "a", DType: "torch.FloatStorage", Shape: []int{2}, Data: []float32{0, 1}}}, list)
		})
	}
	require.NoFileExists(t, "/tmp/executed")
}

func TestRefuses(t *testing.T) {
	whole, err := os.ReadFile("../../testdata/convert/refuse-module.pt")
	require.NoError(t, err)
	script, err := os.ReadFile("../../testdata/convert/refuse-script.pt")
	require.NoError(t, err)
	flipped := archive(t, dict(vector))
	flipped[bytes.Index(flipped, []byte("\x80\x3f"))] ^= 1
	program := func(s string) []byte { return archive(t, s) }
	for _, c := range []struct {
		name    string
		data    []byte
		key     string
		message string
	}{
		{"nothing", nil, "", "it does not start as a file of torch.save does"},
		{"a cut archive", archive(t, dict(vector))[:200], "", "archive"},
		{"a flipped bit", flipped, "", `"model/data/0": its CRC-32 is`},
		{"no pickle", members(t, "version", "3"), "", "it has no data.pkl"},
		{"a member twice", members(t, "data.pkl", "N.", "data.pkl", "N."), "", "two members of this name"},
		{"an unknown member", members(t, "data.pkl", "N.", "code.py", "import os"), "", `"model/code.py": torch.save writes no such member`},
		{"another byte order", members(t, "byteorder", "big", "data.pkl", "N."), "", `the byte order "big"`},
		{"TorchScript", script, "", "TorchScript module"},
		{"a module", whole, "", `"torch.nn.modules.rnn.LSTM": the file holds a Python object of this name`},
		{"os.system", program("\x80\x02cos\nsystem\n(" + text("echo") + "tR."), "", `"os.system": the file holds a Python object`},
		{"os.system by the stack", program("\x80\x04" + text("posix") + text("system") + "\x93."), "", `"posix.system"`},
		{"builtins.eval", program("\x80\x02c__builtin__\neval\n(" + text("1") + "tR."), "", `"__builtin__.eval"`},
		{"NEWOBJ", program("\x80\x02ccollections\nOrderedDict\n)\x81."), "", `"collections.OrderedDict": the file holds a Python object`},
		{"INST", program("\x80\x02(ios\nsystem\n."), "", "the instruction 0x69"},
		{"EXT1", program("\x80\x02\x82\x01."), "", "the instruction 0x82"},
		{"protocol 9", program("\x80\x09N."), "", "it is of protocol 9"},
		{"an end in an instruction", program("\x80\x02X\xff\xff\xff\xff"), "", "it ends within an instruction"},
		{"no end", program("\x80\x02N"), "", "it ends within an instruction"},
		{"an empty stack", program("\x80\x02."), "", "a value is missing"},
		{"a mark for a value", program("\x80\x02(."), "", "a mark stands in the place of a value"},
		{"no mark", program("\x80\x02}u."), "", "a mark is missing"},
		{"values left over", program("\x80\x02NN."), "", "1 value left over"},
		{"an empty memo", program("\x80\x02h\x07."), "", "there is nothing at the place 7 of the memo"},
		{"a cyclic dictionary", program("\x80\x02}q\x00" + text("a") + "h\x00s."), "", "a state_dict has tensors only"},
		{"a cyclic list", program("\x80\x02]q\x00h\x00a."), "", "the file holds a list"},
		{"a list as a key", program("\x80\x02}]" + vector + "s."), "", "the name of an entry is a list"},
		{"an object in a state_dict", program("\x80\x02}(" + text("a") + vector + text("b") + "cnumpy\nfloat64\n)Ru."), "", `"b": it is a Python object of "numpy.float64"`},
		{"too many values", program("\x80\x02(" + strings.Repeat(")", 80000) + "t."), "", "it makes more values than"},
		{"a number", program("\x80\x02K\x01."), "", "the file holds an integer, want a state_dict"},
		{"a value that is no tensor", program("\x80\x02}" + text("a") + "Ns."), "", `"a": it is None, but a state_dict has tensors only`},
		{"a name twice", program("\x80\x02}(" + text("a") + vector + text("a") + vector + "u."), "", "two tensors of this name"},
		{"a name that is a number", program("\x80\x02}K\x01" + vector + "s."), "", "the name of an entry is an integer"},
		{"a state of a number", program("\x80\x02K\x01}b."), "", "an integer gets the state a dictionary"},
		{"an unknown storage", program(dict(tensor(storage("QInt8Storage", 2), "K\x00", "K\x02\x85", "K\x01\x85"))), "", `"torch.QInt8Storage"`},
		{"a storage of another size", program(dict(tensor(storage("FloatStorage", 3), "K\x00", "K\x02\x85", "K\x01\x85"))), "", "has 8 bytes, want 3 elements of 4 bytes"},
		{"a storage that is not there", members(t, "data.pkl", dict(vector)), "", `its storage "0" is not in the file`},
		{"an offset beyond", program(dict(tensor(storage("FloatStorage", 2), "K\x02", "K\x01\x85", "K\x01\x85"))), "", "its last element is number 2 of a storage of 2"},
		{"a stride beyond", program(dict(tensor(storage("FloatStorage", 2), "K\x00", "K\x02\x85", "K\x03\x85"))), "", "a stride of 3"},
		{"a shape too large", program(dict(tensor(storage("FloatStorage", 2), "K\x00", "J\xff\xff\xff\x7f\x85", "K\x00\x85"))), "", "it has more than the 2 elements of its storage"},
		{"a shape below zero", program(dict(tensor(storage("FloatStorage", 2), "K\x00", "J\xff\xff\xff\xff\x85", "K\x01\x85"))), "", "a tensor is made of"},
		{"shape and strides that differ", program(dict(tensor(storage("FloatStorage", 2), "K\x00", "K\x02\x85", ")"))), "", "a tensor is made of"},
		{"no such key", program(dict(vector)), "model", `"model": the checkpoint has no such key, but "a" (a tensor)`},
		{"a key of a tensor", program(dict(vector)), "a", "it is a tensor, want a state_dict"},
		{"a checkpoint", program("\x80\x02}(" + text("epoch") + "K\x01" + text("net") + "}" + text("a") + vector + "su."), "", `{"state_dict": "net"}`},
		{"the older form, cut", []byte(legacy)[:len(legacy)-1], "", "bytes left"},
		{"the older form, longer", []byte(legacy + "\x00"), "", "1 byte after the last one"},
		{"the older form of a big-endian machine", []byte(strings.Replace(legacy, "\x88", "\x89", 1)), "", "not saved on a little-endian machine"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := pickle.Read(c.data, c.key)
			var e *network.ImportError
			require.ErrorAs(t, err, &e)
			require.ErrorContains(t, err, c.message)
		})
	}
}

// PyTorch 2 has more members in its archives, of which none changes a tensor.
func TestReadsAnArchiveOfPyTorch2(t *testing.T) {
	list, err := pickle.Read(members(t, "data.pkl", dict(vector), ".format_version", "1", ".storage_alignment", "64", "byteorder", "little",
		"data/0", "\x00\x00\x00\x00\x00\x00\x80\x3f", "version", "3\n", ".data/serialization_id", "0123456789"), "")
	require.NoError(t, err)
	require.Equal(t, []float32{0, 1}, list[0].Data)
}

// Weights saved from a GPU are views of one storage.
func TestTensorsShareAStorage(t *testing.T) {
	half := func(offset string) string {
		return tensor(storage("FloatStorage", 2), offset, "K\x01\x85", "K\x01\x85")
	}
	list, err := pickle.Read(archive(t, "\x80\x02}("+text("a")+half("K\x00")+text("b")+half("K\x01")+"u."), "")
	require.NoError(t, err)
	require.Equal(t, []float32{0}, list[0].Data)
	require.Equal(t, []float32{1}, list[1].Data)
}

// The checkpoint's message shows the key that Read then takes.
func TestReadsAStateDictOfACheckpoint(t *testing.T) {
	data := archive(t, "\x80\x02}("+text("epoch")+"K\x01"+text("net")+"}"+text("a")+vector+"su.")
	list, err := pickle.Read(data, "net")
	require.NoError(t, err)
	require.Len(t, list, 1)
}

// Any bytes give tensors that are not much larger than the file, or a typed
// error.
func FuzzRead(f *testing.F) {
	f.Add([]byte(legacy))
	f.Add(archive(f, dict(vector)))
	f.Fuzz(func(t *testing.T, data []byte) {
		check(t, data)
	})
}

// FuzzProgram changes the pickle inside an archive, whose checksums would hide
// it from FuzzRead.
func FuzzProgram(f *testing.F) {
	for _, s := range []string{dict(vector), "\x80\x02}q\x00" + text("a") + "h\x00s.", "\x80\x04]\x94(K\x01K\x02e."} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, program []byte) {
		check(t, archive(t, string(program)))
	})
}

func check(t *testing.T, data []byte) {
	list, err := pickle.Read(data, "")
	if err != nil {
		var e *network.ImportError
		require.ErrorAs(t, err, &e)
		return
	}
	numbers := 0
	for _, x := range list {
		numbers += len(x.Data)
	}
	require.LessOrEqual(t, numbers, len(data))
	_, _ = statedict.Network(list, &statedict.Architecture{Pool: "none", Nonlinearity: "tanh"})
}
