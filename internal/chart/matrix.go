package chart

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Matrix is a table of counts, such as a confusion matrix: Counts[row][column]. The
// greater a cell's share of its row, the darker it is.
type Matrix struct {
	Title, X, Y string
	Names       []string // of the rows, and of the columns
	Counts      [][]int
}

// mostNumbers is the greatest number of rows with counts in the cells.
const mostNumbers = 20

// DrawMatrix draws a matrix to a .png or .svg file, which it replaces. The errors are
// those of [Draw].
func DrawMatrix(path string, m Matrix) error {
	if err := Check(path); err != nil {
		return err
	}
	side := vg.Length(max(8, min(24, 5+len(m.Names)))) * vg.Centimeter
	panel := newPanel(m.Title, m.X, m.Y)
	p := panel.plot
	p.X.Tick.Marker, p.Y.Tick.Marker = m.ticks(false), m.ticks(true)
	p.X.Tick.Label.Rotation, p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = 0.8, text.XRight, text.YTop
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.5, float64(len(m.Names))-0.5, -0.5, float64(len(m.Names))-0.5
	p.Add(cells(m))
	return drawPanels(path, side, side, panel)
}

// ticks returns the names of the columns, or of the rows, with the first row on top.
func (m *Matrix) ticks(rows bool) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for i, name := range m.Names {
		if rows {
			i = len(m.Names) - 1 - i
		}
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: name})
	}
	return ticks
}

// cells draws the cells of a matrix.
type cells Matrix

// Plot implements [plot.Plotter].
func (m cells) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	style := text.Style{Color: color.Black, Font: sans(9), XAlign: text.XCenter, YAlign: text.YCenter, Handler: p.TextHandler}
	for i, row := range m.Counts {
		total := 0
		for _, n := range row {
			total += n
		}
		top := float64(len(m.Counts) - 1 - i)
		for k, n := range row {
			share := float64(n) / float64(max(1, total))
			at := float64(k)
			c.FillPolygon(shade(share), []vg.Point{
				{X: x(at - 0.5), Y: y(top - 0.5)}, {X: x(at + 0.5), Y: y(top - 0.5)},
				{X: x(at + 0.5), Y: y(top + 0.5)}, {X: x(at - 0.5), Y: y(top + 0.5)},
			})
			if len(m.Counts) > mostNumbers {
				continue
			}
			if style.Color = color.Black; share > 0.5 {
				style.Color = color.White
			}
			c.FillText(style, vg.Point{X: x(at), Y: y(top)}, fmt.Sprint(n))
		}
	}
}

// shade returns a blue whose opacity is share. It is not one of the colours of curves, so
// it is the same on dark screens, where white numbers are readable on it, too.
func shade(share float64) color.Color { return color.NRGBA{0, 110, 175, uint8(255 * share)} }
