// Command rnnrun-beam scores files of texts or of numbers by a model, in a pipeline of Apache
// Beam: in this process, or on a cluster of Flink, Spark or Dataflow.
package main

import (
	"io"
	"os"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/beam/score"
	"github.com/rnnrun/rnnrun/internal/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run runs a command line and returns its exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return cli.Execute(newCommand(), args, stdin, stdout, stderr)
}

// A config is what the flags ask for.
type config struct {
	score.Options
	threads cli.Threads
	inputs  []string
	output  string
	shards  int
	json    bool
	log     string
}

func newCommand() *cobra.Command {
	v := new(config)
	c := &cobra.Command{
		Use:   "rnnrun-beam -m MODEL --input PATTERN --output FOLDER [flags]",
		Short: "Score many files by a model, on Apache Beam",
		Long: cli.LongHelp(`Score the files of the patterns by a model, in a pipeline of Apache Beam. The answers have
the bits of the command rnnrun, on every runner.

A model that classifies texts reads one from each line, or from the column --text of .csv,
.tsv, .jsonl (.ndjson) and .parquet. A model of numbers reads sequences as 'rnnrun run' does:
a CSV is one, with a step a line, or several between empty lines, or one for each value of
--group; a line [[1,2],[3,4]] or {"inputs":[[1,2],[3,4]],"id":7} of .jsonl is one, and so is a
row with such a list of .parquet. A file may be compressed: .csv.gz.

FOLDER has then answers.jsonl, an object for each text, step or sequence as of 'rnnrun
classify --json' and 'rnnrun run --json', and dead-letters.jsonl, with file, row and reason of
each text and step that could not be read. Both are in the order of the input, the same on
every runner.

By default the runner is prism, in this process. Of the others, Flink and Spark need
--endpoint, the address of a Beam job server; the files, the model and FOLDER are then where
all workers have them: on a shared file system, or in a bucket as gs://BUCKET/PATH. All other
flags of Beam's runners may be given, too.

`),
		Example: `  rnnrun-beam --input 'reviews/*.txt' --output out
  rnnrun-beam -m pump.rnn --input 'plant/*.csv' --group pump --keep time --output out
  rnnrun-beam -m fraud.rnn --input 'payments/*.parquet' --keep id --output out --shards 8 --json
  rnnrun-beam -m gs://models/pump.rnn --input 'gs://plant/*.jsonl' --output gs://plant/out --runner flink --endpoint localhost:8099`,
		Version: cli.BuildVersion(),
		Args:    cobra.NoArgs,
		RunE:    v.run,
	}
	cli.ModelFlag(c, &v.Model, cli.Builtin+"sentiment-ko")
	cli.ThreadsFlag(c, &v.threads)
	f := c.Flags()
	f.StringArrayVarP(&v.inputs, "input", "i", nil, "`PATTERN` of files, such as 'folder/*.txt'; may be given several times")
	f.StringVarP(&v.output, "output", "o", "", "`FOLDER` of the answers and the dead letters")
	f.IntVar(&v.shards, "shards", 1, "files of answers, each of which a worker writes")
	f.BoolVar(&v.json, "json", false, "print the summary as a JSON object")
	f.StringVar(&v.log, "log", "warn", "what Beam logs: off, error, warn, info or debug")
	f.StringVar(&v.TextColumn, "text", "text", "column with the text, of .csv, .jsonl and .parquet")
	f.IntVar(&v.MaxTokens, "max-tokens", 0, "the most tokens of a text (default: as many as take 64 MiB of memory)")
	f.StringSliceVar(&v.Columns, "columns", nil, "columns to read, by name or number from 0: ax,ay")
	f.StringSliceVar(&v.Keep, "keep", nil, "columns to repeat beside the outputs: time; all: all that are not read")
	f.StringVar(&v.Group, "group", "", "column that tells the sequence of a step")
	f.BoolVar(&v.Header, "header", false, "skip the first line of a CSV, which has other names than the model's columns")
	f.IntVar(&v.Batch, "batch", 64, "texts or sequences that make their steps at once; the answers are the same")
	f.BoolVar(&v.Spread, "spread", false, "spread the records of each file over the workers: for few large files")
	addBeamFlags(f)
	cli.GroupFlags(c, flagGroups())
	return c
}

// flagGroups returns the sections of flags in the help.
func flagGroups() []cli.FlagGroup {
	return []cli.FlagGroup{
		{Title: "Main flags", Flags: []string{"model", "input", "output", "text", "columns", "group", "keep"}},
		{Title: "Files", Flags: []string{"header", "max-tokens", "shards", "json", "log"}},
		{Title: "Speed and memory", Flags: []string{"batch", "threads", "spread"}},
		{Title: "Runner", Flags: runnerFlags},
	}
}

// check refuses flags that make no sense.
func (v *config) check() error {
	switch {
	case len(v.inputs) == 0:
		return cli.Usagef("give the files to score: --input 'folder/*.txt'")
	case v.output == "":
		return cli.Usagef("give the folder of the answers: --output out")
	case v.shards < 1 || v.shards > 99999:
		return cli.Usagef("--shards %d is not between 1 and 99999", v.shards)
	case v.Batch < 1 || v.Batch > 4096:
		return cli.Usagef("--batch %d is not between 1 and 4096", v.Batch)
	case v.MaxTokens < 0:
		return cli.Usagef("--max-tokens %d: give a positive number of tokens", v.MaxTokens)
	}
	return nil
}

func (v *config) run(c *cobra.Command, _ []string) error {
	beam.Init() // in a worker it does the work, and does not return
	if err := v.check(); err != nil {
		return err
	}
	if err := setLog(v.log, c.ErrOrStderr()); err != nil {
		return err
	}
	v.Threads = int(v.threads)
	done, err := v.score(c.Context())
	if err != nil {
		return err
	}
	return done.print(c.OutOrStdout(), v.json)
}
