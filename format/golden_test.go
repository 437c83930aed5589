package format

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// update writes testdata anew:
//
//	go test ./format -run TestVersion1 -update
//
// Do that only where version 1 was wrong and was never released.
var update = flag.Bool("update", false, "write testdata anew")

// The committed files show that files of version 1 load for ever, and that the
// writer's bytes do not change from one machine or release to another.
func TestVersion1(t *testing.T) {
	for path, m := range map[string]*Model{
		"testdata/v1.rnn":            fullModel(),
		"testdata/v1-numbers.rnn":    numberModel(),
		"testdata/v1-mixed.rnn":      mixedModel(),
		"testdata/v1-int8.rnn":       int8Model(),
		"testdata/v1-int4.rnn":       int4Model(),
		"testdata/v1-translate.rnn":  translateModel(),
		"testdata/v1-cells.rnn":      cellsModel(),
		"testdata/v1-data.rnn":       dataModel(),
		"testdata/v1-forecast.rnn":   forecastModel(),
		"testdata/v1-anomaly.rnn":    anomalyModel(),
		"testdata/v1-adaptation.rnn": adaptationModel(),
		"testdata/v1-graph.rnn":      mixedGraphModel(),
		"testdata/v1-spectrum.rnn":   spectrumModel(),
		"testdata/v1-rnnoise.rnn":    rnnoiseModel(),
		"testdata/v1-text.rnn":       graphText(),
	} {
		t.Run(path, func(t *testing.T) {
			data := mustAppend(t, m)
			if *update {
				require.NoError(t, os.WriteFile(path, data, 0o666))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, want, data)
			got, err := Read(want)
			require.NoError(t, err)
			require.Equal(t, m, got)
		})
	}
}
