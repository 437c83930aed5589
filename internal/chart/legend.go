package chart

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A legend names the elements of a chart, in rows between its title and its axes, so
// that it hides no curve.
type legend struct {
	style text.Style
	rows  [][]entry
}

// An entry is the name of an element, and a sample of how it is drawn.
type entry struct {
	name   string
	sample plot.Thumbnailer
}

const (
	sampleWidth = 6 * vg.Millimeter
	sampleGap   = 1.5 * vg.Millimeter // between a sample and its name
	entryGap    = 3 * vg.Millimeter   // between entries
)

// newLegend arranges entries in rows no wider than width, and cuts names that are too wide.
func newLegend(entries []entry, style text.Style, width vg.Length) legend {
	style.Font = font.From(style.Font, 9)
	style.XAlign, style.YAlign = text.XLeft, text.YCenter
	l := legend{style: style}
	var at vg.Length
	for _, e := range entries {
		e.name = fit(e.name, style, width-sampleWidth-sampleGap)
		w := l.width(e)
		if len(l.rows) == 0 || at+w > width {
			l.rows, at = append(l.rows, nil), 0
		}
		last := len(l.rows) - 1
		l.rows[last] = append(l.rows[last], e)
		at += w + entryGap
	}
	return l
}

func (l *legend) width(e entry) vg.Length {
	return sampleWidth + sampleGap + l.style.Width(e.name)
}

// rowHeight returns the distance of two rows.
func (l *legend) rowHeight() vg.Length { return l.style.Font.Size * 1.4 }

// height returns the height of all rows.
func (l *legend) height() vg.Length { return vg.Length(len(l.rows)) * l.rowHeight() }

// draw draws the rows from left and top on.
func (l *legend) draw(c draw.Canvas, left, top vg.Length) {
	for i, row := range l.rows {
		x, y := left, top-(vg.Length(i)+0.5)*l.rowHeight()
		for _, e := range row {
			sample := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
				Min: vg.Point{X: x, Y: y - l.style.Font.Size/2},
				Max: vg.Point{X: x + sampleWidth, Y: y + l.style.Font.Size/2},
			}}
			e.sample.Thumbnail(&sample)
			c.FillText(l.style, vg.Point{X: x + sampleWidth + sampleGap, Y: y}, e.name)
			x += l.width(e) + entryGap
		}
	}
}
