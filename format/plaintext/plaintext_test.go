package plaintext_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/plaintext"
	"github.com/rnnrun/rnnrun/format/statedict"
)

func ExampleRead() {
	tensors, err := plaintext.Read([]byte("2 3\n1 2 3 4 5 6\nbias 2\n0.5 -0.5\n"))
	for _, t := range tensors {
		fmt.Println(t.Name, t.Shape, t.Data)
	}
	fmt.Println(err)
	// Output:
	// 0 [2 3] [1 2 3 4 5 6]
	// bias [2] [0.5 -0.5]
	// <nil>
}

func TestReads(t *testing.T) {
	array := func(name string, shape []int, data ...float32) statedict.Tensor {
		return statedict.Tensor{Name: name, DType: "text", Shape: shape, Data: data}
	}
	for name, tt := range map[string]struct {
		text string
		want []statedict.Tensor
	}{
		"a line an array":       {"2 1\n1 2\n1\n3\n", []statedict.Tensor{array("0", []int{2, 1}, 1, 2), array("1", []int{1}, 3)}},
		"a line a row":          {"2 2\n1 2\n3 4", []statedict.Tensor{array("0", []int{2, 2}, 1, 2, 3, 4)}},
		"names":                 {"conv.weight 1 2\n1e-3 -2\n", []statedict.Tensor{array("conv.weight", []int{1, 2}, 1e-3, -2)}},
		"comments, empty lines": {"# weights\n\n 2 \r\n# of it\n1,\t2 \r\n\n#\n", []statedict.Tensor{array("0", []int{2}, 1, 2)}},
	} {
		t.Run(name, func(t *testing.T) {
			require.True(t, plaintext.Match([]byte(tt.text)))
			list, err := plaintext.Read([]byte(tt.text))
			require.NoError(t, err)
			require.Equal(t, tt.want, list)
		})
	}
}

func TestRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"nothing":               {"", "the text has no array"},
		"comments only":         {"# 1\n", "the text has no array"},
		"numbers too few":       {"2 2\n1.25 2 3\n", `"line 2": the text ends after 3 of the 4 numbers of the array whose shape is on line 1`},
		"numbers too many":      {"3\n1 2 3 4\n", `"line 2": it has more numbers than the array whose shape [3] is on line 1`},
		"a word":                {"2\n1 x\n", `"line 2": "x" is not a float32 number`},
		"beyond float32":        {"1\n1e39\n", `"1e39" is not a float32 number`},
		"a size that is broken": {"1\n1\n1.5\n2\n", `"line 3": want the shape of an array, but "1.5" is not a size`},
		"a size below 0":        {"-1\n1\n", `"-1" is not a size`},
		"a name alone":          {"w\n1\n", `no shape after the name "w"`},
		"two names":             {"w v 1\n1\n", `"v" is not a size`},
		"many axes":             {strings.Repeat("1 ", 9) + "\n1\n", "more than 8 numbers"},
		"an empty array":        {"0\n1\n1\n", "is empty"},
		"a huge array":          {"2000000000 2000000000\n1\n", "more numbers than the text has"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := plaintext.Read([]byte(tt.text))
			require.ErrorIs(t, err, network.ErrDamaged)
			require.ErrorContains(t, err, tt.want)
		})
	}
	many := strings.Repeat("1\n1\n", 1<<16+1)
	_, err := plaintext.Read([]byte(many))
	require.ErrorContains(t, err, "more than 65536 arrays")
}

// Text that is something else is not taken for arrays.
func TestMatch(t *testing.T) {
	for _, text := range []string{"", "#\n", "48 48\n", "ax,ay\n1,2\n", "1,2\n3,4,5\n", "hello\n", "node {\n", "2\nx\n", "3 4\n" + strings.Repeat("1 ", 13) + "\n", "\x08\x07"} {
		require.False(t, plaintext.Match([]byte(text)), "%q", text)
	}
}

// Any bytes give arrays whose shapes fit their numbers, or a typed error.
func FuzzRead(f *testing.F) {
	f.Add([]byte("2 3\n1 2 3 4 5 6\nbias 2\n0.5 -0.5\n"))
	f.Add([]byte("# c\n1 1 1\n,1e-9,\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		matched := plaintext.Match(data)
		list, err := plaintext.Read(data)
		if err != nil {
			var e *network.ImportError
			require.ErrorAs(t, err, &e)
			return
		}
		for i, a := range list {
			n, ok := statedict.Numbers(a.Shape, int64(len(a.Data)))
			require.True(t, ok && n == int64(len(a.Data)) && n > 0)
			if i == 0 {
				require.True(t, matched)
			}
		}
	})
}
