package chart

import (
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// What is drawn on the canvas stands in the file, from the top left.
func TestSVG(t *testing.T) {
	style := text.Style{Color: ink, Font: sans(9), XAlign: text.XRight, Handler: newTexts()}
	for _, c := range []struct {
		name string
		draw func(*draw.Canvas)
		want string
	}{
		{"a line", func(c *draw.Canvas) {
			c.StrokeLine2(draw.LineStyle{Color: colors[0], Width: 2, Dashes: []vg.Length{4, 3}}, 1, 2, 3, 4.125)
		}, `<path d="M1,98L3,95.88" fill="none" stroke="#0072B2" stroke-width="2" stroke-dasharray="4,3"/>`},
		{"no line", func(c *draw.Canvas) { c.StrokeLine2(draw.LineStyle{}, 1, 2, 3, 4) }, ""},
		{"a translucent polygon", func(c *draw.Canvas) {
			c.FillPolygon(color.NRGBA{0, 0, 255, 51}, []vg.Point{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 1, Y: 1}})
		}, `<path d="M0,100L1,100L1,99Z" fill="#0000FF" fill-opacity="0.2"/>`},
		{"a circle", func(c *draw.Canvas) {
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: ink, Radius: 4, Shape: draw.CircleGlyph{}}, vg.Point{X: 10, Y: 10})
		}, `<path d="M14,90A4,4 0 0 0 6,90A4,4 0 0 0 14,90Z" fill="#000000"/>`},
		{"curves", func(c *draw.Canvas) {
			var p vg.Path
			p.Move(vg.Point{})
			p.QuadTo(vg.Point{X: 1}, vg.Point{X: 2})
			p.CubeTo(vg.Point{X: 3}, vg.Point{X: 4}, vg.Point{X: 5})
			c.SetColor(nil)
			c.Fill(p)
		}, `<path d="M0,100Q1,100 2,100C3,100 4,100 5,100" fill="#000000"/>`},
		{"a text ends where it is aligned to", func(c *draw.Canvas) { c.FillText(style, vg.Point{X: 50, Y: 100 - 8}, "a<b") },
			`text-anchor="end" font-size="9" fill="#000000">a&lt;b</text>`},
		{"a text that is turned", func(c *draw.Canvas) {
			turned := style
			turned.Rotation, turned.XAlign = math.Pi/2, text.XCenter
			c.FillText(turned, vg.Point{X: 50, Y: 50}, "a")
		}, `<text transform="matrix(0 -1 1 0 `},
		{"a canvas that was moved, stretched and restored", func(c *draw.Canvas) {
			c.Push()
			c.Translate(vg.Point{X: 10, Y: 20})
			c.Scale(2, 2)
			c.StrokeLine2(draw.LineStyle{Width: 1}, 1, 1, 2, 2)
			c.Pop()
			c.StrokeLine2(draw.LineStyle{Width: 1}, 1, 1, 2, 2)
		}, `<path d="M12,78L14,76" fill="none" stroke="#000000" stroke-width="1"/>` + "\n" + `<path d="M1,99L2,98" fill="none"`},
	} {
		s := newSVG(100, 100, "")
		canvas := draw.New(s)
		c.draw(&canvas)
		require.Contains(t, s.body.String(), c.want, c.name)
		require.Equal(t, c.want == "", s.body.Len() == 0, c.name)
	}
}

// Room is left for fonts that are wider than the one that is measured, and for the
// characters that it does not have.
func TestTextsMayBeWider(t *testing.T) {
	style := text.Style{Font: sans(10), Handler: newTexts()}
	narrow := style
	narrow.Handler = newTexts().Plain
	require.InDelta(t, 1.2*narrow.Width("walk").Points(), style.Width("walk").Points(), 1e-9)
	require.InDelta(t, 24, style.Width("걷기").Points(), 1e-9)

	require.Equal(t, "walk", fit("walk", style, 100))
	cut := fit(strings.Repeat("walk", 9), style, 100)
	require.True(t, strings.HasSuffix(cut, "…"))
	require.LessOrEqual(t, style.Width(cut), vg.Length(100))
	require.Equal(t, "…", fit("걷기", style, 1))

	small := style
	require.Equal(t, "걷기", shrink("걷기", &small, 20), "in a smaller font")
	require.InDelta(t, 10*20.0/24, small.Font.Size.Points(), 1e-9)
	small = style
	require.Equal(t, "…", shrink("걷기", &small, 10), "the font does not become unreadable")
	require.InDelta(t, 7.5, small.Font.Size.Points(), 1e-9)
}

func TestLongTitlesAreCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.svg")
	require.NoError(t, Draw(path, Chart{Title: strings.Repeat("a long title ", 20), Curves: []Curve{{Name: strings.Repeat("a long name ", 20), X: []float64{0, 1}, Y: []float64{0, 1}}}}))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Regexp(t, `>a long title [^<]{20,110}…<`, string(data))
	require.Regexp(t, `>a long name [^<]{20,70}…<`, string(data))
}

func TestPNGShowsFewScripts(t *testing.T) {
	for line, want := range map[string]bool{"walk": true, "été": true, "бег": true, "걷기": false, "走る": false, "walk 걷기": false, "": true} {
		require.Equal(t, want, Shows("confusion.PNG", line), line)
		require.True(t, Shows("confusion.svg", line))
	}
}
