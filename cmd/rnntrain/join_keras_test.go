package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The encoder and the decoder that Keras' examples save for inference join: the
// encoder gives its states, also of two directions side by side, and the decoder reads
// and gives them.
func TestJoinReadsModelsOfKeras(t *testing.T) {
	for _, encoder := range []string{"translator-encoder", "translator-both"} {
		t.Run(encoder, func(t *testing.T) {
			folder := kerasFiles(t, encoder+".h5", encoder+".npz", "translator-decoder.h5")
			source, target := write(t, "source.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\n"), write(t, "target.txt", "a\n^\n$\nd\ne\nf\ng\nh\n")
			code, stdout, stderr := invoke(t, "join", filepath.Join(folder, encoder+".h5"), filepath.Join(folder, "translator-decoder.h5"), "-o", filepath.Join(folder, "model.rnn"),
				"--source-vocabulary", source, "--target-vocabulary", target, "--tokenizer", "characters", "--start", "1", "--end", "2", "--check", filepath.Join(folder, encoder+".npz"))
			require.Zero(t, code, stderr)
			require.Contains(t, stdout, "6 translations as in y")
		})
	}
}
