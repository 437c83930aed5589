package main

import (
	"fmt"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
)

// describeData says what a model remembers of the data that it was trained on.
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

// dataJSON describes the data that a model was trained on, if it remembers some.
func dataJSON(d *format.Data) any {
	if d == nil {
		return nil
	}
	return cli.Object{
		"labels", d.Labels, "columns", d.Columns, "targets", d.Targets, "horizon", d.Horizon, "window", d.Window,
	}
}

// anomalyJSON describes from which errors on a step is an anomaly, if the model knows.
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

// describeAnomaly says which steps are anomalies.
func describeAnomaly(a *format.Anomaly) string {
	if t := a.Adaptation; t != nil {
		return fmt.Sprintf("begin with scores above %g, which follow %d steps, and end after %d without a high one", t.Threshold, t.Memory, t.Hold)
	}
	return fmt.Sprintf("have scores above %g", a.Threshold)
}
