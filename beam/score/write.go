package score

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// Lines converts a PCollection<DeadLetter> to a PCollection<Answer> of JSON objects,
// which [Write] writes.
func Lines(s beam.Scope, dead beam.PCollection) beam.PCollection {
	return beam.ParDo(s, deadLines, dead)
}

func deadLines(d DeadLetter) Answer {
	return Answer{d.File, d.Row, string(cli.AppendJSON(nil, cli.Object{"file", d.File, "row", d.Row, "reason", d.Reason}))}
}

// Write writes a PCollection<Answer> to shards files with the names of [ShardNames]. The
// lines of a file are in the order of the input, so the same input gives the same bytes
// on every runner. Every file is written, even if it is empty. A worker holds one file in
// memory.
func Write(s beam.Scope, name string, shards int, answers beam.PCollection) {
	s = s.Scope("rnnrun.Write")
	var all []int
	for i := range shards {
		all = append(all, i)
	}
	sharded := beam.ParDo(s, &shardFn{Shards: shards}, answers)
	empty := beam.ParDo(s, emptyShard, beam.CreateList(s, all))
	beam.ParDo0(s, &writeFn{Names: ShardNames(name, shards)}, beam.GroupByKey(s, beam.Flatten(s, sharded, empty)))
}

// ShardNames returns the names of the files: NAME.jsonl if there is only one, and
// otherwise NAME-00000-of-00008.jsonl.
func ShardNames(name string, shards int) (names []string) {
	if shards == 1 {
		return []string{name + ".jsonl"}
	}
	for i := range shards {
		names = append(names, fmt.Sprintf("%s-%05d-of-%05d.jsonl", name, i, shards))
	}
	return names
}

func init() {
	register.Function1x1(deadLines)
	register.Function1x2(emptyShard)
	register.DoFn1x2[Answer, int, Answer](&shardFn{})
	register.DoFn3x1[context.Context, int, func(*Answer) bool, error](&writeFn{})
	register.Iter1[Answer]()
}

func emptyShard(shard int) (int, Answer) { return shard, Answer{} }

// A shardFn chooses the shard of an answer.
type shardFn struct{ Shards int }

// rowsOfShard is the number of consecutive rows of a file in the same shard.
const rowsOfShard = 4096

// ProcessElement returns the shard and the answer.
func (f *shardFn) ProcessElement(a Answer) (int, Answer) {
	h := fnv.New32a()
	h.Write([]byte(a.File))
	return int((uint64(h.Sum32()) + uint64(a.Row/rowsOfShard)) % uint64(f.Shards)), a
}

// A writeFn writes a shard.
type writeFn struct{ Names []string }

// ProcessElement writes a shard. If it is retried, it writes the same file.
func (f *writeFn) ProcessElement(ctx context.Context, shard int, next func(*Answer) bool) error {
	var list []Answer
	for a := (Answer{}); next(&a); a = (Answer{}) {
		if a.Lines != "" {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b Answer) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row), strings.Compare(a.Lines, b.Lines))
	})
	return write(ctx, f.Names[shard], func(w *bufio.Writer) {
		for _, a := range list {
			w.WriteString(a.Lines)
			w.WriteByte('\n')
		}
	})
}

// write writes a file. If the file system can rename, the file appears when it is
// complete.
func write(ctx context.Context, name string, content func(*bufio.Writer)) error {
	fs, err := filesystem.New(ctx, name)
	if err != nil {
		return err
	}
	defer fs.Close()
	renamer, renames := fs.(filesystem.Renamer)
	path := name
	if renames {
		path += ".part"
	}
	out, err := fs.OpenWrite(ctx, path)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	w := bufio.NewWriter(out)
	content(w)
	if err := flushAndClose(w, out); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if renames {
		return renamer.Rename(ctx, path, name)
	}
	return nil
}

func flushAndClose(w *bufio.Writer, out io.Closer) error {
	err := w.Flush()
	if closing := out.Close(); err == nil {
		err = closing
	}
	return err
}
