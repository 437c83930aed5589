// Package score scores texts and sequences of numbers with a model, in Apache Beam
// pipelines. [Files] reads them from files; [Texts] and [Sequences] take them from any
// other source. The answers have the same bits as those of the command rnnrun, on every
// runner.
package score

import (
	"reflect"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
)

// Options define the model, and which parts of the records are read.
type Options struct {
	Model   string // builtin:NAME, a path, or a URL of a file system of Beam, such as gs://BUCKET/model.rnn
	Threads int    // threads for the model in each worker; 0: 1

	// Batch is the number of texts or sequences that are run as a batch; 0: 64. The
	// answers are the same.
	Batch int
	// Spread distributes the records of each file over the workers, rather than only the
	// files.
	Spread bool

	MaxTokens  int    // most tokens in a text; 0: as many as fit in 64 MiB of memory
	TextColumn string // column with the text in CSV, JSON lines and Parquet; "": "text"

	Columns []string // columns that a model of numbers reads; nil: those of its training
	Keep    []string // columns to repeat beside the outputs; ["all"]: all that are not read
	Group   string   // column that identifies the sequence of a step; "": each file is a sequence
	Header  bool     // skip the first line of a CSV, whose names differ from the model's columns
}

// A Text is a record of a model that reads texts.
type Text struct {
	File string
	Row  int // the line of the file, or the row of a Parquet file, from 1
	Text string
}

// An Answer is the model's answer to a text or a sequence.
type Answer struct {
	File  string
	Row   int    // row of the text, or of the first step of the sequence
	Lines string // JSON objects, one per line, without the last newline
}

// A DeadLetter is a record without an answer.
type DeadLetter struct {
	File   string
	Row    int    // 0: the whole file
	Reason string // as rnnrun prints it
}

// The counters of the namespace rnnrun.
const (
	Namespace   = "rnnrun"
	Records     = "records"      // answered texts or sequences
	Steps       = "steps"        // or tokens
	DeadLetters = "dead_letters" // records, or steps of a sequence, without an answer
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
// a PCollection<DeadLetter>. The extension determines how a file is read: .csv, .tsv,
// .jsonl, .ndjson or .parquet, optionally followed by .gz. If the model reads texts, any
// other file has one text per line. readsTexts says whether the model reads texts or
// numbers.
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

// Texts scores a PCollection<Text> with a model that classifies texts.
func Texts(s beam.Scope, o Options, texts beam.PCollection) (answers, dead beam.PCollection) {
	return beam.ParDo2(s.Scope("rnnrun.Texts"), &classifyFn{Options: o}, texts)
}

// Sequences scores a PCollection<Sequence> with a model that reads numbers.
func Sequences(s beam.Scope, o Options, sequences beam.PCollection) (answers, dead beam.PCollection) {
	return beam.ParDo2(s.Scope("rnnrun.Sequences"), &runFn{Options: o}, sequences)
}
