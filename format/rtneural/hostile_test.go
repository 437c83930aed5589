package rtneural_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/rtneural"
	"github.com/rnnrun/rnnrun/internal/hostile"
)

// Texts of few bytes whose values would take many are refused, and short ones whose
// sizes are large.
func TestHostileTexts(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures memory, which takes a quarter of a minute")
	}
	const many = 1 << 20
	list := func(element string) string {
		return "[" + strings.Repeat(element+",", many/len(element)) + element + "]"
	}
	wave := func(old, replacement string) string {
		return nam("WaveNet", strings.Replace(namWaveNet, old, replacement, 1), 42)
	}
	long := strings.Repeat("a", 1<<20)
	for _, c := range []struct{ name, text, message string }{
		{"empty arrays", list("[]"), "more values than"},
		{"empty objects", list("{}"), "more values than"},
		{"empty texts", list(`""`), "more values than"},
		{"numbers and one text", strings.TrimSuffix(list("0"), "]") + `,""]`, "more values than"},
		{"a text and numbers", `["",` + list("0")[1:], "more values than"},
		{"columns", list("[0]"), "more values than"},
		{"objects of one", list(`{"a":0}`), "more values than"},
		{"numbers", list("0"), ""},
		{"arrays in arrays", strings.Repeat("[", 1<<20), "lie more than 16 deep"},
		{"objects in objects", strings.Repeat(`{"a":`, 1<<20), "lie more than 16 deep"},
		{"a long number", strings.Repeat("9", 1<<20), ""},
		{"a long text", `"` + strings.Repeat("a", 4<<20) + `"`, ""},
		{"long names of many", `{"` + long + `":[` + strings.Repeat(`"",`, 40000) + `0]}`, ""},
		{"dilations of many", wave("[1,4]", list("1")), `"dilations": it is not a list`},
		{"a dilation that reaches far", wave("[1,4]", "[1,1000000000]"), `"dilations": one is 1e+09`},
		{"a dilation that needs much", wave("[1,4]", "[600000,600000]"), "taps"},
		{"many channels", wave(`"channels":2`, `"channels":1000000`), "end within"},
		{"many taps", wave(`"kernel_size":2`, `"kernel_size":1000000`), "end within"},
		{"many heads", wave(`"head_size":1`, `"head_size":1000000`), "end within"},
		{"units without weights", nam("LSTM", strings.Replace(namLSTM, `"hidden_size":1`, `"hidden_size":1000000`, 1), 16), "end within"},
		{"layers without weights", nam("LSTM", strings.Replace(namLSTM, `"num_layers":1`, `"num_layers":1000000`, 1), 16), "end within"},
		{"a convolution without weights", nam("ConvNet", strings.Replace(namConvNet, `"channels":2`, `"channels":1000000`, 1), 9), "end within"},
		{"a long filter", nam("Linear", `{"receptive_field":1000000000,"bias":false}`, 9), "receptive_field"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := []byte(c.text)
			hostile.RequireMemory(t, hostile.Limit(len(data)), func() {
				_, _, err := rtneural.Read(data)
				requireRefused(t, err, c.message)
				if _, err := rtneural.ReadArrays(data); err != nil {
					requireRefused(t, err, "")
				}
			})
		})
	}
}

func requireRefused(t *testing.T, err error, message string) {
	t.Helper()
	var e *network.ImportError
	require.ErrorAs(t, err, &e)
	require.ErrorContains(t, err, message)
	require.Less(t, len(err.Error()), 600)
}

// A text that is cut or changed is refused by a typed error, or read.
func TestDamagedTexts(t *testing.T) {
	places := 400
	if testing.Short() {
		places = 40
	}
	for _, text := range []string{model(lstm, dense), nam("LSTM", namLSTM, 16), nam("WaveNet", namWaveNet, 42), nam("ConvNet", namConvNet, 9), amp()} {
		for damage, data := range hostile.Damage([]byte(text), places) {
			n, _, err := rtneural.Read(data)
			if err == nil && n != nil {
				_, err = n.Model()
			}
			if err != nil {
				var typed *network.ImportError
				var invalid *network.Error
				require.True(t, errors.As(err, &typed) || errors.As(err, &invalid), "%s: %v", damage, err)
			}
		}
	}
}
