package rtneural

import (
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
)

// metadataKeys tell how a model was made, and do not change what it computes.
// input_batch and output_batch are AIDA-X's examples.
func metadataKeys() []string {
	return []string{
		"metadata", "meta", "info", "training_info", "training", "history", "input_batch", "output_batch", "tags",
		"epoch", "epochs", "esr", "loss", "mae", "mse", "val_loss", "validation_loss", "test_loss", "train_loss", "version", "model_version", "date", "timestamp", "seed",
	}
}

// takeKeys refuses the keys of a file except those that are known, and those
// that describe the model: texts, and keys with a known name. It returns notes
// about what it left out.
func (o *object) takeKeys(known ...string) (notes []string, err error) {
	var left []string
	for _, key := range o.keys {
		v := o.values[key]
		_, text := v.(string)
		switch {
		case slices.Contains(known, key):
		case text || v == nil || slices.Contains(metadataKeys(), strings.ToLower(key)):
			left = append(left, network.Quote(key))
		default:
			return nil, unsupported("JSON", "the key %.60q is not known, and may change what the model computes; keys that only describe the model are ignored if they are texts, or lie in \"metadata\"", key)
		}
	}
	const most = 12
	if n := len(left); n > most {
		left = append(left[:most], "…")
	}
	if len(left) > 0 {
		notes = append(notes, "left out, as they describe the model: "+strings.Join(left, ", "))
	}
	return notes, nil
}
