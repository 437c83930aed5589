package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
	"github.com/rnnrun/rnnrun/trainer"
)

// A record is a line of a training's log, in JSON. It is for some steps, or for an epoch
// that ended.
type record struct {
	Step  int `json:"step"`  // the last one
	Epoch int `json:"epoch"` // from 1
	// Loss is the mean over the steps since the last record, or over the epoch.
	Loss         float64             `json:"loss"`
	LearningRate float64             `json:"learning_rate"` // of the last step
	GradientNorm float64             `json:"gradient_norm"` // of the last step, before it was clipped
	Seconds      float64             `json:"seconds"`
	EpochEnded   bool                `json:"epoch_ended,omitempty"`
	Validation   *trainer.Evaluation `json:"validation,omitempty"`
	Best         bool                `json:"best,omitempty"`
}

// logRecords is approximately the number of records of steps in a whole training.
const logRecords = 2000

// A trainingLog writes a training's log.
type trainingLog struct {
	path   string
	resume bool // keep the records of earlier steps
	file   *os.File
	sum    float64 // sum of the losses since the last record
	steps  int
}

// progress writes a record when one is due.
func (l *trainingLog) progress(p trainer.Progress) error {
	if l.file == nil {
		if err := l.open(p); err != nil {
			return err
		}
	}
	r := record{
		Step: p.Step, Epoch: p.Epoch, Loss: p.Loss, LearningRate: p.LearningRate,
		GradientNorm: p.GradientNorm, Seconds: p.Elapsed.Seconds(),
		EpochEnded: p.EpochEnded, Validation: p.Validation, Best: p.Best,
	}
	if !p.EpochEnded {
		l.sum += p.StepLoss
		l.steps++
		if p.Step%max(1, p.Steps/logRecords) != 0 {
			return nil
		}
		r.Loss = l.sum / float64(l.steps)
		l.sum, l.steps = 0, 0
	}
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = l.file.Write(append(line, '\n'))
	return err
}

// open opens the log. If the log is resumed, it removes the records from the first report
// on, since training repeats these steps.
//
// A device or a pipe has no earlier records, and is opened once: the reader of a pipe
// ends when its writer closes it.
func (l *trainingLog) open(first trainer.Progress) error {
	info, err := os.Stat(l.path)
	if err != nil || info.Mode().IsRegular() {
		if err := l.rewrite(first); err != nil {
			return err
		}
	}
	l.file, err = os.OpenFile(l.path, os.O_WRONLY|os.O_APPEND, 0)
	return err
}

func (l *trainingLog) rewrite(first trainer.Progress) error {
	var records []record
	if l.resume {
		var err error
		if records, err = readLog(l.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return atomicfile.Write(l.path, func(w io.Writer) error {
		e := json.NewEncoder(w)
		for _, r := range records {
			before := r.Step < first.Step || r.Step == first.Step && first.EpochEnded && !r.EpochEnded
			if !before {
				continue
			}
			if err := e.Encode(r); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l *trainingLog) close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}

// readLog reads the records of a log. The last line may be incomplete, because it is
// still being written.
func readLog(path string) ([]record, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var records []record
	lines := bufio.NewReader(bytes.NewReader(data))
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return records, nil
		}
		var r record
		if err := json.Unmarshal(line, &r); err != nil || r.Step == 0 {
			return nil, fmt.Errorf("%s, line %d: not a record of a training: %.60q", path, number, bytes.TrimSpace(line))
		}
		records = append(records, r)
	}
}
