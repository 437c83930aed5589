package safetensors_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/safetensors"
	"github.com/rnnrun/rnnrun/format/statedict"
)

func ExampleMarshal() {
	data, err := safetensors.Marshal([]statedict.Tensor{{Name: "fc.bias", DType: "F32", Shape: []int{2}, Data: []float32{1, 2}}},
		safetensors.Property{Name: "format", Value: "pt"})
	fmt.Printf("%q %v\n", data[8:len(data)-8], err)
	// Output: "{\"__metadata__\":{\"format\":\"pt\"},\"fc.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}     " <nil>
}

// What is written is read again, texts of any kind included.
func TestMarshalAndRead(t *testing.T) {
	tensors := []statedict.Tensor{
		{Name: "half", DType: "F16", Shape: []int{3}, Data: []float32{0.5, -2, 65504}},
		{Name: `a "quoted" <name>`, DType: "F32", Shape: []int{1, 2}, Data: []float32{0.1, -1e-30}},
		{Name: "number", DType: "F32", Data: []float32{7}},
	}
	properties := []safetensors.Property{{Name: "a", Value: "{\"b\": \"c\\n\"}\n"}, {Name: "ü", Value: ""}}
	data, err := safetensors.Marshal(tensors, properties...)
	require.NoError(t, err)
	got, err := safetensors.Read(data)
	require.NoError(t, err)
	require.Equal(t, []statedict.Tensor{tensors[1], tensors[2], tensors[0]}, got, "those of float32 first")
	metadata, err := safetensors.Metadata(data)
	require.NoError(t, err)
	require.Equal(t, properties, metadata)
}

func TestMarshalRefuses(t *testing.T) {
	_, err := safetensors.Marshal([]statedict.Tensor{{Name: "a", DType: "I64", Shape: []int{1}}})
	require.ErrorContains(t, err, `the type "I64" is not written`)
	_, err = safetensors.Marshal([]statedict.Tensor{{Name: "a", DType: "F32", Shape: []int{2}, Data: []float32{1}}})
	require.ErrorContains(t, err, "1 number of the shape [2]")
	_, err = safetensors.Metadata([]byte("short"))
	require.Error(t, err)
}
