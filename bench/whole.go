package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/bench/onnx"
	"github.com/rnnrun/rnnrun/format"
	reader "github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/internal/benchmark"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// wholeSteps is the number of steps of a whole model that are compared before it is timed,
// and how many a sequence has.
const wholeSteps = 1000

// wholeTolerances are tolerances of whole models. What rounding does to a trained
// model cannot be seen with random inputs, so it is only reported.
var wholeTolerances = map[format.DType]float64{format.DTypeF32: 2e-5, format.DTypeF16: math.Inf(1), format.DTypeInt8: math.Inf(1)}

// A wholeModel is a model in both forms: as ONNX, and as rnnrun converts it. It is run
// step by step, or a sequence at a time if it reads from both ends.
type wholeModel struct {
	name  string
	onnx  []byte
	model *rnn.Model
	steps int // of a sequence; 0: step by step

	constants map[string]int64 // of the ONNX graph's inputs
	numbers   []float32        // of wholeSteps steps, those of the inputs side by side
	tokens    []int32
	width     int // numbers of a step
	ids       int // tokens of a step
}

// wholes compares whole models: twins of those that people deploy, and of a folder
// pairs NAME.onnx and NAME.rnn.
func (s *settings) wholes(report *Report, peers []Peer) error {
	list, err := s.wholeModels()
	if err != nil {
		return err
	}
	for _, w := range list {
		if !s.only.MatchString("whole " + w.name) {
			continue
		}
		r, err := w.compare(peers, s.rounds, s.each)
		if err != nil {
			return err
		}
		report.Wholes = append(report.Wholes, r)
	}
	return nil
}

func (s *settings) wholeModels() (list []*wholeModel, err error) {
	for _, t := range onnx.Twins() {
		w, err := newTwin(t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name, err)
		}
		list = append(list, w)
	}
	files, err := filepath.Glob(filepath.Join(s.models, "*.onnx"))
	if s.models == "" || err != nil {
		return list, err
	}
	for _, file := range files {
		w, err := openWhole(strings.TrimSuffix(file, ".onnx"), s.constants)
		if err != nil {
			return nil, err
		}
		list = append(list, w)
	}
	return list, nil
}

// newTwin reads a twin as rnntrain convert does.
func newTwin(t onnx.Twin) (*wholeModel, error) {
	data := t.Marshal()
	n, err := reader.Read(data)
	if err != nil {
		return nil, err
	}
	d, err := n.Model()
	if err != nil {
		return nil, err
	}
	m, err := benchmark.Open(d)
	if err != nil {
		return nil, err
	}
	return newWhole(t.Name, data, m, nil), nil
}

// openWhole opens PATH.onnx and PATH.rnn.
func openWhole(path string, constants map[string]int64) (*wholeModel, error) {
	data, err := os.ReadFile(path + ".onnx")
	if err != nil {
		return nil, err
	}
	m, err := rnn.Open(path + ".rnn")
	if err != nil {
		return nil, fmt.Errorf("%w; make it by: rnntrain convert %s.onnx -o %s.rnn", err, path, path)
	}
	return newWhole(filepath.Base(path), data, m, constants), nil
}

// newWhole returns a model with inputs for wholeSteps steps: uniform in ±1, as
// audio and normalized features are.
func newWhole(name string, data []byte, m *rnn.Model, constants map[string]int64) *wholeModel {
	w := &wholeModel{name: name, onnx: data, model: m, constants: constants}
	if !m.Streamable() {
		w.steps = wholeSteps
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, in := range m.Inputs() {
		if in.Tokens > 0 {
			w.ids += in.Frames
		} else {
			w.width += in.Frames * in.Channels
		}
	}
	for range wholeSteps {
		for _, in := range m.Inputs() {
			if in.Tokens > 0 {
				for range in.Frames {
					w.tokens = append(w.tokens, rng.Int32N(int32(in.Tokens)))
				}
				continue
			}
			for range in.Frames * in.Channels {
				w.numbers = append(w.numbers, 2*rng.Float32()-1)
			}
		}
	}
	return w
}

// compare compares rnnrun and the peers that run such models.
func (w *wholeModel) compare(peers []Peer, rounds int, each time.Duration) (Result, error) {
	list := []Peer{wholeOurs{w, ours{format.DTypeF32}}, wholeOurs{w, ours{format.DTypeF16}}, wholeOurs{w, ours{format.DTypeInt8}}}
	for _, p := range peers {
		if o, ok := p.(onnxRuntime); ok && o.dtype == format.DTypeF32 {
			list = append(list, wholeONNX{o, w})
		}
	}
	r, err := compare(&Case{Name: w.name, Steps: w.steps, Tolerances: wholeTolerances}, list, rounds, each)
	r.WeightBytes = w.model.StepBytes()
	return r, err
}

// A wholeOurs is rnnrun with a whole model, and weights of a number format.
type wholeOurs struct {
	*wholeModel
	ours
}

func (o wholeOurs) Open(*Case) (Runner, error) {
	d, err := o.wholeModel.model.Description().Convert(o.dtype)
	if err != nil {
		return nil, err
	}
	m, err := benchmark.Open(d)
	if err != nil {
		return nil, err
	}
	return &wholeRunner{wholeModel: o.wholeModel, session: m.NewSession()}, nil
}

type wholeRunner struct {
	*wholeModel
	session *rnn.Session
	next    int
}

func (r *wholeRunner) Close() {}

func (r *wholeRunner) Outputs() ([]float32, error) {
	r.session.Reset()
	return r.session.RunInputs(r.numbers, r.tokens)
}

func (r *wholeRunner) Measure(d time.Duration) (float64, error) {
	return measure(d, r.steps, func(n int) error {
		for range n {
			if r.steps > 0 {
				if _, err := r.Outputs(); err != nil {
					return err
				}
				continue
			}
			if err := r.step(r.next % wholeSteps); err != nil {
				return err
			}
			r.next++
		}
		return nil
	})
}

func (r *wholeRunner) step(i int) error {
	if r.ids == 0 {
		_, err := r.session.Step(r.numbers[i*r.width:][:r.width])
		return err
	}
	number, token := i*r.width, i*r.ids
	for _, in := range r.model.Inputs() {
		if in.Tokens > 0 {
			token += copy(r.session.InputTokens(in.Name), r.tokens[token:])
		} else {
			number += copy(r.session.Input(in.Name), r.numbers[number:])
		}
	}
	return r.session.Advance()
}
