// Package score scores texts and sequences of numbers by a model, in pipelines of Apache
// Beam. [Files] reads them from files, and [Texts] and [Sequences] have them from any other
// source. Answers have the bits of the command rnnrun, on every runner.
package score

import (
	"reflect"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
)

// Options say by which model, and what of the records is read.
type Options struct {
	Model   string // builtin:NAME, a path, or a URL of a file system of Beam, such as gs://BUCKET/model.rnn
	Threads int    // that the model runs on in each worker; 0: 1

	// Batch is how many texts or sequences make their steps at once; 0: 64. The answers are
	// the same.
	Batch int
	// Spread has the records of a file spread over the workers, and not the files alone.
	Spread bool

	MaxTokens  int    // of a text; 0: as many as take 64 MiB of memory
	TextColumn string // of CSV, JSON lines and Parquet, with the text; "": "text"

	Columns []string // that a model of numbers reads; nil: those of its training
	Keep    []string // that are repeated beside the outputs; ["all"]: all that are not read
	Group   string   // whose value tells the sequence of a step; "": a file is one
	Header  bool     // the first line of a CSV names other columns than the model's, and is skipped
}

// A Text is a record of a model that reads texts.
type Text struct {
	File string
	Row  int // the line of the file, or the row of a Parquet file, from 1
	Text string
}

// An Answer is what a model answers to a text or to a sequence.
type Answer struct {
	File  string
	Row   int    // of the text, or of the first step of the sequence
	Lines string // of JSON, an object each, without the last newline
}

// A DeadLetter is a record that has no answer.
type DeadLetter struct {
	File   string
	Row    int    // 0: the whole file
	Reason string // as rnnrun prints it
}

// The counters of the namespace rnnrun.
const (
	Namespace   = "rnnrun"
	Records     = "records"      // texts or sequences that were answered
	Steps       = "steps"        // or tokens
	DeadLetters = "dead_letters" // records, or steps of a sequence, that have no answer
)

var (
	records     = beam.NewCounter(Namespace, Records)
	steps       = beam.NewCounter(Namespace, Steps)
	deadLetters = beam.NewCounter(Namespace, DeadLetters)
)

func init() {
	for _, t := range []any{Text{}, Sequence{}, Answer{}, DeadLetter{}} {
		beam.RegisterType(reflect.TypeOf(t))
	}
	register.Emitter1[Text]()
	register.Emitter1[Sequence]()
	register.Emitter1[Answer]()
	register.Emitter1[DeadLetter]()
}

// Files scores a PCollection<fileio.ReadableFile>, and returns a PCollection<Answer> and
// a PCollection<DeadLetter>. The extension tells how a file is read: .csv, .tsv, .jsonl,
// .ndjson, .parquet, each perhaps with .gz after it; of a model that reads texts, any other
// file has a text on each line. readsTexts says which of the two the model is.
func Files(s beam.Scope, o Options, readsTexts bool, files beam.PCollection) (answers, dead beam.PCollection) {
	s = s.Scope("rnnrun.Files")
	var read, found beam.PCollection
	var score func(beam.Scope, Options, beam.PCollection) (answers, dead beam.PCollection)
	if readsTexts {
		read, found = beam.ParDo2(s, &readTextsFn{Options: o}, files)
		score = Texts
	} else {
		read, found = beam.ParDo2(s, &readSequencesFn{Options: o}, files)
		score = Sequences
	}
	if o.Spread {
		read = beam.Reshuffle(s, read)
	}
	answers, refused := score(s, o, read)
	return answers, beam.Flatten(s, found, refused)
}

// Texts scores a PCollection<Text> by a model that classifies texts.
func Texts(s beam.Scope, o Options, texts beam.PCollection) (answers, dead beam.PCollection) {
	return beam.ParDo2(s.Scope("rnnrun.Texts"), &classifyFn{Options: o}, texts)
}

// Sequences scores a PCollection<Sequence> by a model that reads numbers.
func Sequences(s beam.Scope, o Options, sequences beam.PCollection) (answers, dead beam.PCollection) {
	return beam.ParDo2(s.Scope("rnnrun.Sequences"), &runFn{Options: o}, sequences)
}
