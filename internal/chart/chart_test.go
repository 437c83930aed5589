package chart

import (
	"encoding/xml"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
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

// The picture of a training with many steps has no more points than it can
// show.
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
		{1e-2, 1, []string{"0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1"}},
		{0.02, 0.5, []string{"0.02", "0.05", "0.1", "0.2", "0.5"}},
		{1, 5000, []string{"1", "10", "100", "1,000"}},
		{1e-9, 1, []string{"", "1e-8", "", "1e-6", "", "1e-4", "", "1e-2", "", "1e0"}},
	} {
		require.Equal(t, c.want, labels(decades{}.Ticks(c.least, c.most)), "from %g to %g", c.least, c.most)
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		least, most float64
		want        []string
	}{
		{0, 1, []string{"0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
		{0, 100, []string{"0", "20", "40", "60", "80", "100"}},
		{1.17, 2.31, []string{"1.2", "1.4", "1.6", "1.8", "2.0", "2.2"}},
		{1, 17500, []string{"5,000", "10,000", "15,000"}},
		{0, 1_500_000, []string{"0", "500,000", "1,000,000", "1,500,000"}},
		{-3, 3, []string{"−3", "−2", "−1", "0", "1", "2", "3"}},
		{0, 0.01, []string{"0", "0.002", "0.004", "0.006", "0.008", "0.010"}},
		{0, 3e-6, []string{"0", "5e-7", "1e-6", "1.5e-6", "2e-6", "2.5e-6", "3e-6"}},
		{-2e9, 2e9, []string{"−2e9", "−1e9", "0", "1e9", "2e9"}},
		{1e9, 1e9 + 4, []string{"1e9", "1.000000001e9", "1.000000002e9", "1.000000003e9", "1.000000004e9"}},
		{0.00123451, 0.00123453, []string{"1.23451e-3", "1.234515e-3", "1.23452e-3", "1.234525e-3", "1.23453e-3"}},
		{42, 43, []string{"42.0", "42.2", "42.4", "42.6", "42.8", "43.0"}},
	} {
		require.Equal(t, c.want, labels(ticks{}.Ticks(c.least, c.most)), "from %g to %g", c.least, c.most)
	}
	require.Equal(t, []string{"1", "2"}, labels(ticks{whole: true}.Ticks(1, 2)), "steps are whole")
	// An axis of any length has some marks, but not too many.
	for length := 1e-9; length < 1e9; length *= 1.07 {
		n := len(ticks{}.Ticks(0.3*length, 1.3*length))
		require.True(t, n >= 2 && n <= mostTicks, "%d marks over %g", n, length)
	}
}

func labels(ticks []plot.Tick) (list []string) {
	for _, tick := range ticks {
		list = append(list, tick.Label)
	}
	return list
}

// The legend is above the axes, in as many rows as it needs, and does not repeat the
// title.
func TestLegend(t *testing.T) {
	short := Chart{Title: "loss", Curves: []Curve{{Name: "a", X: []float64{0, 1}, Y: []float64{0, 1}}, {Name: "b", X: []float64{0, 1}, Y: []float64{1, 0}}}}
	p, err := short.panel(16 * vg.Centimeter)
	require.NoError(t, err)
	require.Len(t, p.legend.rows, 1)

	long := short
	for i := range 6 {
		long.Curves = append(long.Curves, Curve{Name: strings.Repeat("long name ", 4), X: []float64{0, 1}, Y: []float64{0, float64(i)}})
	}
	q, err := long.panel(16 * vg.Centimeter)
	require.NoError(t, err)
	require.Greater(t, len(q.legend.rows), 2)
	require.Greater(t, q.plot.Title.Padding, p.plot.Title.Padding)

	unnamed := short
	unnamed.Curves = append([]Curve{{X: []float64{0, 1}, Y: []float64{0, 1}}}, short.Curves...)
	p, err = unnamed.panel(16 * vg.Centimeter)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, []string{p.legend.rows[0][0].name, p.legend.rows[0][1].name})

	alone := Chart{Y: "score", Curves: []Curve{{Name: "score", X: []float64{0, 1}, Y: []float64{0, 1}}}}
	p, err = alone.panel(16 * vg.Centimeter)
	require.NoError(t, err)
	require.Empty(t, p.legend.rows)
	require.Equal(t, "score", p.plot.Title.Text)
}

func TestMarksAreNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chart.svg")
	c := Chart{Title: "loss", Curves: []Curve{{Name: "validation", X: []float64{1, 2}, Y: []float64{2, 1}}}, Marks: []Mark{{Name: "best epoch: 2", X: 2, Y: 1}}}
	require.NoError(t, Draw(path, c))
	svg, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(svg), ">best epoch: 2<")
}

func TestAxesFromZero(t *testing.T) {
	for _, c := range []struct {
		fromZero bool
		y        []float64
		want     float64
	}{
		{true, []float64{0.25, 0.4}, 0},
		{true, []float64{-1, 0.4}, -1},
		{false, []float64{0.25, 0.4}, 0.25},
	} {
		p, err := (&Chart{FromZero: c.fromZero, Curves: []Curve{{X: []float64{0, 1}, Y: c.y}}}).panel(vg.Centimeter)
		require.NoError(t, err)
		require.Equal(t, c.want, p.plot.Y.Min)
	}
}

// An axis has a length even if all numbers are equal, or there are none, and so a drawing.
func TestAxesOfOneNumber(t *testing.T) {
	for _, c := range []struct {
		chart       Chart
		least, most float64
	}{
		{Chart{Curves: []Curve{{X: []float64{1}, Y: []float64{5}}}}, 4.5, 5.5},
		{Chart{Curves: []Curve{{X: []float64{1, 2}, Y: []float64{-1e300, -1e300}}}}, -1.1e300, -0.9e300},
		{Chart{Curves: []Curve{{X: []float64{1, 2}, Y: []float64{0, 0}}}}, -1, 1},
		{Chart{Curves: []Curve{{X: []float64{1, 2}, Y: []float64{1e-6, 1e-6}}}, Logarithmic: true}, 5e-7, 2e-6},
		{Chart{Curves: []Curve{{X: []float64{1, 2}, Y: []float64{0, math.NaN()}}}, Logarithmic: true}, 0.1, 1},
		{Chart{Curves: []Curve{{X: []float64{1, 2}, Y: []float64{100, 100}}}, MaxY: 100}, 90, 100},
		{Chart{Curves: []Curve{{X: []float64{1, 2, 3}, Y: []float64{1, math.Inf(1), 3}}}}, 1, 3},
		{Chart{}, 0.1, 1},
	} {
		p, err := c.chart.panel(16 * vg.Centimeter)
		require.NoError(t, err)
		require.InEpsilonSlice(t, []float64{c.least, c.most}, []float64{p.plot.Y.Min, p.plot.Y.Max}, 1e-12)
		require.NoError(t, Draw(filepath.Join(t.TempDir(), "c.svg"), c.chart))
	}
}

// An area lies between two curves, as translucent as the other areas that are seen through
// it; what a logarithmic axis does not show ends at its lower end.
func TestAreas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.svg")
	x := []float64{0, 1, 2}
	require.NoError(t, Draw(path, Chart{Logarithmic: true, Curves: []Curve{
		{Name: "after", X: x, Y: []float64{1, 0.1, 0.01}, To: []float64{1, 0.01, 0}, Color: 1},
		{Name: "before", X: x, Y: []float64{1, 0.01, 0}, Color: 1, Dashed: true},
	}}))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	fill := regexp.MustCompile(`<path d="M([^"]*)Z" fill="#D55E00" fill-opacity="0.19"/>`).FindSubmatch(data)
	require.NotNil(t, fill)
	corners := strings.Split(string(fill[1]), "L")
	require.Len(t, corners, 6)
	require.Equal(t, corners[2], corners[3], "0 is where the axis ends, as 0.01 is")
	require.Equal(t, corners[0], corners[5])
	require.NotEqual(t, corners[1], corners[4])
}

func TestChartsOfTheSameAxisShareIt(t *testing.T) {
	list := []Chart{
		{X: "step", Curves: []Curve{{X: []float64{1, 36}, Y: []float64{1, 2}}}},
		{X: "step", Curves: []Curve{{X: []float64{18, 40}, Y: []float64{1, 2}}}},
		{X: "epoch", Curves: []Curve{{X: []float64{1, 2}, Y: []float64{1, 2}}}},
	}
	var panels []panel
	for _, c := range list {
		p, err := c.panel(vg.Centimeter)
		require.NoError(t, err)
		panels = append(panels, p)
	}
	shareX(list, panels)
	for i, want := range [][2]float64{{1, 40}, {1, 40}, {1, 2}} {
		require.Equal(t, want, [2]float64{panels[i].plot.X.Min, panels[i].plot.X.Max})
	}
}

// Every colour has a variant for dark screens, with enough contrast to the dark page.
func TestDarkVariant(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chart.svg")
	banded := charts()
	banded[0].Bands, banded[0].Band = []Band{{1, 2}}, "alarm"
	require.NoError(t, Draw(path, banded...))
	svg, err := os.ReadFile(path)
	require.NoError(t, err)
	style, drawing, found := strings.Cut(string(svg), "</style>")
	require.True(t, found)
	require.Contains(t, style, "@media (prefers-color-scheme:dark){")
	for _, used := range regexp.MustCompile(`(?:fill|stroke)="#[0-9A-F]{6}"`).FindAllString(drawing, -1) {
		if used != `fill="#FFFFFF"` { // the page: the only rect
			require.Contains(t, style, "["+used+"]{")
		}
	}
	require.Contains(t, style, "rect{fill:#0D1117}")
	require.Equal(t, 1, strings.Count(drawing, "<rect"))
	luminance := func(c color.NRGBA) float64 { // as WCAG 2 defines it
		linear := func(v uint8) float64 {
			if s := float64(v) / 255; s > 0.04045 {
				return math.Pow((s+0.055)/1.055, 2.4)
			}
			return float64(v) / 255 / 12.92
		}
		return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
	}
	for _, pair := range darkened {
		if pair[0] != grid && pair[0] != shadow { // these are in the background
			require.Greater(t, (luminance(pair[1])+0.05)/(luminance(darkPage)+0.05), 4.5, "%v", pair)
			require.Greater(t, (luminance(page)+0.05)/(luminance(pair[0])+0.05), 3.0, "%v", pair)
		}
	}
}
