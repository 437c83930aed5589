package runtime_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// sensor writes a model of a sensor with 2 inputs and 1 output, and returns
// the file's name.
func sensor(dir string) string {
	path := filepath.Join(dir, "sensor.rnn")
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 2, Hidden: 8, Outputs: 1}
	if err := format.WriteFile(path, s.Model()); err != nil {
		log.Fatal(err)
	}
	return path
}

// letters returns a model of texts of the letters a to d.
func letters(task format.Task) *rnn.Model {
	s := modeltest.Spec{
		Cell: format.CellGRU, Variant: format.VariantResetAfter, Tokens: 4, Input: 3, Hidden: 8,
		Task: task, Outputs: 4, Output: format.OutputSoftmax, Seed: 3,
	}
	if task == format.TaskClassify {
		s.Pool, s.Outputs = format.PoolMean, 2
	}
	d := s.Model()
	d.Tokenizer = &format.Tokenizer{Kind: format.TokenizerChars, Unknown: -1, Start: 0, End: -1}
	d.Vocabulary = []string{"a", "b", "c", "d"}
	if task == format.TaskClassify {
		d.Labels = []string{"dull", "fine"}
	}
	m, err := rnn.New(d)
	if err != nil {
		log.Fatal(err)
	}
	return m
}

func Example() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	m, err := rnn.Open(sensor(dir))
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	s := m.NewSession()
	for _, x := range [][]float32{{1, 0}, {0, 1}, {1, 1}} {
		y, err := s.Step(x)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.3f\n", y[0])
	}
	// Output:
	// -0.014
	// -0.176
	// -0.212
}

func ExampleLoad() {
	// In an application: //go:embed sensor.rnn
	s := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 2, Hidden: 8, Outputs: 1}
	data, err := s.Model().Append(nil)
	if err != nil {
		log.Fatal(err)
	}

	m, err := rnn.Load(data)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.InputSize(), m.OutputSize(), m.Streamable())
	// Output: 2 1 true
}

func ExampleSession_Run() {
	spec := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 2, Hidden: 8, Outputs: 1}
	m, err := rnn.New(spec.Model())
	if err != nil {
		log.Fatal(err)
	}
	ys, err := m.NewSession().Run([]float32{
		1, 0,
		0, 1,
		1, 1,
	})
	fmt.Printf("%.3f %v\n", ys, err)
	// Output: [-0.014 -0.176 -0.212] <nil>
}

func ExampleSession_Classify() {
	m := letters(format.TaskClassify)
	class, err := m.NewSession().Classify("abba")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s %.2f\n", class.Label, class.Probability)
	// Output: fine 0.70
}

func ExampleSampler() {
	m := letters(format.TaskLanguage)
	s := m.NewSession()
	sampler := rnn.NewSampler(0.8, 3, 42)
	token := int32(m.Description().Tokenizer.Start)
	var text []byte
	for range 10 {
		if _, err := s.StepToken(token); err != nil {
			log.Fatal(err)
		}
		token = sampler.Next(s)
		text, _ = m.Decode(text, token)
	}
	fmt.Println(string(text))
	// Output: ddaaaddbbd
}

func ExampleSession_AppendBinary() {
	m := letters(format.TaskLanguage)
	s := m.NewSession()
	if _, err := s.StepToken(1); err != nil {
		log.Fatal(err)
	}
	snapshot, err := s.AppendBinary(nil)
	if err != nil {
		log.Fatal(err)
	}

	// Later, or on another device with the same model:
	resumed := m.NewSession()
	if err := resumed.UnmarshalBinary(snapshot); err != nil {
		log.Fatal(err)
	}
	fmt.Println(resumed.StepCount())
	// Output: 1
}

func ExampleSession_State() {
	spec := modeltest.Spec{Cell: format.CellLSTM, Variant: format.VariantStandard, Input: 2, Hidden: 8, Layers: 2}
	m, err := rnn.New(spec.Model())
	if err != nil {
		log.Fatal(err)
	}
	h, c := m.NewSession().State(1, 0)
	fmt.Println(len(h), len(c))
	// Output: 8 8
}

// A bidirectional model starts from the states that are given after Reset: the
// reverse direction at the sequence's end.
func ExampleSession_State_bidirectional() {
	spec := modeltest.Spec{Cell: format.CellGRU, Variant: format.VariantResetAfter, Input: 1, Hidden: 1, Bidirectional: true}
	m, err := rnn.New(spec.Model())
	if err != nil {
		log.Fatal(err)
	}
	s := m.NewSession()
	for _, start := range []float32{0, 0.5} {
		s.Reset()
		for direction := range 2 {
			h, _ := s.State(0, direction)
			h[0] = start
		}
		ys, err := s.Run([]float32{1, 2})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.3f\n", ys)
	}
	// Output:
	// [0.112 0.156 0.146 0.094]
	// [0.530 0.587 0.528 0.563]
}

func ExampleModel_Verify() {
	m := letters(format.TaskLanguage)
	golden, err := m.Golden([]int32{0, 1, 2, 3, 2, 1}, nil)
	if err != nil {
		log.Fatal(err)
	}
	d := *m.Description()
	d.Goldens = []format.Golden{golden}
	m, err = rnn.New(&d)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Verify())
	// Output: <nil>
}

func ExampleSession_Tag() {
	classes, err := letters(format.TaskTag).NewSession().Tag(nil, "dad")
	if err != nil {
		log.Fatal(err)
	}
	for _, class := range classes {
		fmt.Printf("%d %.2f\n", class.Index, class.Probability)
	}
	// Output:
	// 1 0.37
	// 1 0.36
	// 1 0.37
}
