// Package chart draws curves to .png and .svg files.
package chart

import (
	"errors"
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

	"github.com/rnnrun/rnnrun/internal/atomicfile"
)

// A Chart is a set of curves over a common axis.
type Chart struct {
	Title, X, Y string
	Logarithmic bool    // whether the y axis is logarithmic; only numbers above 0 are drawn
	FromZero    bool    // whether the y axis begins at 0, or lower if the curves do
	MaxY        float64 // the greatest end of the y axis; 0: the curves determine it
	Curves      []Curve
	Marks       []Mark // highlighted points
	Bands       []Band // behind the curves
	Band        string // name of the bands in the legend
}

// A Band is a part of the x axis that is shaded.
type Band struct{ From, To float64 }

// A Curve joins points by a line. Curves that belong together may have the same
// Color. Points that are not finite are left out.
type Curve struct {
	Name   string    // "": not in the legend
	X, Y   []float64 // of the points, in the order of X
	To     []float64 // the area from Y to these, of every X, is filled; nil: there is none
	Color  int       // number of a colour, from 0
	Dashed bool
	Spikes bool // whether the greatest and the least of many points are always drawn
}

// A Mark is a highlighted point of a curve with the same Color. The legend names it.
type Mark struct {
	Name  string
	X, Y  float64
	Color int
}

// colors can be distinguished by colour-blind people (the first four: Okabe & Ito 2008),
// and have a contrast of at least 3 to the page.
var colors = []color.NRGBA{
	{0, 114, 178, 255}, {213, 94, 0, 255}, {0, 158, 115, 255},
	{204, 121, 167, 255}, {60, 60, 60, 255}, {120, 60, 20, 255},
}

var (
	page = color.NRGBA{255, 255, 255, 255}
	ink  = color.NRGBA{0, 0, 0, 255} // of texts and axes
	grid = color.NRGBA{208, 215, 222, 255}
)

// ErrExtension is wrapped by the error for a file name with an unknown
// extension.
var ErrExtension = errors.New("ends in neither .png nor .svg")

// Check returns an error that wraps [ErrExtension] unless path ends in .png or
// .svg.
func Check(path string) error {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".png", ".svg":
		return nil
	}
	return fmt.Errorf("%s %w", path, ErrExtension)
}

// Draw draws charts below each other to a .png or .svg file, which it replaces.
// An .svg has a variant for dark screens. The errors are those of [Check] and of writing.
func Draw(path string, charts ...Chart) error {
	if err := Check(path); err != nil {
		return err
	}
	const width, height = 16 * vg.Centimeter, 8 * vg.Centimeter
	var panels []panel
	var rows vg.Length // of the highest legend
	for _, c := range charts {
		p, err := c.panel(width)
		if err != nil {
			return err
		}
		panels = append(panels, p)
		rows = max(rows, p.legend.height())
	}
	shareX(charts, panels)
	const room = vg.Centimeter // for a legend within the height
	return drawPanels(path, width, vg.Length(len(charts))*(height+max(0, rows-room)), panels...)
}

// shareX sets the ends of the x axis in all panels with the same one to the
// widest.
func shareX(charts []Chart, panels []panel) {
	ends := map[string][2]float64{}
	for i, c := range charts {
		x := panels[i].plot.X
		widest, seen := ends[c.X]
		if !seen {
			widest = [2]float64{x.Min, x.Max}
		}
		ends[c.X] = [2]float64{min(widest[0], x.Min), max(widest[1], x.Max)}
	}
	for i, c := range charts {
		panels[i].plot.X.Min, panels[i].plot.X.Max = ends[c.X][0], ends[c.X][1]
	}
}

// A panel is a plot with a legend below its title.
type panel struct {
	plot   *plot.Plot
	legend legend
}

// newPanel returns a panel without curves of a picture of that width.
func newPanel(title, x, y string, width vg.Length) panel {
	p := plot.New()
	p.BackgroundColor = nil // the page has the background
	handler := newTexts()
	p.TextHandler = handler
	p.Title.Padding = 2 * vg.Millimeter
	p.Title.TextStyle.Font, p.Title.TextStyle.Handler = sans(12), handler
	p.Title.Text = shrink(title, &p.Title.TextStyle, width-vg.Centimeter)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font, axis.Label.TextStyle.Handler = sans(10), handler
		axis.Tick.Label.Font, axis.Tick.Label.Handler = sans(9), handler
		axis.Tick.Length = 2 * vg.Millimeter
		axis.LineStyle.Color, axis.Tick.LineStyle.Color = ink, ink
	}
	p.X.Label.Text = shrink(x, &p.X.Label.TextStyle, width-3*vg.Centimeter)
	p.Y.Label.Text = shrink(y, &p.Y.Label.TextStyle, leastHeight)
	return panel{plot: p}
}

// leastHeight is the least height of the axes of a panel.
const leastHeight = 5 * vg.Centimeter

// sans returns the font of all texts.
func sans(points float64) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: font.Points(points)}
}

// name puts a legend between the title and the axes.
func (p *panel) name(entries []entry, width vg.Length) {
	p.legend = newLegend(entries, p.plot.X.Tick.Label, width)
	p.plot.Title.Padding += p.legend.height()
}

func (p *panel) draw(c draw.Canvas) {
	p.plot.Draw(c)
	title := p.plot.Title.TextStyle.Rectangle(p.plot.Title.Text).Size().Y
	p.legend.draw(c, p.plot.DataCanvas(c).Min.X, c.Max.Y-title-vg.Millimeter)
}

// drawPanels draws panels below each other to a file of the given size.
func drawPanels(path string, width, height vg.Length, panels ...panel) error {
	if !isRaster(path) {
		c := newSVG(width, height, panels[0].plot.Title.Text)
		arrange(draw.New(c), panels)
		return atomicfile.Write(path, func(w io.Writer) error {
			_, err := w.Write(c.document())
			return err
		})
	}
	c := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(150), vgimg.UseBackgroundColor(page))}
	arrange(draw.New(c), panels)
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := c.WriteTo(w)
		return err
	})
}

func isRaster(path string) bool { return strings.EqualFold(filepath.Ext(path), ".png") }

// arrange draws panels below each other, with their axes aligned.
func arrange(whole draw.Canvas, panels []panel) {
	var plots [][]*plot.Plot
	for _, p := range panels {
		plots = append(plots, []*plot.Plot{p.plot})
	}
	tiles := draw.Tiles{
		Cols: 1, Rows: len(panels), PadX: vg.Millimeter, PadY: 4 * vg.Millimeter,
		PadTop: 2 * vg.Millimeter, PadRight: 4 * vg.Millimeter, PadBottom: vg.Millimeter, PadLeft: vg.Millimeter,
	}
	for i, row := range plot.Align(plots, tiles, whole) {
		panels[i].draw(row[0])
	}
}

// panel draws a chart into a panel of the given width. A chart without a title uses the
// name of its y axis as the title.
func (c *Chart) panel(width vg.Length) (panel, error) {
	title, y := c.Title, c.Y
	if title == "" {
		title, y = c.Y, ""
	}
	p := newPanel(title, c.X, y, width)
	p.plot.Add(grids())
	p.plot.X.Tick.Marker, p.plot.Y.Tick.Marker = ticks{whole: c.wholeX()}, ticks{}
	if c.Logarithmic {
		p.plot.Y.Scale = plot.LogScale{}
		p.plot.Y.Tick.Marker = decades{}
	}
	var entries []entry
	if len(c.Bands) > 0 {
		b := bands(c.Bands)
		p.plot.Add(b)
		entries = append(entries, entry{c.Band, b})
	}
	for _, curve := range c.Curves {
		if curve.To != nil {
			p.plot.Add(area{curve.X, curve.Y, curve.To, curve.color()})
		}
	}
	for _, curve := range c.Curves {
		line, err := curve.line(c.Logarithmic)
		if err != nil {
			return p, err
		}
		if line != nil {
			p.plot.Add(line)
			if curve.Name != "" {
				entries = append(entries, entry{curve.Name, line})
			}
		}
	}
	for _, m := range c.Marks {
		dot, err := m.dot()
		if err != nil {
			return p, err
		}
		p.plot.Add(dot)
		entries = append(entries, entry{m.Name, dot})
	}
	c.bound(&p.plot.Y)
	widen(&p.plot.X, false)
	if len(entries) > 1 || len(entries) == 1 && entries[0].name != c.Y {
		p.name(entries, width-3*vg.Centimeter)
	}
	return p, nil
}

// wholeX reports whether the x axis has only whole numbers, such as steps.
func (c *Chart) wholeX() bool {
	for _, curve := range c.Curves {
		for _, x := range curve.X {
			if x != math.Trunc(x) {
				return false
			}
		}
	}
	return true
}

// bound sets the ends of the y axis.
func (c *Chart) bound(y *plot.Axis) {
	if c.FromZero {
		y.Min = min(y.Min, 0)
		y.Max += (y.Max - y.Min) / 20
	}
	widen(y, c.Logarithmic)
	if c.MaxY > max(0, y.Min) {
		y.Max = min(y.Max, c.MaxY)
	}
}

// widen gives an axis a length if it has none, since there is no number or only one.
func widen(a *plot.Axis, logarithmic bool) {
	largest := max(math.Abs(a.Min), math.Abs(a.Max))
	switch {
	case a.Min > a.Max:
		a.Min, a.Max = 0.1, 1
	case a.Max-a.Min > 1e-9*largest:
	case logarithmic:
		a.Min, a.Max = a.Min/2, a.Max*2
	case largest == 0:
		a.Min, a.Max = -1, 1
	default:
		a.Min, a.Max = a.Min-largest/10, a.Max+largest/10
	}
}

func grids() *plotter.Grid {
	g := plotter.NewGrid()
	g.Vertical.Color, g.Horizontal.Color = grid, grid
	return g
}

func (c *Curve) color() color.NRGBA { return colors[c.Color%len(colors)] }

// line returns the line of the curve, or nil if it has no points.
func (c *Curve) line(logarithmic bool) (plotted, error) {
	var points plotter.XYs
	for i, x := range c.X {
		if finite(x, c.Y[i]) && (!logarithmic || c.Y[i] > 0) {
			points = append(points, plotter.XY{X: x, Y: c.Y[i]})
		}
	}
	switch {
	case len(points) == 0:
		return nil, nil
	case len(points) == 1:
		return newDot(points[0], c.Color, vg.Points(2))
	case c.Spikes:
		points = extremes(points)
	default:
		points = thin(points)
	}
	line, err := plotter.NewLine(points)
	if err != nil {
		return nil, err
	}
	line.Color = c.color()
	line.Width = vg.Points(1.4)
	if c.Dashed {
		line.Dashes = []vg.Length{vg.Points(4), vg.Points(3)}
	}
	return line, nil
}

// finite reports whether all numbers are neither infinite nor NaN.
func finite(numbers ...float64) bool {
	for _, v := range numbers {
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return false
		}
	}
	return true
}

// A plotted is drawn in a plot and in its legend.
type plotted interface {
	plot.Plotter
	plot.Thumbnailer
}

// dot returns the dot of the mark.
func (m *Mark) dot() (plotted, error) {
	return newDot(plotter.XY{X: m.X, Y: m.Y}, m.Color, vg.Points(4))
}

func newDot(at plotter.XY, color int, radius vg.Length) (plotted, error) {
	dot, err := plotter.NewScatter(plotter.XYs{at})
	if err != nil {
		return nil, err
	}
	dot.GlyphStyle = draw.GlyphStyle{Color: colors[color%len(colors)], Radius: radius, Shape: draw.CircleGlyph{}}
	return dot, nil
}
