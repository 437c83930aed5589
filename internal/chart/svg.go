package chart

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// An svg is a canvas that writes what is drawn as SVG. Its colours are attributes, which a
// style sheet replaces on dark screens. A text is anchored at the point that it is aligned
// to, so it stays in its place if a viewer shows another font.
type svg struct {
	width, height vg.Length
	title         string
	body          bytes.Buffer
	anchor        text.XAlignment // of the next text
	pen           pen
	pens          []pen // that Pop returns to
}

// A pen is how a canvas draws.
type pen struct {
	color     color.NRGBA
	width     vg.Length
	dashes    []vg.Length
	transform affine
}

// An affine maps x, y to a·x + c·y + e, b·x + d·y + f.
type affine struct{ a, b, c, d, e, f float64 }

// then returns the map that applies n first, and m to the result.
func (m affine) then(n affine) affine {
	return affine{
		m.a*n.a + m.c*n.b, m.b*n.a + m.d*n.b, m.a*n.c + m.c*n.d, m.b*n.c + m.d*n.d,
		m.a*n.e + m.c*n.f + m.e, m.b*n.e + m.d*n.f + m.f,
	}
}

func newSVG(width, height vg.Length, title string) *svg {
	c := &svg{width: width, height: height, title: title, pen: pen{transform: affine{a: 1, d: 1}}}
	vg.Initialize(c)
	return c
}

// The methods of [vg.CanvasSizer].

func (c *svg) Size() (width, height vg.Length)             { return c.width, c.height }
func (c *svg) SetLineWidth(width vg.Length)                { c.pen.width = width }
func (c *svg) SetLineDash(dashes []vg.Length, _ vg.Length) { c.pen.dashes = dashes }
func (c *svg) Push()                                       { c.pens = append(c.pens, c.pen) }
func (c *svg) Scale(x, y float64)                          { c.transform(affine{a: x, d: y}) }
func (c *svg) Translate(by vg.Point) {
	c.transform(affine{a: 1, d: 1, e: by.X.Points(), f: by.Y.Points()})
}
func (c *svg) transform(m affine) { c.pen.transform = c.pen.transform.then(m) }

func (c *svg) SetColor(to color.Color) {
	if to == nil {
		to = color.Black
	}
	c.pen.color = color.NRGBAModel.Convert(to).(color.NRGBA)
}

func (c *svg) Rotate(angle float64) {
	sin, cos := math.Sincos(angle)
	c.transform(affine{cos, sin, -sin, cos, 0, 0})
}

func (c *svg) Pop() {
	last := len(c.pens) - 1
	c.pen, c.pens = c.pens[last], c.pens[:last]
}

func (c *svg) Stroke(path vg.Path) {
	if c.pen.width <= 0 {
		return
	}
	fmt.Fprintf(&c.body, `<path d="%s" fill="none"%s stroke-width="%s"`, c.path(path), c.paint("stroke"), decimal(c.pen.width.Points()))
	if len(c.pen.dashes) > 0 {
		var lengths []string
		for _, d := range c.pen.dashes {
			lengths = append(lengths, decimal(d.Points()))
		}
		fmt.Fprintf(&c.body, ` stroke-dasharray="%s"`, strings.Join(lengths, ","))
	}
	c.body.WriteString("/>\n")
}

func (c *svg) Fill(path vg.Path) {
	fmt.Fprintf(&c.body, "<path d=\"%s\"%s/>\n", c.path(path), c.paint("fill"))
}

func (c *svg) FillString(face font.Face, at vg.Point, line string) {
	x, y := c.point(at)
	where := fmt.Sprintf(`x="%s" y="%s"`, x, y)
	if m := c.pen.transform; m.b != 0 || m.a != 1 || m.d != 1 {
		where = fmt.Sprintf(`transform="matrix(%s %s %s %s %s %s)"`, fraction(m.a), fraction(-m.b), fraction(-m.c), fraction(m.d), x, y)
	}
	switch c.anchor {
	case text.XCenter:
		where += ` text-anchor="middle"`
	case text.XRight:
		where += ` text-anchor="end"`
	}
	fmt.Fprintf(&c.body, `<text %s font-size="%s"%s>`, where, decimal(face.Font.Size.Points()), c.paint("fill"))
	escape(&c.body, line)
	c.body.WriteString("</text>\n")
}

// DrawImage panics: charts have no images.
func (c *svg) DrawImage(vg.Rectangle, image.Image) { panic("chart: an image in a chart") }

// paint returns the attributes of the colour of a fill or a stroke.
func (c *svg) paint(property string) string {
	attributes := fmt.Sprintf(` %s="%s"`, property, hex(c.pen.color))
	if c.pen.color.A < 255 {
		attributes += fmt.Sprintf(` %s-opacity="%s"`, property, decimal(float64(c.pen.color.A)/255))
	}
	return attributes
}

// point returns a point of the canvas as SVG has it, from the top left.
func (c *svg) point(p vg.Point) (x, y string) {
	m, px, py := c.pen.transform, p.X.Points(), p.Y.Points()
	return decimal(m.a*px + m.c*py + m.e), decimal(c.height.Points() - (m.b*px + m.d*py + m.f))
}

// path returns the data of a path.
func (c *svg) path(path vg.Path) string {
	var b strings.Builder
	to := func(command string, points ...vg.Point) {
		b.WriteString(command)
		for i, p := range points {
			if i > 0 {
				b.WriteByte(' ')
			}
			x, y := c.point(p)
			b.WriteString(x + "," + y)
		}
	}
	for i, step := range path {
		switch step.Type {
		case vg.MoveComp:
			to("M", step.Pos)
		case vg.LineComp:
			to("L", step.Pos)
		case vg.CurveComp:
			command := "Q"
			if len(step.Control) == 2 {
				command = "C"
			}
			to(command, append(step.Control[:len(step.Control):len(step.Control)], step.Pos)...)
		case vg.ArcComp:
			at := func(share float64) vg.Point {
				sin, cos := math.Sincos(step.Start + share*step.Angle)
				return vg.Point{X: step.Pos.X + step.Radius*vg.Length(cos), Y: step.Pos.Y + step.Radius*vg.Length(sin)}
			}
			switch {
			case i == 0:
				to("M", at(0))
			case path[i-1].Type != vg.MoveComp: // a move led to where the arc begins
				to("L", at(0))
			}
			sweep := 0 // SVG turns the other way
			if step.Angle < 0 {
				sweep = 1
			}
			r := decimal(step.Radius.Points())
			for _, share := range []float64{0.5, 1} { // an SVG arc is never a whole circle
				to(fmt.Sprintf("A%s,%s 0 0 %d ", r, r, sweep), at(share))
			}
		case vg.CloseComp:
			b.WriteByte('Z')
		}
	}
	return b.String()
}

// document returns the whole drawing.
func (c *svg) document() []byte {
	var b bytes.Buffer
	width, height := c.width.Points(), c.height.Points()
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%spt" height="%spt" viewBox="0 0 %s %s" role="img">`+"\n",
		decimal(width), decimal(height), decimal(width), decimal(height))
	if c.title != "" {
		b.WriteString("<title>")
		escape(&b, c.title)
		b.WriteString("</title>\n")
	}
	b.WriteString(dark())
	fmt.Fprintf(&b, `<rect width="%s" height="%s" fill="%s"/>`+"\n", decimal(width), decimal(height), hex(page))
	// Every system has one of these fonts.
	b.WriteString(`<g font-family="Liberation Sans,Arial,Helvetica,sans-serif" stroke-linejoin="round">` + "\n")
	b.Write(c.body.Bytes())
	b.WriteString("</g>\n</svg>\n")
	return b.Bytes()
}

func escape(b *bytes.Buffer, s string) {
	if err := xml.EscapeText(b, []byte(s)); err != nil {
		panic(err) // a buffer takes everything
	}
}

// decimal writes a length to a hundredth of a point.
func decimal(v float64) string { return rounded(v, 100) }

// fraction writes a factor so precisely that no letter moves by it.
func fraction(v float64) string { return rounded(v, 1e5) }

func rounded(v, parts float64) string {
	return strconv.FormatFloat(math.Round(v*parts)/parts+0, 'f', -1, 64) // +0: never -0
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }
