// Command rnnrun-beam scores files of texts or numbers with a model, in an Apache Beam
// pipeline: in this process, or on a cluster of Flink, Spark or Dataflow.
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

// A config has the values of the flags.
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
		Short: "Score many files with a model, on Apache Beam",
		Long: cli.LongHelp(`Score files with a model, in an Apache Beam pipeline. The answers have the same bits as
those of the command rnnrun, on every runner.

A model that classifies texts reads one text per line, or the column --text of .csv, .tsv,
.jsonl (.ndjson) and .parquet files. A model of numbers reads sequences as 'rnnrun run'
does. A CSV is one sequence, with one step per line; it may also have several sequences,
separated by empty lines or identified by the column --group. In .jsonl, a line
[[1,2],[3,4]] or {"inputs":[[1,2],[3,4]],"id":7} is a sequence, and in .parquet a row with
such a list. Files may be compressed: .csv.gz.

The answers are written to FOLDER/answers.jsonl, as 'rnnrun classify --json' and 'rnnrun
run --json' write them: one object per text, step or sequence. Texts and steps that could
not be read are in FOLDER/dead-letters.jsonl, with file, row and reason. Both are in the
order of the input, on every runner.

The default runner is prism, in this process. Flink and Spark need --endpoint, the address
of a Beam job server. All workers must have access to the input files, the model and
FOLDER: on a shared file system, or in a bucket as gs://BUCKET/PATH. All other flags of
Beam's runners are also accepted.

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
	f.StringArrayVarP(&v.inputs, "input", "i", nil, "`PATTERN` of files, such as 'folder/*.txt'; may be repeated")
	f.StringVarP(&v.output, "output", "o", "", "`FOLDER` for the answers and the dead letters")
	f.IntVar(&v.shards, "shards", 1, "number of files for the answers; each is written by one worker")
	f.BoolVar(&v.json, "json", false, "print the summary as a JSON object")
	f.StringVar(&v.log, "log", "warn", "what Beam logs: off, error, warn, info or debug")
	f.StringVar(&v.TextColumn, "text", "text", "column with the text in .csv, .jsonl and .parquet")
	f.IntVar(&v.MaxTokens, "max-tokens", 0, "most tokens in a text (default: as many as fit in 64 MiB of memory)")
	f.StringSliceVar(&v.Columns, "columns", nil, "columns to read, by name or number from 0: ax,ay")
	f.StringSliceVar(&v.Keep, "keep", nil, "columns to repeat beside the outputs, such as time; all: all that are not read")
	f.StringVar(&v.Group, "group", "", "column that identifies the sequence of a step")
	f.BoolVar(&v.Header, "header", false, "skip the first line of a CSV if its names differ from the model's columns")
	f.IntVar(&v.Batch, "batch", 64, "texts or sequences to run as a batch; the answers are the same")
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

// check refuses invalid flags.
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
	beam.Init() // in a worker, it does the work and does not return
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
