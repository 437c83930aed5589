package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/metrics"
)

func (e *forecastEvaluation) print(w io.Writer, asJSON bool) error {
	seconds := time.Since(e.start).Seconds()
	switch {
	case e.binary != nil && asJSON:
		return cli.WriteJSON(w, e.binaryObject(seconds))
	case asJSON:
		return cli.WriteJSON(w, e.object(seconds))
	}
	var b strings.Builder
	if e.binary != nil {
		e.writeBinary(&b)
	} else {
		e.write(&b)
	}
	writeCost(&b, e.model, seconds)
	_, err := io.WriteString(w, b.String())
	return err
}

// forecasts are the compared forecasts, in the order of the output.
var forecasts = []string{byModel, byNaive, byAR}

// all returns the errors of a forecast for all steps ahead.
func (e *forecastEvaluation) all(name string) (sum metrics.Deviation) {
	for _, d := range e.errors[name] {
		sum.Merge(d)
	}
	return sum
}

func (e *forecastEvaluation) object(seconds float64) cli.Object {
	d := e.model.Description()
	o := cli.Object{"task", d.Task.String(), "parameters", d.Parameters(), "steps", e.measured(0), "horizon", e.horizon}
	for _, name := range forecasts {
		sum := e.all(name)
		o = append(o, name+"_rmse", sum.RMSE(), name+"_mae", sum.MAE())
	}
	return append(o, "autoregression_orders", e.orders(), "seconds", seconds, "kernels", e.model.Kernels())
}

// write writes a table of the errors by steps ahead.
func (e *forecastEvaluation) write(b *strings.Builder) {
	fmt.Fprintf(b, "ahead   values")
	for _, name := range forecasts {
		fmt.Fprintf(b, "  %22s", name)
	}
	b.WriteString("\n")
	for h := range e.horizon {
		e.writeLine(b, strconv.Itoa(h+1), func(name string) metrics.Deviation { return e.errors[name][h] })
	}
	if e.horizon > 1 {
		e.writeLine(b, "all", e.all)
	}
	fmt.Fprintf(b, "naive       the last value\n")
	fmt.Fprintln(b, e.autoregression())
}

func (e *forecastEvaluation) writeLine(b *strings.Builder, ahead string, errors func(name string) metrics.Deviation) {
	ofModel := errors(byModel)
	fmt.Fprintf(b, "%-6s %7d", ahead, ofModel.Len())
	for _, name := range forecasts {
		sum := errors(name)
		fmt.Fprintf(b, "  RMSE %-7.4g MAE %-6.4g", sum.RMSE(), sum.MAE())
	}
	b.WriteString("\n")
}

// autoregression describes the autoregressions.
func (e *forecastEvaluation) autoregression() string {
	unfitted := 0
	for _, a := range e.fitted {
		if a == nil {
			unfitted++
		}
	}
	switch unfitted {
	case 0:
		return fmt.Sprintf("autoregression of order %s, fitted to the steps before those measured", e.orders())
	case len(e.fitted):
		return "autoregression: not fitted, since there are too few steps before those measured; it predicts the last value"
	}
	return fmt.Sprintf("autoregression of order %s, fitted to the steps before those measured; none: too few steps, so it predicts the last value", e.orders())
}

// orders lists the orders of the autoregressions.
func (e *forecastEvaluation) orders() string {
	var list []string
	for _, a := range e.fitted {
		if a == nil {
			list = append(list, "none")
		} else {
			list = append(list, strconv.Itoa(len(a.Coefficients)))
		}
	}
	return strings.Join(list, ", ")
}

func (e *forecastEvaluation) binaryObject(seconds float64) cli.Object {
	d := e.model.Description()
	return cli.Object{
		"task", d.Task.String(), "parameters", d.Parameters(), "steps", e.binary.Steps(0), "horizon", e.horizon,
		"nats_per_step", e.binary.Nats(0), "nats_per_step_of_constants", e.binary.ConstantNats(0),
		"seconds", seconds, "kernels", e.model.Kernels(),
	}
}

// writeBinary writes the loss per step in nats, by steps ahead.
func (e *forecastEvaluation) writeBinary(b *strings.Builder) {
	for h := range e.horizon {
		fmt.Fprintf(b, "%d ahead     %.4f nats per step of %s, %s (best constant probabilities: %.4f)\n",
			h+1, e.binary.Nats(h), message.Count(len(e.at), "value"), message.Count(e.binary.Steps(h), "step"), e.binary.ConstantNats(h))
	}
}
