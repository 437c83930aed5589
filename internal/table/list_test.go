package table_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/table"
)

func TestEachOfList(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"[]", ""},
		{" [ ] ", ""},
		{`[1, -2.5e3 ,null,true]`, "1|-2.5e3||true"},
		{"[[1,[2]],\n{\"a\":[3,\"]\"]}]\n", `[1,[2]]|{"a":[3,"]"]}`},
		{`["a,\"]b"]`, `a,"]b`},
	} {
		var got []string
		require.NoError(t, table.EachOfList([]byte(c.text), func(m table.Member) error {
			got = append(got, string(m.Value))
			return nil
		}), c.text)
		require.Equal(t, c.want, strings.Join(got, "|"))
	}
	for _, text := range []string{"", "1", "{}", "[", "[1", "[1,", "[1,]", "[,]", "[1 2]", "[1]]", "[[1]", `["a]`, "[1] x"} {
		require.ErrorIs(t, table.EachOfList([]byte(text), func(table.Member) error { return nil }), table.ErrList, text)
	}
	mine := errors.New("mine")
	require.Equal(t, mine, table.EachOfList([]byte("[1,2]"), func(table.Member) error { return mine }))
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		text, want string
		ok         bool
	}{
		{`"a\nb"`, "a\nb", true},
		{` {"n":1,"text":"x"} `, "x", true},
		{`{"n":1}`, "", false},
		{`{"text":["x"]}`, "", false},
		{`{"text":5}`, "", false},
		{`{"text":null}`, "", false},
		{`5`, "", false},
		{`"a" b`, "a", false},
	} {
		got, ok := table.Text([]byte(c.text), "text")
		require.Equal(t, c.ok, ok, c.text)
		require.Equal(t, c.want, got, c.text)
	}
}
