package chart

import (
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// texts lays texts out in a font as wide as a viewer of an .svg may show, which are about
// a fifth wider than the one that is measured.
type texts struct{ text.Plain }

const widerFont = 1.2

func newTexts() texts { return texts{plot.DefaultTextHandler.(text.Plain)} }

// Box implements [text.Handler]. The font that is measured has no characters of East Asia,
// which are as wide as they are high.
func (t texts) Box(line string, f font.Font) (width, height, depth vg.Length) {
	wide := 0
	narrow := strings.Map(func(r rune) rune {
		if r >= 0x2e80 {
			wide++
			return -1
		}
		return r
	}, line)
	width, height, depth = t.Plain.Box(narrow, f)
	return widerFont * (width + vg.Length(wide)*f.Size), height, depth
}

// Draw implements [text.Handler]. An SVG aligns a text itself, for whatever font it has.
func (t texts) Draw(c vg.Canvas, line string, style text.Style, at vg.Point) {
	if s := svgOf(c); s != nil {
		s.anchor, style.XAlign = style.XAlign, text.XLeft
	}
	t.Plain.Draw(c, line, style, at)
}

// Shows reports whether a drawing shows all characters of a text. The font of .png files has
// those of Latin, Greek, Cyrillic and Hebrew; of an .svg, the viewer chooses the fonts.
func Shows(path, line string) bool {
	if !isRaster(path) {
		return true
	}
	face := plot.DefaultTextHandler.Cache().Lookup(sans(9), 9).Face
	for _, r := range line {
		if glyph, err := face.GlyphIndex(nil, r); err != nil || glyph == 0 {
			return false
		}
	}
	return true
}

// svgOf returns the svg that parts of canvases lead to; nil: another kind of canvas.
func svgOf(c vg.Canvas) *svg {
	for {
		switch part := c.(type) {
		case *svg:
			return part
		case draw.Canvas:
			c = part.Canvas
		case *draw.Canvas:
			c = part.Canvas
		default:
			return nil
		}
	}
}

// shrink reduces the font of a line that is wider than a width, to three quarters at most,
// and cuts the line if it is still wider.
func shrink(line string, style *text.Style, width vg.Length) string {
	if wide := style.Width(line); wide > width {
		style.Font.Size *= max(0.75, width/wide)
	}
	return fit(line, *style, width)
}

// fit cuts a line that is wider than a width.
func fit(line string, style text.Style, width vg.Length) string {
	if style.Width(line) <= width {
		return line
	}
	characters := []rune(line)
	for n := len(characters) - 1; n > 0; n-- {
		if cut := string(characters[:n]) + "…"; style.Width(cut) <= width {
			return cut
		}
	}
	return "…"
}
