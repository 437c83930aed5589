package chart

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDrawMatrix(t *testing.T) {
	m := Matrix{Title: "half right", X: "answer", Y: "class", Names: []string{"walk", "run"}, Counts: [][]int{{0, 41}, {0, 17}}}
	path := filepath.Join(t.TempDir(), "m.svg")
	require.NoError(t, DrawMatrix(path, m))
	svg, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, want := range []string{"half right", "answer", "class", ">walk<", ">run<", ">41<", ">17<"} {
		require.Contains(t, string(svg), want)
	}

	path = filepath.Join(t.TempDir(), "m.png")
	require.NoError(t, DrawMatrix(path, m))
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	image, err := png.Decode(file)
	require.NoError(t, err)
	// The first class is on top. In either row, the right cell has the greater share and
	// so is darker. The tested places are beside the numbers.
	for _, y := range []int{6, 3} {
		left, _, _, _ := image.At(image.Bounds().Dx()*4/10, image.Bounds().Dy()*y/20+40).RGBA()
		right, _, _, _ := image.At(image.Bounds().Dx()*9/10, image.Bounds().Dy()*y/20+40).RGBA()
		require.Greater(t, left, right)
	}

	many := Matrix{Names: make([]string, 30), Counts: make([][]int, 30)}
	for i := range many.Counts {
		many.Names[i], many.Counts[i] = "c", make([]int, 30)
		many.Counts[i][i] = 77
	}
	path = filepath.Join(t.TempDir(), "many.svg")
	require.NoError(t, DrawMatrix(path, many))
	svg, err = os.ReadFile(path)
	require.NoError(t, err)
	require.False(t, strings.Contains(string(svg), ">77<"), "there is no room for the numbers")
	require.ErrorIs(t, DrawMatrix("m.gif", m), ErrExtension)
}
