package main

import (
	"fmt"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

// describeData describes the training data, as far as the model records it.
func describeData(d *format.Data) string {
	var facts []string
	for _, f := range []struct {
		text  string
		names []string
	}{{"labels", d.Labels}, {"columns", d.Columns}, {"targets", d.Targets}} {
		if len(f.names) > 0 {
			facts = append(facts, f.text+" "+shorten(f.names, 20))
		}
	}
	if d.Horizon > 0 {
		facts = append(facts, fmt.Sprintf("horizon %d", d.Horizon))
	}
	if d.Window > 0 {
		facts = append(facts, fmt.Sprintf("window %d", d.Window))
	}
	return strings.Join(facts, ", ")
}

// dataJSON describes the training data, or returns nil if the model records none.
func dataJSON(d *format.Data) any {
	if d == nil {
		return nil
	}
	return cli.Object{
		"labels", d.Labels, "columns", d.Columns, "targets", d.Targets, "horizon", d.Horizon, "window", d.Window,
	}
}

// anomalyJSON describes the thresholds of anomalies, if the model has them.
func anomalyJSON(a *format.Anomaly) any {
	if a == nil {
		return nil
	}
	o := cli.Object{"threshold", a.Threshold, "weight", a.Weight}
	if t := a.Adaptation; t != nil {
		o[1] = t.Threshold
		o = append(o, "memory", t.Memory, "hold", t.Hold)
	}
	return o
}

// describeAnomaly describes which steps are anomalies.
func describeAnomaly(a *format.Anomaly) string {
	if t := a.Adaptation; t != nil {
		return fmt.Sprintf("start at a score above %g, adapt over %s, and end after %s without a high score", t.Threshold, message.Count(t.Memory, "step"), message.Count(t.Hold, "step"))
	}
	return fmt.Sprintf("have scores above %g", a.Threshold)
}
