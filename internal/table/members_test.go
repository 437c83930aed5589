package table

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMembersOfAnObject(t *testing.T) {
	for line, want := range map[string][]Member{
		`{}`:                                 nil,
		` { "a" : 1.5e3 , "b":"x" } `:        {{Name: []byte("a"), Value: []byte("1.5e3")}, {Name: []byte("b"), Value: []byte("x"), String: true}},
		`{"a":true,"b":null,"c":""}`:         {{Name: []byte("a"), Value: []byte("true")}, {Name: []byte("b")}, {Name: []byte("c"), Value: []byte{}, String: true}},
		`{"a":[1,{"b":"]}"}],"b":{}}`:        {{Name: []byte("a"), Value: []byte(`[1,{"b":"]}"}]`), Nested: true}, {Name: []byte("b"), Value: []byte(`{}`), Nested: true}},
		`{"\u0061\"\\\/\n":"\ud83d\ude00é"}`: {{Name: []byte("a\"\\/\n"), Value: []byte("😀é"), String: true}},
	} {
		got, err := Members([]byte(line))
		require.NoError(t, err, line)
		require.Equal(t, want, got, line)
	}
	for _, line := range []string{
		"", "[1]", "{", `{"a"`, `{"a":`, `{"a":}`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{a:1}`, `{"a":x}`, `{"a":1}x`, `{"a":"`, `{"a":"\q"}`,
		`{"a":"\u00"}`, `{"a":[1}`, `{"a":1 2}`, `{"a":1,"a":2}`, `{"a":0x10}`, "{\"a\":\"\xff\"}",
	} {
		_, err := Members([]byte(line))
		require.Error(t, err, line)
	}
}

// What encoding/json reads is read the same, and what it refuses is refused. Numbers may
// be written as in tables.
func FuzzMembers(f *testing.F) {
	for _, line := range []string{`{"a":1,"b":"x\u00e9"}`, `{"a":[{}],"b":{"c":"}"}}`, `{"a":null}`, `{`, `{"a":"\ud800"}`} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		list, err := Members([]byte(line))
		var want map[string]any
		if json.Unmarshal([]byte(line), &want) != nil || err != nil {
			return
		}
		require.Len(t, list, len(want))
		for _, m := range list {
			v, found := want[string(m.Name)]
			require.True(t, found, line)
			if s, ok := v.(string); ok {
				require.Equal(t, s, string(m.Value))
			}
		}
	})
}
