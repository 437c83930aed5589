package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

func TestEvalShowsWhichClassesAreTakenForWhich(t *testing.T) {
	model := filepath.Join(t.TempDir(), "model.rnn")
	code, _, stderr := invoke(t, "convert", classifierOfNumbers(t, 2), "-o", model, "--pool", "last", "--nonlinearity", "tanh", "--task", "classify", "--labels", "calm,storm")
	require.Zero(t, code, stderr)
	const calm, storm = `{"inputs":[[3],[3]],"label":%q}` + "\n", `{"inputs":[[-3],[-3]],"label":%q}` + "\n"
	measure := func(t *testing.T, data string) string {
		code, stdout, stderr := invoke(t, "eval", model, write(t, "data.jsonl", data))
		require.Zero(t, code, stderr)
		return stdout
	}
	common := strings.Repeat(fmt.Sprintf(calm, "calm"), 40)
	out := measure(t, common+fmt.Sprintf(calm, "storm")+fmt.Sprintf(storm, "storm"))
	require.Contains(t, out, `
          calm  storm
  calm      40      0
  storm      1      1
`)
	require.Contains(t, out, "imbalance   20 to 1: calm has 40 targets, storm only 2, with a recall of 50.00 %; always answering calm would have an accuracy of 95.24 %")
	require.NotContains(t, measure(t, common+strings.Repeat(fmt.Sprintf(storm, "storm"), 3)), "imbalance")
}

// A matrix of many classes fits no line.
func TestEvalShowsTheWorstOfManyClasses(t *testing.T) {
	m := modeltest.Spec{Cell: format.CellLSTM, Input: 1, Hidden: 4, Outputs: 30}.Model()
	m.Task, m.Pool, m.Output = format.TaskClassify, format.PoolLast, format.OutputSoftmax
	var data strings.Builder
	for i := range 30 {
		m.Labels = append(m.Labels, fmt.Sprintf("class %d", i))
		fmt.Fprintf(&data, `{"inputs":[[%d],[1]],"label":%q}`+"\n", i, m.Labels[i])
	}
	model := filepath.Join(t.TempDir(), "model.rnn")
	require.NoError(t, format.WriteFile(model, m))
	code, stdout, stderr := invoke(t, "eval", model, write(t, "data.jsonl", data.String()))
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, "the 10 classes with the lowest F1, of 30")
	require.Equal(t, 10, strings.Count(stdout, "recall"))
	require.NotContains(t, stdout, "confusion")
}

// The names of a model's classes forge no lines of a table.
func TestEvalEscapesTheNamesOfClasses(t *testing.T) {
	m := modeltest.Spec{Cell: format.CellLSTM, Input: 1, Hidden: 4, Outputs: 2}.Model()
	m.Task, m.Pool, m.Output, m.Labels = format.TaskClassify, format.PoolLast, format.OutputSoftmax, []string{"a\n\x1b[2J", "b"}
	model := filepath.Join(t.TempDir(), "model.rnn")
	require.NoError(t, format.WriteFile(model, m))
	code, stdout, stderr := invoke(t, "eval", model, write(t, "data.jsonl", `{"inputs":[[1]],"label":"a\n\u001b[2J"}`+"\n"+`{"inputs":[[2]],"label":"b"}`+"\n"))
	require.Zero(t, code, stderr)
	require.Contains(t, stdout, `a\n\x1b[2J`)
	require.NotContains(t, stdout, "\x1b")
}
