package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/onnx"
	"github.com/rnnrun/rnnrun/format/statedict"
	"github.com/rnnrun/rnnrun/internal/cli"
)

// A part is a file that a node of an architecture names.
type part struct {
	source *source
	notes  []string
}

// open reads the model of a part. The file must be in the folder of the architecture.
func (s *source) open(folder string, node *statedict.Node) (*format.Model, error) {
	file := node.File
	if !filepath.IsLocal(file) {
		return nil, network.Refuse(network.ErrArchitecture, file, "the file of a part must be in the folder of the architecture, or below it")
	}
	path := filepath.Join(folder, file)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p := &part{source: &source{data: data, name: path, arch: &statedict.Architecture{}, report: s.report, part: true}}
	p.source.graph.Dimensions = node.Dimensions
	for _, name := range slices.Sorted(maps.Keys(node.Constants)) {
		p.source.graph.Constants = append(p.source.graph.Constants, onnx.Constant{Name: name, Number: strconv.FormatFloat(node.Constants[name], 'g', -1, 64)})
	}
	s.parts = append(s.parts, p)
	if isRNN(data) {
		p.source.kind = "a .rnn file"
		if len(node.Constants)+len(node.Dimensions) > 0 {
			return nil, network.Refuse(network.ErrArchitecture, file, "constants and dimensions are for an ONNX graph, but this is a .rnn file")
		}
		m, err := format.Read(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return m, nil
	}
	n, err := p.source.read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	p.notes = notesOf(n)
	m, err := n.Model()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// parsed parses an architecture, whose parts are in the folder of its file.
func (s *source) parsed(data []byte, path string) (*statedict.Architecture, error) {
	a, err := statedict.ParseArchitecture(data)
	if err != nil {
		return nil, err
	}
	folder := filepath.Dir(path)
	a.Open = func(n *statedict.Node) (*format.Model, error) { return s.open(folder, n) }
	return a, nil
}

// isArchitecture reports whether the file itself is an architecture of nodes whose
// weights are all in parts.
func (s *source) isArchitecture() bool {
	var keys map[string]json.RawMessage
	if !bytes.HasPrefix(bytes.TrimLeft(s.data, " \t\r\n"), []byte("{")) || json.Unmarshal(s.data, &keys) != nil {
		return false
	}
	return keys["nodes"] != nil && keys["inputs"] != nil && len(s.arch.Nodes)+len(s.arch.Tensors) == 0
}

func (s *source) readArchitecture() (*network.Network, error) {
	if s.part {
		return nil, fmt.Errorf("%w: a part cannot itself be an architecture with parts: convert it to a .rnn file, and name that", network.ErrUnsupported)
	}
	if len(s.flags) > 0 {
		return nil, cli.Usagef("%s is for state_dicts, but the file is an architecture itself: leave it out", s.flags[0])
	}
	a, err := s.parsed(s.data, s.name)
	if err != nil {
		return nil, err
	}
	s.arch = a
	n, err := statedict.Network(nil, a)
	if err != nil {
		return nil, err
	}
	s.describeParts(n)
	return n, nil
}

// describeParts adds notes about the parts to a network.
func (s *source) describeParts(n *network.Network) {
	for _, p := range s.parts {
		name := filepath.Base(p.source.name)
		n.Provenance = append(n.Provenance, format.Property{Key: "part " + name, Value: fmt.Sprintf("%s, sha256 %s", p.source.kind, p.source.sum())})
		for _, note := range p.notes {
			n.Notes = append(n.Notes, name+": "+note)
		}
	}
}
