package main

import (
	"fmt"

	"github.com/rnnrun/rnnrun/internal/chart"
)

// draw draws the curves of a file of curves. Those of a detector have the same colour.
func draw(curves, drawing string) error {
	list, err := readCurves(curves)
	if err != nil {
		return err
	}
	drawn := chart.Chart{
		Title: "Speech missed against false alarms: held-out speakers",
		X:     "false alarms, % of frames without speech", Y: "missed, % of speech frames", FromZero: true, MaxY: 40,
	}
	colors := map[string]int{}
	for _, c := range list {
		if _, seen := colors[c.detector]; !seen {
			colors[c.detector] = len(colors)
		}
		n := 0
		for n < len(c.alarms) && c.alarms[n] < 60 {
			n++
		}
		drawn.Curves = append(drawn.Curves, chart.Curve{
			Name: fmt.Sprintf("%s, %g dB", c.detector, c.snr), X: c.alarms[:n], Y: c.missed[:n],
			Color: colors[c.detector], Dashed: c.snr == 0,
		})
	}
	return chart.Draw(drawing, drawn)
}
