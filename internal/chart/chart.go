// Package chart draws curves to .png and .svg files.
package chart

import (
	"errors"
	"fmt"
	"image/color"
	"io"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
)

// A Chart is a set of curves over a common axis.
type Chart struct {
	Title, X, Y string
	Logarithmic bool    // the y axis; only numbers above 0 are drawn
	MaxY        float64 // the end of the y axis, if the curves go beyond it; 0: it ends with them
	Curves      []Curve
	Bands       []Band // behind the curves
	Band        string // what they are, for the legend
}

// A Band is a part of the x axis that is shaded.
type Band struct{ From, To float64 }

// A Curve joins points by a line. Curves of the same Color look alike, so that
// those that belong together can be told.
type Curve struct {
	Name   string
	X, Y   []float64 // of the points, in the order of X
	Color  int       // a number of a colour, from 0
	Dashed bool
	Spikes bool // of many points, the greatest and the least are drawn, too
}

// colors can be told apart by the colour-blind (Okabe & Ito 2008).
var colors = []color.Color{
	color.RGBA{0, 114, 178, 255}, color.RGBA{213, 94, 0, 255}, color.RGBA{0, 158, 115, 255},
	color.RGBA{204, 121, 167, 255}, color.RGBA{230, 159, 0, 255}, color.RGBA{86, 180, 233, 255},
}

// ErrExtension says that a file's name does not tell how to draw it.
var ErrExtension = errors.New("ends in neither .png nor .svg")

// Check refuses a file that cannot be drawn to, with an error that wraps
// [ErrExtension].
func Check(path string) error {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".png", ".svg":
		return nil
	}
	return fmt.Errorf("%s %w", path, ErrExtension)
}

// Draw draws charts below each other to a .png or .svg file, which it replaces.
// The errors are those of [Check] and of writing.
func Draw(path string, charts ...Chart) error {
	if err := Check(path); err != nil {
		return err
	}
	const width, height = 16 * vg.Centimeter, 8 * vg.Centimeter
	var plots [][]*plot.Plot
	for _, c := range charts {
		p, err := c.plot()
		if err != nil {
			return err
		}
		plots = append(plots, []*plot.Plot{p})
	}
	return drawPlots(path, width, vg.Length(len(charts))*height, plots)
}

// drawPlots draws plots below each other to a file of that size.
func drawPlots(path string, width, total vg.Length, plots [][]*plot.Plot) error {
	var canvas interface {
		vg.CanvasSizer
		io.WriterTo
	}
	if strings.EqualFold(filepath.Ext(path), ".png") {
		canvas = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, total), vgimg.UseDPI(150))}
	} else {
		canvas = vgsvg.New(width, total)
	}
	tiles := draw.Tiles{Cols: 1, Rows: len(plots), PadX: vg.Millimeter, PadTop: 2 * vg.Millimeter, PadRight: 4 * vg.Millimeter, PadY: 4 * vg.Millimeter}
	for i, row := range plot.Align(plots, tiles, draw.New(canvas)) {
		plots[i][0].Draw(row[0])
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := canvas.WriteTo(w)
		return err
	})
}

func (c *Chart) plot() (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = c.Title, c.X, c.Y
	p.Add(plotter.NewGrid())
	p.Legend.Top = true
	p.Legend.TextStyle.Font.Size = font.Points(9)
	if c.Logarithmic {
		p.Y.Scale = plot.LogScale{}
		p.Y.Tick.Marker = decades{}
	}
	if len(c.Bands) > 0 {
		b := bands(c.Bands)
		p.Add(b)
		p.Legend.Add(c.Band, b)
	}
	for _, curve := range c.Curves {
		var points plotter.XYs
		for i, x := range curve.X {
			if !c.Logarithmic || curve.Y[i] > 0 {
				points = append(points, plotter.XY{X: x, Y: curve.Y[i]})
			}
		}
		if len(points) == 0 {
			continue
		}
		if curve.Spikes {
			points = extremes(points)
		} else {
			points = thin(points)
		}
		line, err := plotter.NewLine(points)
		if err != nil {
			return nil, err
		}
		line.Color = colors[curve.Color%len(colors)]
		line.Width = vg.Points(1.2)
		if curve.Dashed {
			line.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
		}
		p.Add(line)
		p.Legend.Add(curve.Name, line)
	}
	if len(c.Bands) > 0 { // they end at the top, where the legend is
		p.Y.Max += (p.Y.Max - p.Y.Min) / 4
	}
	if c.MaxY > 0 {
		p.Y.Max = min(p.Y.Max, c.MaxY)
	}
	return p, nil
}
