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

const (
	mostNumbers = 20 // the greatest number of rows with counts in the cells
	mostNames   = 50 // the greatest number of rows that all have names

	leastSide = 6 * vg.Centimeter // of all cells together
	mostSide  = 20 * vg.Centimeter
)

// DrawMatrix draws a matrix to a .png or .svg file, which it replaces. The errors are
// those of [Draw].
func DrawMatrix(path string, m Matrix) error {
	if err := Check(path); err != nil {
		return err
	}
	n := max(1, len(m.Names))
	side := max(leastSide, min(mostSide, vg.Length(n)*m.cell()))
	panel := newPanel("", m.X, m.Y, side)
	p := panel.plot
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.5, float64(n)-0.5, -0.5, float64(n)-0.5
	p.X.Tick.Marker, p.Y.Tick.Marker = m.ticks(false), m.ticks(true)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Width, axis.Tick.Width = 0, 0
		axis.Padding, axis.Label.Padding = vg.Millimeter, vg.Millimeter
	}
	names := &p.X.Tick.Label
	longest := m.longest(*names)
	widest := names.Width(longest)
	high := names.Height("1")
	if cell := side / vg.Length(n); widest > cell-vg.Millimeter { // the columns' names would overlap
		names.Rotation, names.XAlign, names.YAlign = 0.8, text.XRight, text.YCenter
		high = names.Rectangle(longest).Size().Y
	}
	p.Add(cells(m))
	width := side + widest + 2.2*vg.Centimeter
	p.Title.Text = shrink(m.Title, &p.Title.TextStyle, width-vg.Centimeter)
	return drawPanels(path, width, side+high+2.4*vg.Centimeter, panel)
}

// cell returns how wide a cell should be: as its number, or as a name is high.
func (m *Matrix) cell() vg.Length {
	if len(m.Names) > mostNumbers {
		return 4.5 * vg.Millimeter
	}
	style := text.Style{Font: sans(9), Handler: newTexts()}
	return max(7*vg.Millimeter, cells(*m).widest(style)+2*vg.Millimeter)
}

// longest returns the name that is the widest.
func (m *Matrix) longest(style text.Style) (longest string) {
	for _, name := range m.Names {
		if style.Width(name) > style.Width(longest) {
			longest = name
		}
	}
	return longest
}

// ticks returns the names of the columns, or of the rows, with the first row on top.
func (m *Matrix) ticks(rows bool) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	every := 1 + (len(m.Names)-1)/mostNames
	for i := 0; i < len(m.Names); i += every {
		at := i
		if rows {
			at = len(m.Names) - 1 - i
		}
		ticks = append(ticks, plot.Tick{Value: float64(at), Label: m.Names[i]})
	}
	return ticks
}

// cells draws the cells of a matrix.
type cells Matrix

// Plot implements [plot.Plotter].
func (m cells) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	numbers := m.numbers(x(1)-x(0), p.TextHandler)
	for i, row := range m.Counts {
		total := 0
		for _, n := range row {
			total += n
		}
		top := float64(len(m.Counts) - 1 - i)
		for k, n := range row {
			share := float64(n) / float64(max(1, total))
			at := float64(k)
			corners := []vg.Point{
				{X: x(at - 0.5), Y: y(top - 0.5)}, {X: x(at + 0.5), Y: y(top - 0.5)},
				{X: x(at + 0.5), Y: y(top + 0.5)}, {X: x(at - 0.5), Y: y(top + 0.5)},
			}
			c.FillPolygon(shade(share), corners)
			if len(m.Counts) <= mostNames {
				c.StrokeLines(draw.LineStyle{Color: grid, Width: vg.Points(0.5)}, append(corners, corners[0]))
			}
			if len(m.Counts) > mostNumbers {
				continue
			}
			if numbers.Color = ink; share > light {
				numbers.Color = color.White
			}
			c.FillText(numbers, vg.Point{X: x(at), Y: y(top)}, fmt.Sprint(n))
		}
	}
}

// numbers returns the style of counts that fit in cells of that width.
func (m cells) numbers(width vg.Length, handler text.Handler) text.Style {
	style := text.Style{Font: sans(9), XAlign: text.XCenter, YAlign: text.YCenter, Handler: handler}
	if widest, room := m.widest(style), width-vg.Points(2); widest > room {
		style.Font = sans(9 * float64(room/widest))
	}
	return style
}

// widest returns the width of the widest count.
func (m cells) widest(style text.Style) (widest vg.Length) {
	for _, row := range m.Counts {
		for _, n := range row {
			widest = max(widest, style.Width(fmt.Sprint(n)))
		}
	}
	return widest
}

// shade returns a blue whose opacity is share. It is not one of the colours of curves, so
// it is the same on dark screens, where white numbers are readable on it, too.
func shade(share float64) color.NRGBA { return color.NRGBA{0, 110, 175, uint8(255 * share)} }

// light is the greatest share whose shade is so light that black numbers are read on it
// better than white ones.
const light = 0.9
