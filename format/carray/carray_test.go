package carray_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/carray"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/hostile"
)

func ExampleRead() {
	tensors, err := carray.Read([]byte("static const rnn_weight gru_bias[3] = {\n  128, -64, 1\n};\n"))
	for _, t := range tensors {
		fmt.Println(t.Name, t.Shape, t.Data)
	}
	fmt.Println(err)
	// Output:
	// gru_bias [3] [0.5 -0.25 0.00390625]
	// <nil>
}

const source = `/* float no[1] = {1}; */
#include "rnn.h" // "
static const float w[2][3] = {{1, -2.5f, +3e-1}, {.5, 0x10, 5L},};
const char text[] = "float not[1] = {1};", c = '"';
static const rnn_weight bias[N*2] PROGMEM = {256, -128 /* , */};
const DenseLayer layer = {bias, w, 2, ACTIVATION};
const Layer list[2] = {{1, w}, {2, w}};
float late[] = {7};
int size[3]; float x = a[0];
`

func array(name string, shape []int, data ...float32) statedict.Tensor {
	return statedict.Tensor{Name: name, DType: "C", Shape: shape, Data: data}
}

func TestReads(t *testing.T) {
	require.True(t, carray.Match([]byte(source)))
	list, err := carray.Read([]byte(source))
	require.NoError(t, err)
	require.Equal(t, []statedict.Tensor{
		array("w", []int{2, 3}, 1, -2.5, 0.3, 0.5, 16, 5), array("bias", []int{2}, 1, -0.5), array("late", []int{1}, 7),
	}, list)
}

func TestRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "no array of numbers",
		"int main() { return 0; }":          "no array of numbers",
		"float w[3] = {1, 2};":              "which is not the number in the shape [3]",
		"\n\nfloat w[3] = {1, 2":            "line 3",
		"float w[1] = {1e99};":              `"1e99" is not a float32 number`,
		"float w[1] = {1x};":                `"1x" is not a float32 number`,
		"float w[99999][99999] = {1, 2, 3}": "is not the number in the shape",
	} {
		require.False(t, carray.Match([]byte(text)), text)
		_, err := carray.Read([]byte(text))
		var e *network.ImportError
		require.ErrorAs(t, err, &e, text)
		require.ErrorContains(t, err, want, text)
		require.Less(t, len(err.Error()), 300)
	}
}

func TestHostileSources(t *testing.T) {
	const n = 1 << 19
	for name, text := range map[string]string{
		"many numbers":       "float w[] = {" + strings.Repeat("1,", n) + "};",
		"many arrays":        strings.Repeat("a[]={1};", n/4),
		"arrays without end": strings.Repeat("a[]={b", n/4),
		"braces":             "float w[] = " + strings.Repeat("{", n),
		"brackets":           "float w" + strings.Repeat("[1]", n) + "= {1};",
		"a long name":        strings.Repeat("a", n) + "[2] = {1};",
		"an open comment":    "float w[1] = {1}; /*" + strings.Repeat("/*", n),
		"an open text":       "\"" + strings.Repeat("\\", n),
	} {
		t.Run(name, func(t *testing.T) {
			data := []byte(text)
			hostile.RequireMemory(t, hostile.Limit(len(data)), func() {
				_ = carray.Match(data)
				if _, err := carray.Read(data); err != nil {
					require.Less(t, len(err.Error()), 600)
				}
			})
		})
	}
	for damage, data := range hostile.Damage([]byte(source), 300) {
		_, err := carray.Read(data)
		require.True(t, err == nil || errors.As(err, new(*network.ImportError)), "%s: %v", damage, err)
	}
}
