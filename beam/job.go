package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/core/metrics"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/fileio"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"

	"github.com/rnnrun/rnnrun/beam/score"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A summary is the result of a job.
type summary struct {
	counters map[string]int64 // nil: the runner reports none
	time     time.Duration
	answers  []string
	dead     []string
}

// score runs the job.
func (v *config) score(ctx context.Context) (done summary, err error) {
	readsTexts, err := v.readsTexts(ctx)
	if err != nil {
		return done, err
	}
	for i, pattern := range v.inputs {
		if v.inputs[i], err = matched(ctx, pattern); err != nil {
			return done, err
		}
	}
	answersAt, deadAt := v.join("answers"), v.join("dead-letters")
	p, s := beam.NewPipelineWithRoot()
	files := fileio.ReadMatches(s, beam.Reshuffle(s, fileio.MatchAll(s, beam.CreateList(s, v.inputs))), fileio.ReadAutoCompression())
	answers, dead := score.Files(s, v.Options, readsTexts, files)
	score.Write(s, answersAt, v.shards, answers)
	score.Write(s, deadAt, 1, score.Lines(s, dead))

	defer func() {
		if closing := score.CloseModels(); err == nil {
			err = closing
		}
	}()
	began := time.Now()
	result, err := beamx.RunWithMetrics(ctx, p)
	if err != nil {
		return done, fmt.Errorf("the job failed: %w", err)
	}
	return summary{counted(result), time.Since(began), score.ShardNames(answersAt, v.shards), score.ShardNames(deadAt, 1)}, nil
}

// readsTexts reports whether the model reads texts rather than numbers. It refuses a
// model that reads neither.
func (v *config) readsTexts(ctx context.Context) (bool, error) {
	m, err := score.Open(ctx, v.Model)
	if err != nil {
		return false, err
	}
	defer m.Close()
	if m.Task() == format.TaskClassify && m.ReadsText() {
		return true, nil
	}
	if err := v.checkNumbers(m); err != nil {
		return false, fmt.Errorf("%s: %w", v.Model, err)
	}
	return false, nil
}

func (v *config) checkNumbers(m *rnn.Model) error {
	if m.ReadsText() {
		return fmt.Errorf("the model is for the task %v: give one that classifies texts or reads numbers", m.Task())
	}
	return score.CheckNumbers(m)
}

// matched returns a pattern or, for a local folder, the pattern of its files. It refuses
// a pattern that matches no file.
func matched(ctx context.Context, pattern string) (string, error) {
	if info, err := os.Stat(pattern); err == nil && info.IsDir() {
		pattern = filepath.Join(pattern, "*")
	}
	fs, err := filesystem.New(ctx, pattern)
	if err != nil {
		return "", cli.Usagef("--input %s: %w", pattern, err)
	}
	defer fs.Close()
	files, err := fs.List(ctx, pattern)
	if err != nil {
		return "", fmt.Errorf("--input %s: %w", pattern, err)
	}
	if len(files) == 0 {
		return "", fmt.Errorf("--input %s: no file matches", pattern)
	}
	return pattern, nil
}

// join returns the path of a file in the folder of the output.
func (v *config) join(name string) string { return strings.TrimRight(v.output, "/") + "/" + name }

// counted returns the counters of a job; nil: the runner reports none.
func counted(r beam.PipelineResult) map[string]int64 {
	if r == nil {
		return nil
	}
	counters := map[string]int64{}
	for _, c := range r.Metrics().Query(func(r metrics.SingleResult) bool { return r.Namespace() == score.Namespace }).Counters() {
		counters[c.Name()] += c.Result()
	}
	if len(counters) == 0 {
		return nil
	}
	return counters
}

// print prints the summary.
func (d summary) print(w io.Writer, asJSON bool) error {
	names := []string{score.Records, score.Steps, score.DeadLetters}
	if asJSON {
		o := cli.Object{}
		for _, name := range names {
			var n any // null if unknown
			if d.counters != nil {
				n = d.counters[name]
			}
			o = append(o, name, n)
		}
		return cli.WriteJSON(w, append(o, "seconds", d.time.Seconds(), "answers", d.answers, "dead_letter_files", d.dead))
	}
	what := "done"
	if d.counters != nil {
		what = fmt.Sprintf("%d records, %d steps, %d dead letters", d.counters[score.Records], d.counters[score.Steps], d.counters[score.DeadLetters])
	}
	_, err := fmt.Fprintf(w, "%s in %.1f s: %s, %s\n", what, d.time.Seconds(), strings.Join(d.answers, " "), strings.Join(d.dead, " "))
	return err
}
