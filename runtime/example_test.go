package runtime_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/rnnrun/rnnrun/models"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// open opens a model for the examples.
func open(path string) *rnn.Model {
	m, err := rnn.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	return m
}

const (
	sensorPath = "../examples/sensor/sensor.rnn"   // predicts the next temperature
	vowelsPath = "../testdata/examples/vowels.rnn" // tags letters
)

func Example() {
	m, err := rnn.Open("../examples/sensor/sensor.rnn")
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	s := m.NewSession()
	for _, temperature := range []float32{20, 21.3, 22.5} {
		y, err := s.Step([]float32{temperature})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.1f\n", y[0])
	}
	// Output:
	// 20.0
	// 21.5
	// 23.2
}

func ExampleLoad() {
	data, err := os.ReadFile("../examples/sensor/sensor.rnn") // in an application: //go:embed sensor.rnn
	if err != nil {
		log.Fatal(err)
	}
	m, err := rnn.Load(data)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Task(), m.InputSize(), m.OutputSize(), m.Streamable())
	// Output: regress 1 1 true
}

func ExampleSession_Run() {
	ys, err := open(sensorPath).NewSession().Run([]float32{20, 21.3, 22.5})
	fmt.Printf("%.1f %v\n", ys, err)
	// Output: [20.0 21.5 23.2] <nil>
}

func ExampleSession_Classify() {
	m, err := rnn.Load(models.SentimentKo())
	if err != nil {
		log.Fatal(err)
	}
	s := m.NewSession()
	class, err := s.Classify("정말 재미있어요")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s %.2f\n", class.Label, class.Probability)
	fmt.Printf("%v %.2f\n", m.Labels(), s.Probabilities())
	// Output:
	// positive 0.96
	// [negative positive] [0.04 0.96]
}

func ExampleSession_Tag() {
	m := open(vowelsPath)
	classes, err := m.NewSession().Tag(nil, "bad")
	if err != nil {
		log.Fatal(err)
	}
	i := 0
	for token := range m.Split("bad") {
		fmt.Println(token, classes[i].Label)
		i++
	}
	// Output:
	// b consonant
	// a vowel
	// d consonant
}

func ExampleGenerator() {
	m, err := rnn.Load(models.Shakespeare())
	if err != nil {
		log.Fatal(err)
	}
	g, err := m.NewGenerator(rnn.NewSampler(0.8, 0, 1))
	if err != nil {
		log.Fatal(err)
	}
	for text, err := range g.Generate(context.Background(), "ROMEO:", 25) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s", text)
	}
	// Output:
	// ROMEO: therefore they will dead
}

// A sampler chooses tokens for a program that steps the model itself.
func ExampleSampler() {
	m, err := rnn.Load(models.Shakespeare())
	if err != nil {
		log.Fatal(err)
	}
	tokens, err := m.Encode(nil, "To be")
	if err != nil {
		log.Fatal(err)
	}
	s := m.NewSession()
	if _, err := s.RunTokens(tokens); err != nil {
		log.Fatal(err)
	}
	sampler := rnn.NewSampler(0, 0, 0) // always the most probable token
	text := []byte("To be")
	for range 10 {
		token := sampler.Next(s)
		if text, err = m.Decode(text, token); err != nil {
			log.Fatal(err)
		}
		if _, err := s.StepToken(token); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(string(text))
	// Output: To be a strange
}

func ExampleSession_AppendBinary() {
	m := open(sensorPath)
	s := m.NewSession()
	if _, err := s.Step([]float32{20}); err != nil {
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
	h, c := open(sensorPath).NewSession().State(0, 0)
	fmt.Println(len(h), len(c)) // a GRU has no cell state
	// Output: 8 0
}

// A bidirectional model starts from the states that are written after Reset.
// Its reverse direction starts at the sequence's end.
func ExampleSession_State_bidirectional() {
	m := open(vowelsPath)
	tokens, err := m.Encode(nil, "ad")
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
		ys, err := s.RunTokens(tokens)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.3f\n", ys)
	}
	// Output:
	// [0.002 0.998 0.988 0.012]
	// [0.003 0.997 0.988 0.012]
}

// A NaN input makes the state NaN until Reset.
func ExampleSession_Finite() {
	s := open(sensorPath).NewSession()
	broken := float32(0)
	for _, temperature := range []float32{20, broken / broken, 21} {
		if _, err := s.Step([]float32{temperature}); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(s.Finite())
	s.Reset()
	fmt.Println(s.Finite())
	// Output:
	// false
	// true
}

func ExampleModel_Verify() {
	m, err := rnn.Load(models.Shakespeare())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Verify())
	// Output: <nil>
}

func ExampleModel_NewBatch() {
	b := open(sensorPath).NewBatch(3)
	y, err := b.Step([]float32{20, 18, 22}) // a temperature of each of three sensors
	fmt.Printf("%.1f %v\n", y, err)
	b.SetActive(1, false) // its reading is late
	y, err = b.Step([]float32{21.3, 0, 21.5})
	fmt.Printf("%.1f %v\n", y, err)
	// Output:
	// [20.0 18.1 21.8] <nil>
	// [21.5 18.1 22.4] <nil>
}

func ExampleBatch_Run() {
	b := open(sensorPath).NewBatch(8)
	ys, err := b.Run([][]float32{{20, 21.3, 22.5}, {18}})
	fmt.Printf("%.1f %v\n", ys, err)
	// Output: [[20.0 21.5 23.2] [18.1]] <nil>
}
