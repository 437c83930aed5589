package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
)

// A curve is the receiver operating characteristic of a detector at a level of speech over
// noise, in dB: the shares of false alarms and of missed speech, in per cent.
type curve struct {
	detector       string
	snr            float64
	alarms, missed []float64
}

// curveHeader is the first line of a file of curves. Each further line is a point, and the
// points of a curve stand together.
var curveHeader = []string{"detector", "snr", "alarms", "missed"}

// curves returns the curves of all detectors that are drawn: of speech as loud as the
// noise, and of louder speech.
func (c *comparison) curves() (list []curve) {
	for i, snr := range snrs {
		if snr != 10 && snr != 0 {
			continue
		}
		for k, d := range c.detectors {
			alarms, missed := c.of(i, -1, k).curve()
			list = append(list, curve{d.name, snr, alarms, missed})
		}
	}
	return list
}

// writeCurves writes curves to a CSV file, with two decimals.
func writeCurves(path string, list []curve) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		rows := csv.NewWriter(w)
		rows.Write(curveHeader) // an error is kept until Flush
		for _, c := range list {
			for i := range c.alarms {
				rows.Write([]string{c.detector, strconv.FormatFloat(c.snr, 'g', -1, 64), twoDecimals(c.alarms[i]), twoDecimals(c.missed[i])})
			}
		}
		rows.Flush()
		return rows.Error()
	})
}

func twoDecimals(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }

// readCurves reads a file that writeCurves wrote.
func readCurves(path string) ([]curve, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var list []curve
	for i, row := range rows {
		if i == 0 {
			continue
		}
		var numbers [3]float64
		for k, text := range row[1:] {
			if numbers[k], err = strconv.ParseFloat(text, 64); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", path, i+1, err)
			}
		}
		last := len(list) - 1
		if last < 0 || list[last].detector != row[0] || list[last].snr != numbers[0] {
			list = append(list, curve{detector: row[0], snr: numbers[0]})
			last++
		}
		list[last].alarms = append(list[last].alarms, numbers[1])
		list[last].missed = append(list[last].missed, numbers[2])
	}
	return list, nil
}
