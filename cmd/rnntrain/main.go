// Command rnntrain trains recurrent networks, converts models of other frameworks, and
// measures models.
package main

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the command without its process: it returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot(args)
	root.SetContext(ctx)
	return cli.Execute(root, args, stdin, stdout, stderr)
}

// welcome is the output of the command without arguments. Its commands need no other
// files.
const welcome = `rnntrain trains recurrent networks, and converts, measures and quantizes them.

Three commands to try, which take a few seconds:
  seq 400 | awk 'BEGIN { print "wave" } { print sin($1 / 5) }' >wave.csv
  rnntrain forecast wave.csv -o wave.rnn --epochs 100
  rnntrain eval wave.rnn wave.csv
`

// newRoot returns the root command with all its commands. args is the command line, for
// the provenance of models.
func newRoot(args []string) *cobra.Command {
	root := &cobra.Command{
		Use:   "rnntrain",
		Short: "Train recurrent networks, convert and measure them",
		Long: `rnntrain trains recurrent networks (RNN, LSTM, GRU) by back-propagation through
time, and writes them to .rnn files. The command rnnrun and the Go package
github.com/rnnrun/rnnrun/runtime run these, with the same bits on every device.

The same command with the same --seed gives the same file.`,
		Example: `  rnntrain lm shakespeare.txt -o shakespeare.rnn
  rnntrain classify reviews.tsv -o reviews.rnn --bidirectional
  rnntrain tag sentences.tsv -o tagger.rnn
  rnntrain translate kor.txt -o en-ko.rnn
  rnntrain forecast sunspots.csv -o sunspots.rnn --horizon 12
  rnntrain regress engine.csv --targets torque --pool none -o torque.rnn
  rnntrain amp dry.wav wet.wav -o amp.rnn
  rnntrain convert model.safetensors -o model.rnn
  rnntrain join encoder.onnx decoder.onnx -o model.rnn --vocabulary words.txt --tokenizer words --start 1 --end 2
  rnntrain export model.rnn -o model.onnx
  rnntrain eval reviews.rnn held-back.tsv`,
		Version:           cli.BuildVersion(),
		PersistentPreRunE: refuseDash,
	}
	root.AddCommand(
		newLanguageCommand(args), newClassifyCommand(args), newTagCommand(args), newTranslateCommand(args), newForecastCommand(args), newRegressCommand(args), newAmpCommand(args),
		newConvertCommand(args), newExportCommand(), newJoinCommand(args), newQuantizeCommand(args), newEvalCommand(), newPlotCommand(), newGradflowCommand())
	cli.Welcome(root, welcome)
	cli.GroupFlags(root, flagGroups())
	root.AddCommand(builders()...)
	return root
}

// refuseDash refuses "-" for files. Only convert reads the standard input; the other
// commands read files several times.
func refuseDash(c *cobra.Command, args []string) error {
	if c.Name() == "convert" {
		args = nil
	}
	return cli.RefuseDash(c, args, "output", "model", "log", "plot", "confusion", "played", "checkpoint", "drift", "from", "valid",
		"label-file", "valid-label-file", "calibrate", "arch", "check",
		"encoder-arch", "decoder-arch", "vocabulary", "source-vocabulary", "target-vocabulary")
}
