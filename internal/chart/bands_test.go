package chart

import (
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/plotter"
)

// A band is behind the curves, and a single step is wide enough to be visible.
func TestBandsAreDrawn(t *testing.T) {
	shaded := func(bands ...Band) (n int) {
		path := filepath.Join(t.TempDir(), "chart.png")
		require.NoError(t, Draw(path, Chart{Bands: bands, Band: "alarm", Curves: []Curve{{Name: "value", X: []float64{0, 1000}, Y: []float64{1, 2}}}}))
		f, err := os.Open(path)
		require.NoError(t, err)
		defer f.Close()
		image, err := png.Decode(f)
		require.NoError(t, err)
		for x := range image.Bounds().Dx() {
			for y := range image.Bounds().Dy() {
				if image.At(x, y) == color.RGBAModel.Convert(shadow) {
					n++
				}
			}
		}
		return n
	}
	require.Zero(t, shaded())
	one := shaded(Band{500, 500})
	require.Greater(t, one, 300)
	require.Greater(t, shaded(Band{200, 700}), 50*one/10)
}

// The spikes among many points are kept.
func TestExtremesStay(t *testing.T) {
	points := make(plotter.XYs, 100_000)
	for i := range points {
		points[i].X = float64(i)
	}
	points[12_345].Y, points[77_777].Y = 5, -3
	kept := extremes(points)
	require.LessOrEqual(t, len(kept), 4*800)
	require.Contains(t, kept, points[12_345])
	require.Contains(t, kept, points[77_777])
	require.Equal(t, points[0], kept[0])
	require.Equal(t, points[len(points)-1], kept[len(kept)-1])
	require.Equal(t, points[:9], extremes(points[:9]))
}
