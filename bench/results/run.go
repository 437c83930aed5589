package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
	"io"
)

// A result is what came of a row; of folds the means, weighted by their targets.
type result struct {
	Commands   []string // that trained and measured
	Parameters float64
	Bytes      float64
	Epoch      float64 // the best
	Processor  float64 // seconds of the trainings, all folds together
	Targets    float64
	Measures   map[string]float64 // numbers that rnntrain eval printed
}

// results are by the name of the row.
type results struct {
	path string
	rows map[string]*result
}

func readResults(path string) (*results, error) {
	r := &results{path, map[string]*result{}}
	b, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return r, nil
	} else if err != nil {
		return nil, err
	}
	return r, json.Unmarshal(b, &r.rows)
}

func (r *results) write() error {
	b, err := json.MarshalIndent(r.rows, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.Write(r.path, func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	})
}

type runner struct {
	data, work string
	results    *results
}

// section prepares the data and runs the rows that are chosen and not done.
func (r *runner) section(ctx context.Context, s section, chosen *regexp.Regexp) error {
	prepared := false
	for _, row := range s.rows {
		commands := row.commands()
		if old := r.results.rows[row.name]; !chosen.MatchString(row.name) || old != nil && strings.Join(old.Commands, "\n") == strings.Join(commands, "\n") {
			continue
		}
		if f := preparations[s.data]; f != nil && !prepared {
			if err := f(preparation{r.data, r.work}); err != nil {
				return err
			}
			prepared = true
		}
		result, err := r.row(ctx, row)
		if err != nil {
			return fmt.Errorf("%s: %w", row.name, err)
		}
		result.Commands = commands
		r.results.rows[row.name] = result
		if err := r.results.write(); err != nil {
			return err
		}
		log.Printf("%s: %v, %.0f s of processor time", row.name, result.Measures, result.Processor)
	}
	return nil
}

// row trains and measures, every fold on its own.
func (r *runner) row(ctx context.Context, row row) (*result, error) {
	total := &result{Measures: map[string]float64{}}
	n := 1
	if row.folds {
		n = folds
	}
	for k := range n {
		var trained, measured map[string]any
		train, eval := row.train, row.eval
		if row.folds {
			train, eval = foldNumber(train, k), foldNumber(eval, k)
		}
		seconds, err := r.rnntrain(ctx, train+" --json", &trained)
		if err != nil {
			return nil, err
		}
		if _, err := r.rnntrain(ctx, eval+" --json", &measured); err != nil {
			return nil, err
		}
		total.Processor += seconds
		total.Parameters, total.Bytes, total.Epoch = number(trained["parameters"]), number(trained["bytes"]), number(trained["epoch"])
		targets := number(measured["targets"])
		if n == 1 {
			targets = 1
		}
		for name, v := range measured {
			if v, ok := v.(float64); ok && name != "seconds" {
				total.Measures[name] += v * targets
			}
		}
		total.Targets += targets
	}
	for name := range total.Measures {
		total.Measures[name] /= total.Targets
	}
	return total, nil
}

// foldNumber puts the number of a fold in the place of K.
func foldNumber(command string, k int) string {
	return strings.ReplaceAll(command, "-K", "-"+strconv.Itoa(k))
}

func number(v any) float64 {
	f, _ := v.(float64)
	return f
}

// rnntrain runs a command in the folder to work in, and returns the seconds of
// processor time it took.
func (r *runner) rnntrain(ctx context.Context, command string, report any) (float64, error) {
	log.Printf("rnntrain %s", command)
	args := strings.Fields(strings.ReplaceAll(command, "$DATA", r.data))
	c := exec.CommandContext(ctx, filepath.Join(r.work, "rnntrain"), args...)
	c.Dir = r.work
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		return 0, fmt.Errorf("rnntrain %s: %w\n%s", command, err, stderr.String())
	}
	if err := json.Unmarshal(out, report); err != nil {
		return 0, fmt.Errorf("rnntrain %s: %w", command, err)
	}
	return (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds(), nil
}
