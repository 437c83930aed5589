package ports

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// OutputNames returns the names of a model's outputs: of what it predicts, with the
// steps ahead, or of its classes. nil: they have none.
func OutputNames(m *rnn.Model) (names []string) {
	d := m.Description()
	if d.Data != nil && d.Task == format.TaskRegress && len(d.Data.Targets) > 0 {
		for h := range max(d.Data.Horizon, 1) {
			for _, target := range d.Data.Targets {
				if d.Data.Horizon > 0 {
					target = fmt.Sprintf("%s+%d", target, h+1)
				}
				names = append(names, target)
			}
		}
	} else {
		names = m.Labels()
	}
	if len(names) != m.OutputSize() {
		return nil
	}
	return names
}

// HasClasses reports whether a model's outputs mean a class.
func HasClasses(m *rnn.Model) bool {
	return m.Task() == format.TaskClassify || m.Task() == format.TaskTag
}

// Values returns the outputs of a step or of a sequence for JSON: by name if they have
// names, which [OutputNames] gives. y is nil if there are none.
func Values(m *rnn.Model, names []string, y []float32) any {
	if y == nil {
		return nil
	}
	if list := m.Outputs(); len(list) > 1 {
		return byPort(y, list)
	}
	if names == nil {
		return y
	}
	o := cli.Object{}
	for i, v := range y {
		o = append(o, names[i], v)
	}
	return o
}

// byPort returns the outputs of each port by its name: a number, or an array.
func byPort(y []float32, list []rnn.Output) cli.Object {
	o := cli.Object{}
	for _, p := range list {
		n := p.Frames * p.Channels
		var value any = y[:n]
		if n == 1 {
			value = y[0]
		}
		o = append(o, p.Name, value)
		y = y[n:]
	}
	return o
}
