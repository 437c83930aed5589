package cli_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/cli"
)

func TestAppendJSON(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{nil, `null`},
		{true, `true`},
		{-3, `-3`},
		{int64(math.MinInt64), `-9223372036854775808`},
		{uint64(math.MaxUint64), `18446744073709551615`},
		{float32(0.1), `0.1`},
		{0.1, `0.1`},
		{float32(1e-30), `1e-30`},
		{float32(3e30), `3e+30`},
		{math.NaN(), `null`},
		{float32(math.Inf(-1)), `null`},
		{"재미 \"있어요\"\\", `"재미 \"있어요\"\\"`},
		{"a\tb\nc\x00\x7f", `"a\tb\nc\u0000\u007f"`},
		{"a\xffb", "\"a\ufffdb\""},
		{cli.Array{}, `[]`},
		{[]float32{}, `[]`},
		{[]float32{0.1, float32(math.Inf(1))}, `[0.1,null]`},
		{[]string{"a", "b"}, `["a","b"]`},
		{cli.Object{}, `{}`},
		{cli.Object{"b", cli.Array{1, "x"}, "a", cli.Object{"c", nil}}, `{"b":[1,"x"],"a":{"c":null}}`},
	} {
		t.Run(c.want, func(t *testing.T) {
			got := string(cli.AppendJSON(nil, c.value))
			require.Equal(t, c.want, got)
			require.True(t, json.Valid([]byte(got)))
		})
	}
}

func FuzzAppendJSON(f *testing.F) {
	f.Add("text", 0.5, float32(0.25))
	f.Fuzz(func(t *testing.T, s string, d float64, e float32) {
		b := cli.AppendJSON(nil, cli.Object{s, s, "d", d, "e", e})
		var got map[string]any
		require.NoError(t, json.Unmarshal(b, &got), "%s", b)
		if s != "d" && s != "e" {
			valid := string([]rune(s)) // every invalid byte becomes U+FFFD
			require.Equal(t, valid, got[valid])
		}
		if s != "d" && !math.IsNaN(d) && !math.IsInf(d, 0) {
			require.Equal(t, d, got["d"])
		}
	})
}

func ExampleAppendJSON() {
	fmt.Println(string(cli.AppendJSON(nil, cli.Object{"label", "positive", "probability", float32(0.75)})))
	// Output: {"label":"positive","probability":0.75}
}
