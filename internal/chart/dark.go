package chart

import (
	"bytes"
	"fmt"
	"image/color"
	"strings"
)

// darkened pairs the colours of a chart with their replacements on dark screens. Lines
// and texts have a contrast of at least 4.5 to the page.
var darkened = [][2]color.RGBA{
	{page, {13, 17, 23, 255}},
	{ink, {230, 237, 243, 255}},
	{grid, {48, 54, 61, 255}},
	{colors[0], {88, 166, 255, 255}},
	{colors[1], {255, 143, 63, 255}},
	{colors[2], {43, 199, 154, 255}},
	{colors[3], {226, 155, 196, 255}},
	{shadow, {92, 61, 20, 255}},
	{outline, {230, 159, 0, 255}},
}

// styled adds to an SVG that gonum wrote a sans-serif font that every system has, and the
// colours for dark screens.
func styled(svg []byte) []byte {
	var style strings.Builder
	style.WriteString("<style>\ntext{font-family:\"Liberation Sans\",Arial,Helvetica,sans-serif!important}\n")
	style.WriteString("@media (prefers-color-scheme:dark){\n")
	for _, pair := range darkened {
		light, dark := hex(pair[0]), hex(pair[1])
		for _, property := range []string{"fill", "stroke"} {
			fmt.Fprintf(&style, "path[style*=\"%s:%s\"]{%s:%s!important}\n", property, light, property, dark)
		}
	}
	// gonum writes no colour for black.
	fmt.Fprintf(&style, "text:not([style*=\"fill:\"]){fill:%s!important}\n}\n</style>\n", hex(darkened[1][1]))
	head := bytes.Index(svg, []byte("<g "))
	return append(append(append([]byte{}, svg[:head]...), style.String()...), svg[head:]...)
}

func hex(c color.RGBA) string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }
