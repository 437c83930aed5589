package quantize_test

import (
	"fmt"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/models"
	"github.com/rnnrun/rnnrun/quantize"
)

// The parts of a model are the names that a plan and rnntrain quantize --part know.
func ExampleParts() {
	data, err := models.File("sentiment-ko")
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := format.Read(format.Align(data))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, part := range quantize.Parts(m) {
		fmt.Println(part.Name)
	}
	// Output:
	// embedding
	// layer 0
	// head
}
