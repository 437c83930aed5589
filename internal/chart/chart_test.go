package chart

import (
	"encoding/xml"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/plotter"
)

func charts() []Chart {
	x := []float64{1, 2, 3}
	return []Chart{
		{Title: "two losses", X: "step", Y: "loss", Curves: []Curve{
			{Name: "training", X: x, Y: []float64{3, 2, 1}}, {Name: "validation", X: x, Y: []float64{4, 3, 2}, Color: 1, Dashed: true}}},
		{Title: "norms", Logarithmic: true, Curves: []Curve{{Name: "norm", X: x, Y: []float64{1, 0, 1e-9}}, {Name: "empty curve"}}},
	}
}

func TestDraw(t *testing.T) {
	t.Run("png", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "charts.PNG")
		require.NoError(t, Draw(path, charts()...))
		f, err := os.Open(path)
		require.NoError(t, err)
		defer f.Close()
		image, err := png.Decode(f)
		require.NoError(t, err)
		require.InDelta(t, 16/2.54*150, image.Bounds().Dx(), 2, "16 cm at 150 dots an inch")
		require.InDelta(t, 16/2.54*150, image.Bounds().Dy(), 2, "two charts of 8 cm")
	})
	t.Run("svg", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "charts.svg")
		require.NoError(t, Draw(path, charts()...))
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		var texts strings.Builder
		for d := xml.NewDecoder(strings.NewReader(string(data))); ; {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
			if text, ok := token.(xml.CharData); ok {
				texts.Write(text)
			}
		}
		for _, want := range []string{"two losses", "training", "validation", "norm", "1e-8"} {
			require.Contains(t, texts.String(), want)
		}
		require.NotContains(t, texts.String(), "empty curve")
	})
}

func TestDrawRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chart.pdf")
	err := Draw(path, charts()...)
	require.ErrorIs(t, err, ErrExtension)
	require.ErrorContains(t, err, "chart.pdf ends in neither .png nor .svg")
	require.NoFileExists(t, path)
	require.ErrorIs(t, Draw(filepath.Join(t.TempDir(), "none", "chart.svg"), charts()...), os.ErrNotExist)
}

// A picture of a training of many steps has no more points than it can show.
func TestThin(t *testing.T) {
	points := make(plotter.XYs, 100_000)
	for i := range points {
		points[i].X = float64(i)
	}
	kept := thin(points)
	require.LessOrEqual(t, len(kept), 402)
	require.Equal(t, points[0], kept[0])
	require.Equal(t, points[len(points)-1], kept[len(kept)-1])
	require.Equal(t, points[:3], thin(points[:3]))
}

func TestDecades(t *testing.T) {
	for _, c := range []struct {
		least, most float64
		want        []string // "": a mark without a label
	}{
		{1e-2, 1, []string{"1e0", "1e-1", "1e-2"}},
		{0.02, 0.5, []string{"1e-1"}},
		{1e-9, 1, []string{"1e0", "", "1e-2", "", "1e-4", "", "1e-6", "", "1e-8", ""}},
	} {
		var labels []string
		for _, tick := range (decades{}).Ticks(c.least, c.most) {
			labels = append(labels, tick.Label)
		}
		require.Equal(t, c.want, labels, "from %g to %g", c.least, c.most)
	}
}
