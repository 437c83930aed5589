package chart

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// An area is between two curves. It is translucent: areas, curves and the grid behind it
// stay visible.
type area struct {
	x, from, to []float64
	color       color.NRGBA
}

const translucent = 48 // of 255

// Plot implements [plot.Plotter]. What is beyond the y axis, such as 0 on a logarithmic one,
// ends with the axis.
func (a area) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var there, back []vg.Point
	for i := range a.x {
		if !finite(a.x[i], a.from[i], a.to[i]) {
			continue
		}
		at := func(v float64) vg.Point { return vg.Point{X: x(a.x[i]), Y: y(min(max(v, p.Y.Min), p.Y.Max))} }
		there, back = append(there, at(a.from[i])), append(back, at(a.to[i]))
	}
	for i := len(back) - 1; i >= 0; i-- {
		there = append(there, back[i])
	}
	fill := a.color
	fill.A = translucent
	c.FillPolygon(fill, there)
}
