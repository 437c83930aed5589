package npy_test

import (
	"bytes"
	"fmt"

	"github.com/rnnrun/rnnrun/npy"
)

// An .npz archive keeps the sizes and the numbers of its arrays, which have names.
func ExampleWriteArchive() {
	var file bytes.Buffer
	err := npy.WriteArchive(&file, npy.Array{Name: "h_n", DType: npy.Float32, Shape: []int{1, 2}, Floats: []float32{0.25, -0.5}})
	if err != nil {
		fmt.Println(err)
		return
	}
	arrays, err := npy.ReadArchive(file.Bytes())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range arrays {
		fmt.Println(a.Name, a.Shape, a.Numbers())
	}
	// Output: h_n [1 2] [0.25 -0.5]
}
