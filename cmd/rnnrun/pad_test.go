package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// onlySensor is a model of one number a step, with an answer for a sequence.
func onlySensor() *format.Model {
	return modeltest.Spec{Cell: format.CellLSTM, Input: 1, Hidden: 8, Outputs: 2, Pool: format.PoolLast, Seed: 4}.Model()
}

// run --pad answers for sequences as for those that are padded by hand.
func TestRunPads(t *testing.T) {
	path := save(t, onlySensor())
	for _, c := range []struct{ pad, in, padded string }{
		{"4", "1\n2\n", "0\n0\n1\n2\n"},
		{"4:before", "1\n2\n", "0\n0\n1\n2\n"},
		{"4:behind", "1\n2\n\n3\n", "1\n2\n0\n0\n\n3\n0\n0\n0\n"},
		{"2", "1\n2\n3\n4\n5\n6\n7\n", "6\n7\n"},
	} {
		want := printed(t, c.padded, "run", "-m", path)
		require.NotEmpty(t, want)
		require.Equal(t, want, printed(t, c.in, "run", "-m", path, "--pad", c.pad), c.pad)
	}
}

// classify --pad puts the token 0 before those of a text, or behind.
func TestClassifyPads(t *testing.T) {
	for _, c := range []struct {
		pad    padding
		tokens []int32
		want   []int32
	}{
		{padding{}, []int32{1, 2}, []int32{1, 2}},
		{padding{steps: 4}, []int32{1, 2}, []int32{0, 0, 1, 2}},
		{padding{steps: 3}, []int32{1, 2}, []int32{0, 1, 2}},
		{padding{steps: 4, behind: true}, []int32{1, 2}, []int32{1, 2, 0, 0}},
		{padding{steps: 2}, []int32{1, 2, 3}, []int32{2, 3}},
		{padding{steps: 2}, nil, []int32{0, 0}},
	} {
		require.Equal(t, c.want, c.pad.tokens(c.tokens))
	}
	path := save(t, letterClassifier())
	require.NotEqual(t, printed(t, "", "classify", "-m", path, "abc"), printed(t, "", "classify", "-m", path, "--pad", "9", "abc"))
}

func TestRefusesPadding(t *testing.T) {
	path := save(t, onlySensor())
	for args, message := range map[string]string{
		"0": "--pad 0: give N steps", "x": "--pad x: give N steps", "3:after": "--pad 3:after: give N steps", "99999999999": "give N steps",
	} {
		o := command("1\n", "run", "-m", path, "--pad", args)
		require.Equal(t, 2, o.code)
		require.Contains(t, o.stderr, message)
	}
	o := command("1\n", "run", "-m", path, "--pad", "3", "--lengths", "1")
	require.Equal(t, 2, o.code)
	require.Contains(t, o.stderr, "give only one of them")
}
