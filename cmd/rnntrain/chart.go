package main

import (
	"fmt"
	"image/color"
	"io"
	"math"
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
	"github.com/rnnrun/rnnrun/internal/cli"
)

// A chart is a set of curves over a common axis.
type chart struct {
	title, x, y string
	logarithmic bool    // the y axis; only numbers above 0 are drawn
	most        float64 // where the y axis ends at the latest; 0: where the curves do
	curves      []curve
}

// A curve is drawn in the colour of its number, so that those that belong
// together look so.
type curve struct {
	name   string
	xs, ys []float64
	color  int
	dashed bool
}

// colors can be told apart by the colour-blind (Okabe & Ito 2008).
var colors = []color.Color{
	color.RGBA{0, 114, 178, 255}, color.RGBA{213, 94, 0, 255}, color.RGBA{0, 158, 115, 255},
	color.RGBA{204, 121, 167, 255}, color.RGBA{230, 159, 0, 255}, color.RGBA{86, 180, 233, 255},
}

// checkChart refuses a file that cannot be drawn to.
func checkChart(path string) error {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".png", ".svg":
		return nil
	}
	return cli.Usagef("%s ends in neither .png nor .svg", path)
}

// drawCharts draws charts below each other to a .png or .svg file, which it
// replaces.
func drawCharts(path string, charts ...chart) error {
	if err := checkChart(path); err != nil {
		return err
	}
	const width, height = 16 * vg.Centimeter, 8 * vg.Centimeter
	total := vg.Length(len(charts)) * height
	var canvas interface {
		vg.CanvasSizer
		io.WriterTo
	}
	if strings.EqualFold(filepath.Ext(path), ".png") {
		canvas = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, total), vgimg.UseDPI(150))}
	} else {
		canvas = vgsvg.New(width, total)
	}
	tiles := draw.Tiles{Cols: 1, Rows: len(charts), PadX: vg.Millimeter, PadTop: 2 * vg.Millimeter, PadRight: 4 * vg.Millimeter, PadY: 4 * vg.Millimeter}
	var plots [][]*plot.Plot
	for _, c := range charts {
		p, err := c.plot()
		if err != nil {
			return err
		}
		plots = append(plots, []*plot.Plot{p})
	}
	for i, row := range plot.Align(plots, tiles, draw.New(canvas)) {
		plots[i][0].Draw(row[0])
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := canvas.WriteTo(w)
		return err
	})
}

// decades marks every power of ten, and labels some.
type decades struct{}

// Ticks implements [plot.Ticker].
func (decades) Ticks(least, most float64) []plot.Tick {
	first, last := int(math.Floor(math.Log10(least))), int(math.Ceil(math.Log10(most)))
	every := 1 + (last-first)/8
	var ticks []plot.Tick
	for e := last; e >= first; e-- {
		t := plot.Tick{Value: math.Pow(10, float64(e))}
		if (last-e)%every == 0 {
			t.Label = fmt.Sprintf("1e%d", e)
		}
		if t.Value >= least*(1-1e-9) && t.Value <= most*(1+1e-9) {
			ticks = append(ticks, t)
		}
	}
	return ticks
}

func (c *chart) plot() (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = c.title, c.x, c.y
	p.Add(plotter.NewGrid())
	p.Legend.Top = true
	p.Legend.TextStyle.Font.Size = font.Points(9)
	if c.logarithmic {
		p.Y.Scale = plot.LogScale{}
		p.Y.Tick.Marker = decades{}
	}
	for _, curve := range c.curves {
		var points plotter.XYs
		for i, x := range curve.xs {
			if !c.logarithmic || curve.ys[i] > 0 {
				points = append(points, plotter.XY{X: x, Y: curve.ys[i]})
			}
		}
		if len(points) == 0 {
			continue
		}
		points = thin(points)
		line, err := plotter.NewLine(points)
		if err != nil {
			return nil, err
		}
		line.Color = colors[curve.color%len(colors)]
		line.Width = vg.Points(1.2)
		if curve.dashed {
			line.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
		}
		p.Add(line)
		p.Legend.Add(curve.name, line)
	}
	if c.most > 0 {
		p.Y.Max = min(p.Y.Max, c.most)
	}
	return p, nil
}

// thin leaves out points that a picture of this width cannot tell from those
// before them. The first and the last stay.
func thin(points plotter.XYs) plotter.XYs {
	const most = 400
	least := (points[len(points)-1].X - points[0].X) / most
	kept := points[:1:1]
	for i, p := range points[1:] {
		if p.X-kept[len(kept)-1].X >= least || i == len(points)-2 {
			kept = append(kept, p)
		}
	}
	return kept
}
