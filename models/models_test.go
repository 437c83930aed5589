package models_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/kerneltest"
	"github.com/rnnrun/rnnrun/models"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// The golden outputs inside the models were recorded on one machine; this test
// runs on every machine that the project supports.
func TestBuiltinModelsGiveTheirGoldenBits(t *testing.T) {
	for _, name := range models.Names() {
		for _, set := range kerneltest.Sets() {
			t.Run(name+"/"+set.Name(), func(t *testing.T) {
				m, err := cli.OpenNetwork(cli.Builtin+name, rnn.WithKernels(set.Name()))
				require.NoError(t, err)
				require.NoError(t, m.Verify())
			})
		}
	}
}

func TestBuiltinModelsSayWhereTheyComeFrom(t *testing.T) {
	size := 0
	for _, name := range models.Names() {
		data, err := models.File(name)
		require.NoError(t, err)
		size += len(data)
		m, err := cli.OpenNetwork(cli.Builtin + name)
		require.NoError(t, err)
		require.NotEmpty(t, m.Description().Provenance)
	}
	require.Less(t, size, 1_500_000, "bytes of all built-in models")
}

func TestFileOfAnUnknownName(t *testing.T) {
	for _, name := range []string{"", "none", "../models/shakespeare", "shakespeare.rnn"} {
		_, err := models.File(name)
		require.ErrorIs(t, err, models.ErrUnknown)
		require.ErrorContains(t, err, "there are g2p-en, sentiment-ko, shakespeare, vad")
	}
}

func TestEveryModelHasAName(t *testing.T) {
	files, err := filepath.Glob("*.rnn")
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		name := strings.TrimSuffix(file, ".rnn")
		names = append(names, name)
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		got, err := models.File(name)
		require.NoError(t, err)
		require.Equal(t, want, got, name)
	}
	require.Equal(t, names, models.Names())
}

func ExampleSentimentKo() {
	m, err := rnn.Load(models.SentimentKo())
	if err != nil {
		log.Fatal(err)
	}
	class, err := m.NewSession().Classify("이 영화 정말 재미있어요")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(class.Label)
	// Output: positive
}
