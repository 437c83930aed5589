package rtneural

import (
	"fmt"
	"slices"
)

// gateKeys are the names that Keras has for the function of the gates, in its
// second version and later, and in its first.
func gateKeys() []string { return []string{"recurrent_activation", "inner_activation"} }

// checkGates refuses a file in which a layer, or the description of how the
// model was made, gives the gates another function than the sigmoid: RTNeural's
// weights alone do not tell.
func checkGates(v value) error {
	switch v := v.(type) {
	case list:
		for _, e := range v {
			if err := checkGates(e); err != nil {
				return err
			}
		}
	case *object:
		for _, key := range v.keys {
			f := v.values[key]
			if slices.Contains(gateKeys(), key) && f != "sigmoid" {
				return unsupported(key, "the gates have the function %.40q, but RTNeural computes the sigmoid; Keras' hard_sigmoid is 0.2 x + 0.5 within 0 and 1 before version 3 and x / 6 + 0.5 since: "+
					"export the model to ONNX, which has the constants", fmt.Sprint(f))
			}
			if err := checkGates(f); err != nil {
				return err
			}
		}
	}
	return nil
}
