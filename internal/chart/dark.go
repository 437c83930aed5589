package chart

import (
	"fmt"
	"image/color"
	"strings"
)

// darkened pairs the colours of a chart with their replacements on dark screens. Lines
// and texts have a contrast of at least 4.5 to the page.
var darkened = [][2]color.NRGBA{
	{ink, {230, 237, 243, 255}},
	{grid, {48, 54, 61, 255}},
	{colors[0], {88, 166, 255, 255}},
	{colors[1], {255, 143, 63, 255}},
	{colors[2], {43, 199, 154, 255}},
	{colors[3], {226, 155, 196, 255}},
	{colors[4], {201, 209, 217, 255}},
	{colors[5], {240, 225, 100, 255}},
	{shadow, {92, 61, 20, 255}},
	{outline, {230, 159, 0, 255}},
}

// darkPage is the page on a dark screen.
var darkPage = color.NRGBA{13, 17, 23, 255}

// dark returns the style sheet of an SVG for dark screens. The page is the only rect: white
// numbers in the cells of a matrix stay white.
func dark() string {
	var b strings.Builder
	fmt.Fprintf(&b, "<style>@media (prefers-color-scheme:dark){\nrect{fill:%s}\n", hex(darkPage))
	for _, pair := range darkened {
		light, dark := hex(pair[0]), hex(pair[1])
		fmt.Fprintf(&b, "[fill=\"%s\"]{fill:%s}[stroke=\"%s\"]{stroke:%s}\n", light, dark, light, dark)
	}
	b.WriteString("}</style>\n")
	return b.String()
}
