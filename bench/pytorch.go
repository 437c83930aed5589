package main

import (
	"bufio"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/format"
)

//go:embed pytorch.py
var pytorchProgram string

// pytorch is PyTorch, in a process of its own, on one library of linear
// algebra. It takes the fastest of its forms of a network: the module, one
// that is traced and frozen, or single cells, and in int8 each of them by every
// engine for quantized products that it has.
type pytorch struct {
	python  string
	name    string
	library string // folder of that of linear algebra
	dtype   format.DType
	version string
	kernel  string // that OpenBLAS chose
	engines string // for quantized products
	dir     string // for files
	process *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

func newPyTorch(python, name, library string, dtype format.DType) (*pytorch, error) {
	p := &pytorch{python: python, name: name, library: library, dtype: dtype, process: exec.Command(python, "-c", pytorchProgram)}
	p.process.Stderr = os.Stderr
	// Its log would hold a warning for every quantized product.
	p.process.Env = append(withoutOpenBLAS(os.Environ()), "LD_LIBRARY_PATH="+library, "GLOG_minloglevel=2")
	var err error
	if p.dir, err = os.MkdirTemp("", "rnnrun-bench"); err != nil {
		return nil, err
	}
	if p.in, err = p.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	if err := p.process.Start(); err != nil {
		return nil, err
	}
	answer, err := p.ask(request{"do": "hello"})
	if err != nil {
		p.Close()
		return nil, fmt.Errorf("%s has no PyTorch: %w", python, err)
	}
	p.version, p.kernel, p.engines = answer.Version, answer.Kernel, strings.Join(answer.Engines, " and ")
	return p, nil
}

// withoutOpenBLAS removes the variables by which OpenBLAS may be told to use a slower
// kernel than the CPU's best one.
func withoutOpenBLAS(environment []string) []string {
	return slices.DeleteFunc(environment, func(s string) bool { return strings.HasPrefix(s, "OPENBLAS_") })
}

func (p *pytorch) Name() string        { return p.name }
func (p *pytorch) DType() format.DType { return p.dtype }

func (p *pytorch) Version() string {
	v := p.version + ", one thread"
	if p.kernel != "" {
		v += ", kernel " + p.kernel
	}
	if p.dtype == format.DTypeInt8 {
		v += ", quantize_dynamic by the faster of " + p.engines
	}
	return v
}

func (p *pytorch) Close() {
	p.in.Close()
	_ = p.process.Wait()
	os.RemoveAll(p.dir)
}

type request map[string]any

// An answer of the process: which of its fields are set depends on the request.
type answer struct {
	Version, Kernel, Form, Error string
	Engines                      []string
	NS, Rate                     float64
}

func (p *pytorch) ask(r request) (a answer, err error) {
	line, err := json.Marshal(r)
	if err != nil {
		return a, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return a, err
	}
	reply, err := p.out.ReadBytes('\n')
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(reply, &a); err != nil {
		return a, err
	}
	if a.Error != "" {
		err = errors.New(a.Error)
	}
	return a, err
}

func (p *pytorch) Open(c *Case) (Runner, error) {
	if c.Streams > 0 {
		return nil, errNotApplicable
	}
	s := c.Spec
	parameters, data := filepath.Join(p.dir, "parameters"), filepath.Join(p.dir, "data")
	if err := writeNumbers(parameters, pytorchParameters(c)); err != nil {
		return nil, err
	}
	var err error
	if c.Tokens != nil {
		err = writeNumbers(data, c.Tokens)
	} else {
		err = writeNumbers(data, c.Inputs)
	}
	if err != nil {
		return nil, err
	}
	_, err = p.ask(request{
		"do": "open", "cell": s.Cell.String(), "inputs": s.Input, "hidden": s.Hidden, "layers": s.Layers,
		"tokens": s.Tokens, "outputs": s.Outputs, "steps": c.Steps, "parameters": parameters, "data": data,
		"int8": p.dtype == format.DTypeInt8,
	})
	return pytorchRunner{p}, err
}

// pytorchParameters returns the weights in the order of the module's
// parameters.
func pytorchParameters(c *Case) []float32 {
	s := c.Spec
	var all []float32
	if s.Tokens > 0 {
		all = append(all, s.Embedding()...)
	}
	for i := range s.Layers {
		p := s.Weights(i, 0)
		for _, v := range [][]float32{p.WeightIH, p.WeightHH, p.BiasIH, p.BiasHH} {
			all = append(all, v...)
		}
	}
	if s.Outputs > 0 {
		weight, bias := s.Head()
		all = append(append(all, weight...), bias...)
	}
	return all
}

type pytorchRunner struct{ p *pytorch }

func (pytorchRunner) Close() {}

func (r pytorchRunner) Outputs() ([]float32, error) {
	file := filepath.Join(r.p.dir, "outputs")
	if _, err := r.p.ask(request{"do": "outputs", "file": file}); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	y := make([]float32, len(b)/4)
	_, err = binary.Decode(b, binary.LittleEndian, y)
	return y, err
}

func (r pytorchRunner) Measure(d time.Duration) (float64, error) {
	a, err := r.p.ask(request{"do": "measure", "seconds": d.Seconds()})
	return a.NS, err
}

func writeNumbers[T float32 | int32](path string, data []T) error {
	b, err := binary.Append(nil, binary.LittleEndian, data)
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o666)
}
