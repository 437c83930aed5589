package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
)

// hostileNames is a model whose names would break a picture that took them as they are.
func hostileNames() *format.Model {
	d := twoPorts()
	d.Graph.Inputs[0].Name = `a"<b>&\`
	d.Graph.Outputs[1].Name = "신호</text>"
	return d
}

func TestInspectDrawsAGraph(t *testing.T) {
	got := printed(t, "", "inspect", save(t, twoPorts()))
	require.Contains(t, got, `work        0 multiply-adds per step, a state of 1 number
`)
	require.Contains(t, got, `
     value              reads  frames×channels   parameters  weights       state  multiply-adds
  0  input word                1 token
  1  input x                   1×1
  2  embedding          0      1×1               4           16 bytes f32
  3  add                2 1    1×1
  4  last of the steps  3      1×1 per sequence                            1
     output each        3
     output last        4
     total                                       4           16 bytes f32  1
`)
}

// The work of a node is that of the products in its definition, by hand.
func TestInspectCountsTheWork(t *testing.T) {
	for _, c := range []struct {
		name        string
		op          format.Op
		in          []format.Input
		adds, state int
	}{
		{"LSTM", lstm(3, 8, 2), []format.Input{{Frames: 5, Channels: 3}}, 5 * 2 * 4 * 8 * (3 + 8), 2 * (8 + 8)},
		{"convolution", convolution(3, 4, 5, 2), []format.Input{{Frames: 9, Channels: 3}}, 3 * 4 * 5 * 3, 0},
		{"depthwise", &format.Depthwise{Channels: 3, Kernel: 2, Stride: 1, Dilation: 1, Weight: make([]float32, 6), Bias: make([]float32, 3)},
			[]format.Input{{Frames: 9, Channels: 3}}, 8 * 3 * 2, 0},
		{"product", &format.MatMul{Transposed: true}, []format.Input{{Frames: 4, Channels: 3}, {Frames: 5, Channels: 3}}, 4 * 5 * 3, 0},
		{"window", &format.Window{Before: 6}, []format.Input{{Frames: 2, Channels: 3}}, 0, 18},
		{"overlap", &format.OverlapAdd{Channels: 2, Kernel: 5, Stride: 2, Carry: true}, []format.Input{{Frames: 1, Channels: 10}}, 0, 6},
		{"mean", &format.SequencePool{Pool: format.PoolMean}, []format.Input{{Frames: 2, Channels: 3}}, 0, 6},
		{"attention", &format.SequencePool{Pool: format.PoolAttention}, []format.Input{{Frames: 2, Channels: 3}, {Frames: 1, Channels: 1}}, 6, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &format.Model{Graph: &format.Graph{Outputs: []format.Port{{Name: "y", Value: len(c.in)}}}}
			n := format.Node{Op: c.op}
			for i, in := range c.in {
				in.Name = fmt.Sprint("x", i)
				d.Graph.Inputs = append(d.Graph.Inputs, in)
				d.InputSize += in.Frames * in.Channels
				n.Inputs = append(n.Inputs, i)
			}
			d.Graph.Nodes = []format.Node{n}
			var report struct {
				Work  struct{ State, MultiplyAdds int } `json:"work"`
				Graph struct {
					Values []struct {
						State        int
						MultiplyAdds int `json:"multiply_adds"`
					}
				}
			}
			require.NoError(t, json.Unmarshal([]byte(printed(t, "", "inspect", "--json", save(t, d))), &report))
			value := report.Graph.Values[len(c.in)]
			require.Equal(t, c.adds, value.MultiplyAdds)
			require.Equal(t, c.state, value.State)
			require.Equal(t, c.state, report.Work.State)
		})
	}
}

func lstm(in, hidden, directions int) *format.Layer {
	d := modeltest.Spec{Cell: format.CellLSTM, Input: in, Hidden: hidden, Bidirectional: directions == 2}.Model()
	return &d.Layers[0]
}

func convolution(in, out, kernel, stride int) *format.Conv {
	c, err := format.PackConv(in, out, kernel, stride, 1, make([]float32, in*out*kernel), nil)
	if err != nil {
		panic(err)
	}
	return c
}

func TestInspectWritesDOT(t *testing.T) {
	path := save(t, hostileNames())
	got := printed(t, "", "inspect", "--dot", path)
	for _, text := range []string{
		`digraph "` + path + `" {`,
		`n0 [label="input a\"<b>&\\\n1 token", shape=ellipse`,
		`n2 [label="embedding\n1×1 · 4 parameters", `,
		"  n0 -> n2;\n", "  n2 -> n3;\n", "  n1 -> n3;\n", "  n3 -> n4;\n", "  n3 -> n5;\n", "  n4 -> n6;\n",
		`n6 [label="output 신호</text>\n1×1 per sequence", shape=ellipse, fillcolor="#d9f0e8", style="filled,dashed"];`,
	} {
		require.Contains(t, got, text)
	}
	require.Equal(t, 6, strings.Count(got, "->"))
	require.True(t, strings.HasSuffix(got, "}\n"))
}

// An svgBox is a box of an SVG.
type svgBox struct{ x, y, width, height float64 }

// readSVG reads an SVG strictly, and returns its boxes and what the texts are.
func readSVG(t *testing.T, text string) (boxes []svgBox, texts []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := d.Token()
		if err == io.EOF {
			return boxes[1:], texts // without the background
		}
		require.NoError(t, err)
		switch e := token.(type) {
		case xml.CharData:
			texts = append(texts, string(e))
		case xml.StartElement:
			if e.Name.Local != "rect" {
				continue
			}
			var b svgBox
			for _, a := range e.Attr {
				v, _ := strconv.ParseFloat(a.Value, 64)
				if at, ok := map[string]*float64{"x": &b.x, "y": &b.y, "width": &b.width, "height": &b.height}[a.Name.Local]; ok {
					*at = v
				}
			}
			boxes = append(boxes, b)
		}
	}
}

func TestInspectWritesSVG(t *testing.T) {
	for name, d := range map[string]*format.Model{
		"graph": hostileNames(), "stack": letterClassifier(), "translator": letterTranslator(), "skip": modeltest.Spec{
			Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 2, Hidden: 3, Outputs: 2, Skip: true}.Model(),
	} {
		t.Run(name, func(t *testing.T) {
			got := printed(t, "", "inspect", "--svg", save(t, d))
			boxes, texts := readSVG(t, got)
			require.Len(t, boxes, len(newPicture(d)))
			for _, f := range newPicture(d) {
				require.Contains(t, strings.Join(texts, "\n"), f.title)
			}
			require.Contains(t, got, "@media (prefers-color-scheme:dark)")
			require.Contains(t, got, `width="600"`)
		})
	}
}

// Boxes stay within the picture and do not meet, and each line that leads to one starts
// at another.
func TestPicturesOfGraphs(t *testing.T) {
	paths := regexp.MustCompile(`<path `)
	for seed := range graphCount() {
		d := modeltest.RandomGraph(rand.New(rand.NewPCG(seed, 7)))
		p := newPicture(d)
		text, err := p.svg("random")
		require.NoError(t, err)
		boxes, _ := readSVG(t, text)
		require.Len(t, boxes, len(p), seed)
		for i, a := range boxes {
			require.GreaterOrEqual(t, a.x, 0.0, seed)
			require.LessOrEqual(t, a.x+a.width, 600.0, seed)
			require.Greater(t, a.width, 20.0, seed)
			for _, b := range boxes[:i] {
				meet := a.x < b.x+b.width && b.x < a.x+a.width && a.y < b.y+b.height && b.y < a.y+a.height
				require.False(t, meet, "graph %d: %v and %v", seed, a, b)
			}
		}
		edges := 0
		l, err := newLayout(p)
		require.NoError(t, err)
		for r, marks := range l.rows {
			for _, m := range marks {
				var from []int
				for _, k := range m.above {
					from = append(from, l.rows[r-1][k].figure)
				}
				if m.box {
					require.ElementsMatch(t, p[m.figure].reads, from, "graph %d", seed)
				} else {
					require.Equal(t, []int{m.figure}, from)
				}
				edges += len(from)
			}
		}
		require.Len(t, paths.FindAllString(text, -1), edges, seed)
	}
}

// A network that reads one value thousands of times would be a picture of gigabytes.
func TestNoPictureIsTooLarge(t *testing.T) {
	p := picture{{kind: figurePort, title: "input"}, {kind: figurePort, title: "other"}}
	for i := range 4000 {
		p = append(p, figure{title: "add", reads: []int{i + 1, i, 0}})
	}
	all := figure{title: "concat"}
	for i := range p {
		all.reads = append(all.reads, i)
	}
	_, err := append(p, all).svg("large")
	require.ErrorIs(t, err, errTooLarge)
}
