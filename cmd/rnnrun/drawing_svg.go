package main

import (
	"errors"
	"fmt"
	"strings"
)

// Sizes of an SVG, in pixels.
const (
	svgWidth  = 600
	svgMargin = 8
	boxHeight = 40
	rowHeight = 64
	boxGap    = 10 // between boxes, and beside lines
	mostBoxes = 4  // in a row
	mostMarks = 1 << 16
	charWidth = 6.6
)

// A mark is a box in a row, or a place where a line passes it.
type mark struct {
	figure   int
	box      bool
	x, width float64 // x is the middle
	above    []int   // marks of the row above that lead to it
}

// A layout is the marks of a picture, row by row.
type layout struct {
	picture picture
	rows    [][]mark
}

// errTooLarge is the error of a picture that would be too large to look at.
var errTooLarge = errors.New("the network is too large for --svg: use --dot")

// newLayout puts each figure into the first row below those that it reads, and lines
// between them into the rows that they pass.
func newLayout(p picture) (*layout, error) {
	row := rowsOf(p)
	last := append([]int(nil), row...) // the row of the last figure that reads each
	l := &layout{picture: p}
	for i, f := range p {
		for len(l.rows) <= row[i] {
			l.rows = append(l.rows, nil)
		}
		for _, from := range f.reads {
			last[from] = max(last[from], row[i])
		}
	}
	marks := 0
	for i := range p {
		if marks += 1 + last[i] - row[i]; marks > mostMarks {
			return nil, errTooLarge
		}
	}
	at := make([]int, len(p)) // where each figure, or its line, is in the row before
	lines := map[int]bool{}
	for r := range l.rows {
		var now []int
		for i := range p {
			if row[i] == r || lines[i] {
				now = append(now, i)
			}
		}
		l.row(r, now, row, at)
		for _, i := range now {
			if lines[i] = last[i] > r+1; !lines[i] {
				delete(lines, i)
			}
		}
	}
	return l, nil
}

// rowsOf returns the row of each figure. A constant is above the first figure that reads it.
func rowsOf(p picture) []int {
	rows, count := make([]int, len(p)), map[int]int{}
	place := func(i, least int) {
		for count[least] >= mostBoxes {
			least++
		}
		rows[i] = least
		count[least]++
	}
	waiting := map[int]bool{}
	for i, f := range p {
		if len(f.reads) == 0 && f.kind != figurePort {
			waiting[i] = true
			continue
		}
		least := 0
		for _, from := range f.reads {
			if !waiting[from] {
				least = max(least, rows[from]+1)
			}
		}
		for _, from := range f.reads {
			if waiting[from] {
				place(from, max(least-1, 0))
				delete(waiting, from)
				least = max(least, rows[from]+1)
			}
		}
		place(i, least)
	}
	return rows
}

// row places the marks of a row as close as possible to the marks above that lead to them.
func (l *layout) row(r int, figures, rows, at []int) {
	marks := make([]mark, 0, len(figures))
	for _, i := range figures {
		m := mark{figure: i, box: rows[i] == r, x: svgWidth / 2}
		if m.box {
			for _, from := range l.picture[i].reads {
				m.above = append(m.above, at[from])
			}
		} else {
			m.above = []int{at[i]}
		}
		if len(m.above) > 0 {
			m.x = l.below(r-1, m.above)
		}
		marks = append(marks, m)
	}
	sortMarks(marks)
	const inside = svgWidth - 2*svgMargin
	gap := min(boxGap, inside/2/float64(len(marks)))
	widest := l.widest(marks, inside-gap*float64(len(marks)))
	for k := range marks {
		if m := &marks[k]; m.box {
			m.width = min(l.picture[m.figure].width(), widest)
		}
		at[marks[k].figure] = k
	}
	spread(marks, gap)
	l.rows[r] = marks
}

// widest returns how wide a box of a row may be so that all fit. Wide boxes share the
// room that narrow ones leave.
func (l *layout) widest(marks []mark, room float64) float64 {
	limit := 0.0
	for {
		left, cut := room, 0
		for _, m := range marks {
			if m.box {
				width := l.picture[m.figure].width()
				left -= min(width, limit)
				if width > limit {
					cut++
				}
			}
		}
		if cut == 0 || left < 1 {
			return limit
		}
		limit += left / float64(cut)
	}
}

// below returns the middle of the boxes of a row, or of its lines if it has no boxes.
func (l *layout) below(r int, marks []int) float64 {
	sum, n := [2]float64{}, [2]float64{} // of lines, and of boxes
	for _, k := range marks {
		m, kind := &l.rows[r][k], 0
		if m.box {
			kind = 1
		}
		sum[kind] += m.x
		n[kind]++
	}
	if n[1] > 0 {
		return sum[1] / n[1]
	}
	return sum[0] / n[0]
}

// sortMarks sorts by the middle, and is stable. (The package slices can do this too, but
// adds 4 kB.)
func sortMarks(marks []mark) {
	for i := range marks {
		for k := i; k > 0 && marks[k].x < marks[k-1].x; k-- {
			marks[k], marks[k-1] = marks[k-1], marks[k]
		}
	}
}

// spread moves marks so that there is a gap between any two, within the picture.
func spread(marks []mark, gap float64) {
	moved, weight := 0.0, 0.0 // boxes should move least
	for k := range marks {
		m, was := &marks[k], marks[k].x
		if k > 0 {
			m.x = max(m.x, marks[k-1].x+(marks[k-1].width+m.width)/2+gap)
		}
		moved += (m.x - was) * (m.width + 1)
		weight += m.width + 1
	}
	for k := range marks {
		marks[k].x -= moved / weight
	}
	limit := float64(svgWidth - svgMargin)
	for k := len(marks) - 1; k >= 0; k-- {
		m := &marks[k]
		m.x = min(m.x, limit-m.width/2)
		limit = m.x - m.width/2 - gap
	}
	limit = svgMargin
	for k := range marks {
		m := &marks[k]
		m.x = max(m.x, limit+m.width/2)
		limit = m.x + m.width/2 + gap
	}
}

// width returns how wide the box of a figure should be.
func (f *figure) width() float64 {
	return 20 + charWidth*float64(max(columns(f.title), columns(f.facts)))
}

// columns returns how wide a text is, in narrow characters.
func columns(text string) (n int) {
	for _, r := range text {
		n++
		if r >= 0x1100 { // wide
			n++
		}
	}
	return n
}

// fitted cuts a text that is too wide.
func fitted(text string, width float64) string {
	most := int((width - 12) / charWidth)
	if columns(text) <= most {
		return text
	}
	n := 1
	for i, r := range text {
		if n += columns(string(r)); n > most {
			return text[:i] + "…"
		}
	}
	return text
}

const svgStyle = `<style>
text{font:11px sans-serif;fill:#111;text-anchor:middle}
.t{font-weight:bold}
rect{fill:#f2f2f2;stroke:#666}
.back{fill:#fff;stroke:none}
.port{fill:#d9f0e8;stroke:#00785a}
.recurrent{fill:#cfe6f5;stroke:#0072b2;stroke-width:2.5}
.weights{fill:#fbe9c6;stroke:#b87d00;stroke-width:1.5}
.sequence{stroke-dasharray:5 3}
path{fill:none;stroke:#666;stroke-width:1.2}
polygon{fill:#666}
@media (prefers-color-scheme:dark){
text{fill:#f2f2f2}
rect{fill:#333;stroke:#aaa}
.port{fill:#0b4334;stroke:#3ccfa4}
.recurrent{fill:#0b3a57;stroke:#56b4e9}
.weights{fill:#523a05;stroke:#e69f00}
path{stroke:#aaa}
polygon{fill:#aaa}
.back{fill:#181818;stroke:none}
}
</style>
`

// svg writes the picture as SVG, for a light background or a dark one.
func (p picture) svg(name string) (string, error) {
	l, err := newLayout(p)
	if err != nil {
		return "", err
	}
	height := rowHeight*len(l.rows) - (rowHeight - boxHeight) + 2*svgMargin
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n<title>%s</title>\n%s",
		svgWidth, height, svgWidth, height, escapeXML(name), svgStyle)
	fmt.Fprintf(&b, "<rect class=\"back\" width=\"%d\" height=\"%d\"/>\n", svgWidth, height)
	for r := range l.rows {
		l.lines(&b, r)
	}
	for r, marks := range l.rows {
		top := svgMargin + r*rowHeight
		for _, m := range marks {
			if !m.box {
				continue
			}
			p[m.figure].box(&b, &m, top)
		}
	}
	b.WriteString("</svg>\n")
	return b.String(), nil
}

// box draws a figure as a box of a row.
func (f *figure) box(b *strings.Builder, m *mark, top int) {
	class, round := f.kind.String(), 4
	if f.kind == figurePort {
		round = boxHeight / 2
	}
	if f.sequence {
		class += " sequence"
	}
	fmt.Fprintf(b, "<g><title>%s: %s</title><rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"%d\"/>",
		escapeXML(f.title), escapeXML(f.facts), class, m.x-m.width/2, top, m.width, boxHeight, round)
	title := top + 16
	if f.facts == "" {
		title = top + 24
	}
	fmt.Fprintf(b, "<text class=\"t\" x=\"%.1f\" y=\"%d\">%s</text><text x=\"%.1f\" y=\"%d\">%s</text></g>\n",
		m.x, title, escapeXML(fitted(f.title, m.width)), m.x, top+31, escapeXML(fitted(f.facts, m.width)))
}

func escapeXML(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(strings.ToValidUTF8(text, "\ufffd"))
}

// lines draws what leads to the marks of a row.
func (l *layout) lines(b *strings.Builder, r int) {
	bottom := svgMargin + r*rowHeight // of the gap above the row
	top := bottom - (rowHeight - boxHeight)
	middle := (top + bottom) / 2
	for _, m := range l.rows[r] {
		for _, k := range m.above {
			from := l.rows[r-1][k]
			fmt.Fprintf(b, "<path d=\"M%.1f %dC%.1f %d %.1f %d %.1f %d", from.x, top, from.x, middle, m.x, middle, m.x, bottom)
			if !m.box {
				fmt.Fprintf(b, "V%d", bottom+boxHeight)
			}
			b.WriteString("\"/>\n")
			if m.box {
				fmt.Fprintf(b, "<polygon points=\"%.1f,%d %.1f,%d %.1f,%d\"/>\n", m.x-4, bottom-7, m.x+4, bottom-7, m.x, bottom)
			}
		}
	}
}
