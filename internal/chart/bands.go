package chart

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// bands shades parts of the x axis over the height of a plot.
type bands []Band

// shadow is a pale orange, on which the colours of curves can be distinguished.
var shadow = color.NRGBA{255, 224, 178, 255}

// leastBand is the least width of a band, so that a single step is visible.
const leastBand = vg.Length(1.5)

// Plot implements [plot.Plotter].
func (b bands) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	for _, band := range b {
		from, to := x(band.From), x(band.To)
		to = max(to, from+leastBand)
		fill(c, from, to, c.Min.Y, c.Max.Y)
	}
}

// outline distinguishes the legend's swatch from a band behind it.
var outline = color.NRGBA{158, 94, 0, 255}

// Thumbnail implements [plot.Thumbnailer].
func (b bands) Thumbnail(c *draw.Canvas) {
	fill(*c, c.Min.X, c.Max.X, c.Min.Y, c.Max.Y)
	corners := []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}, c.Min}
	c.StrokeLines(draw.LineStyle{Color: outline, Width: vg.Points(0.75)}, corners)
}

func fill(c draw.Canvas, left, right, bottom, top vg.Length) {
	c.FillPolygon(shadow, []vg.Point{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top}})
}
