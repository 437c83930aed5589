package runtime_test

import (
	"fmt"
	"log"
	"os"

	rnn "github.com/rnnrun/rnnrun/runtime"
)

// Two threads share the large products of a step. The outputs have the same bits as on one thread.
func ExampleWithThreads() {
	data, err := os.ReadFile(sensorPath)
	if err != nil {
		log.Fatal(err)
	}
	m, err := rnn.Load(data, rnn.WithThreads(2))
	if err != nil {
		log.Fatal(err)
	}
	ys, err := m.NewSession().Run([]float32{20, 21.3, 22.5})
	fmt.Printf("%.1f %v\n", ys, err)
	// Output: [20.0 21.5 23.2] <nil>
}
