package savedmodel

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/rnnrun/rnnrun/format/protobuf"
	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/regularfile"
)

// The files of a SavedModel.
const (
	File          = "saved_model.pb" // the file by which a SavedModel is known
	fileMetadata  = "keras_metadata.pb"
	pathVariables = "variables/variables"
)

// maxGraphs bounds how many graphs a SavedModel may have.
const maxGraphs = 64

// A saved is a SavedModel as stored in its file: messages are read on demand.
type saved struct {
	tags    []string // what the graph is for
	graph   []byte   // GraphDef
	entries [][]byte // of the map of signatures
	objects []byte   // SavedObjectGraph; nil: TensorFlow 1 wrote it
}

// Match reports whether data begins as a saved_model.pb does: with its version, 1, and
// a graph that begins with what describes it.
func Match(data []byte) bool {
	rest, ok := bytes.CutPrefix(data, []byte{1 << 3, 1, 2<<3 | 2})
	_, n := protowire.ConsumeVarint(rest)
	return ok && n > 0 && len(rest) > n && (rest[n] == 1<<3|2 || rest[n] == 2<<3|2)
}

// open reads a saved_model.pb, and chooses the graph that serves.
func open(data []byte) (*saved, error) {
	var graphs []*saved
	err := protobuf.ReadFields("SavedModel", data, protobuf.Numbers(2), func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			var version int64
			if err := f.Integer(&version); err != nil {
				return err
			}
			if version != 1 {
				return unsupported("", "the version %d of SavedModels, want 1", version)
			}
			return nil
		case 2:
			if len(graphs) == maxGraphs {
				return unsupported("", "it has more than %d graphs", maxGraphs)
			}
			s, err := metaGraph(f)
			graphs = append(graphs, s)
			return err
		}
		return f.Unknown()
	})
	if err != nil {
		return nil, err
	}
	for _, s := range graphs {
		if slices.Contains(s.tags, "serve") {
			return s, nil
		}
	}
	if len(graphs) != 1 {
		return nil, unsupported("", "it has %s and none with the tag serve: save it with tf.saved_model.save, which makes one", message.Count(len(graphs), "graph"))
	}
	return graphs[0], nil
}

// metaGraph reads a MetaGraphDef.
func metaGraph(f protobuf.Field) (*saved, error) {
	s := &saved{}
	err := f.Message("MetaGraphDef", protobuf.Numbers(4, 5, 6), func(f protobuf.Field) (err error) {
		switch f.Number {
		case 1:
			return f.Message("MetaInfoDef", protobuf.Numbers(4, 8), func(f protobuf.Field) error {
				if f.Number != 4 || len(s.tags) == maxGraphs {
					return nil // what wrote it, which operators it has
				}
				var tag string
				err := f.Text(&tag)
				s.tags = append(s.tags, tag)
				return err
			})
		case 2:
			s.graph, err = f.Bytes()
			return err
		case 3, 4, 6: // how to save it, collections, files
			return nil
		case 5:
			if len(s.entries) == maxGraphs {
				return unsupported("", "it has more than %d signatures", maxGraphs)
			}
			b, err := f.Bytes()
			s.entries = append(s.entries, b)
			return err
		case 7:
			s.objects, err = f.Bytes()
			return err
		}
		return f.Unknown()
	})
	return s, err
}

// readFile reads a file that may be missing.
func readFile(folder fs.FS, name string) ([]byte, error) {
	b, err := regularfile.ReadFile(folder, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}
