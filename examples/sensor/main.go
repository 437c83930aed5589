// Command sensor predicts the next value of a sensor from all earlier values. Halfway
// through, it saves the state of the stream, as a device does before it sleeps, and
// continues in another session.
package main

import (
	_ "embed"
	"fmt"
	"io"
	"log"
	"math"
	"os"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

//go:embed sensor.rnn
var model []byte

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer) error {
	m, err := rnn.Load(model)
	if err != nil {
		return err
	}
	s := m.NewSession()
	for i := range 60 {
		if i == 50 {
			snapshot, err := s.AppendBinary(nil)
			if err != nil {
				return err
			}
			s = m.NewSession()
			if err := s.UnmarshalBinary(snapshot); err != nil {
				return err
			}
			fmt.Fprintf(w, "resumed after %d steps from %d bytes\n", s.StepCount(), len(snapshot))
		}
		y, err := s.Step([]float32{measure(i)})
		if err != nil {
			return err
		}
		if i >= 48 {
			fmt.Fprintf(w, "%.1f °C, next %.1f\n", measure(i), y[0])
		}
	}
	return nil
}

// measure simulates a sensor: it returns the temperature of a room.
func measure(step int) float32 {
	t := float64(step)
	return float32(20 + 5*math.Sin(t/8) + 2*math.Sin(t/3))
}
