package main

import (
	"fmt"

	"github.com/rnnrun/rnnrun/internal/chart"
)

// draw draws the curves of all detectors, of speech as loud as the noise and of louder one.
func (c *comparison) draw(path string) error {
	drawn := chart.Chart{
		Title: "Speech missed against false alarms: held-out speakers and noises",
		X:     "false alarms, % of the frames without speech", Y: "missed, % of the frames of speech", MaxY: 40,
	}
	for i, snr := range snrs {
		if snr != 10 && snr != 0 {
			continue
		}
		for k, d := range c.detectors {
			alarms, missed := c.of(i, -1, k).curve()
			n := 0
			for n < len(alarms) && alarms[n] < 60 {
				n++
			}
			drawn.Curves = append(drawn.Curves, chart.Curve{
				Name: fmt.Sprintf("%s, %g dB", d.name, snr), X: alarms[:n], Y: missed[:n], Color: k, Dashed: snr == 0,
			})
		}
	}
	return chart.Draw(path, drawn)
}
