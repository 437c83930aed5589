package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCurvesAreReadAsTheyWereWritten(t *testing.T) {
	list := []curve{
		{"a", 10, []float64{0.25, 30}, []float64{20, 1.5}},
		{"b", 10, []float64{0, 40}, []float64{12.25, 1}},
		{"b, of two", 0, []float64{2, 50}, []float64{30, 0.75}},
	}
	path := filepath.Join(t.TempDir(), "roc.csv")
	require.NoError(t, writeCurves(path, list))
	read, err := readCurves(path)
	require.NoError(t, err)
	require.Equal(t, list, read)
}

func TestAWrongNumberIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "roc.csv")
	require.NoError(t, os.WriteFile(path, []byte("detector,snr,alarms,missed\na,10,1,many\n"), 0o644))
	_, err := readCurves(path)
	require.ErrorContains(t, err, `roc.csv:2: strconv.ParseFloat: parsing "many"`)
}

func TestThePictureShowsTheFile(t *testing.T) {
	drawing := filepath.Join(t.TempDir(), "vad.svg")
	require.NoError(t, draw("roc.csv", drawing))
	want, err := os.ReadFile(drawing)
	require.NoError(t, err)
	shown, err := os.ReadFile("../../docs/vad.svg")
	require.NoError(t, err)
	require.Equal(t, string(want), string(shown), "go run ./vad draw vad/roc.csv ../docs/vad.svg")
}
