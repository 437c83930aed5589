package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/tensorflow/savedmodel"
	"github.com/rnnrun/rnnrun/internal/cli"
)

func newConvertCommand(args []string) *cobra.Command {
	f := convertFlags{args: args}
	c := &cobra.Command{
		Use:   "convert IN -o MODEL",
		Short: "Convert a model from another framework",
		Long:  convertHelp, Example: convertExamples,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, paths []string) error { return f.run(c, paths[0]) },
	}
	f.add(c)
	return c
}

func (f *convertFlags) run(c *cobra.Command, path string) error {
	if err := f.settle(); err != nil {
		return err
	}
	if !(f.tolerance >= 0) {
		return cli.Usagef("--tolerance %g is negative or not a number", f.tolerance)
	}
	if _, err := choose("golden", f.golden, map[string]bool{"check": true, "synthetic": true}, convertGoldens...); err != nil {
		return err
	}
	if f.dry {
		return f.dryRun(c, path)
	}
	outputs, err := cli.ClaimOutputs(f.reads(path), cli.Output{Flag: "-o", Path: f.output.output})
	if err != nil {
		return err
	}
	defer outputs.Release()
	s, err := f.open(c, path)
	if err != nil {
		return err
	}
	if isRNN(s.data) && f.frontEnd != "" {
		return f.change(c, s)
	}
	converted, err := f.convert(s)
	if err != nil {
		return err
	}
	if err := format.WriteFile(f.output.output, converted.model); err != nil {
		return err
	}
	return f.report(c.OutOrStdout(), converted)
}

// open reads the source's file and the files that describe it.
func (f *convertFlags) open(c *cobra.Command, path string) (*source, error) {
	data, err := readInput(c, path)
	if err != nil {
		return nil, err
	}
	s := &source{data: data, name: path, shape: f.shape}
	s.graph.Output, s.graph.Dimensions = f.graphOutput, f.dimensions
	if err := f.describe(s); err != nil {
		return nil, err
	}
	if s.graph.Constants, err = readConstants(f.inputs); err != nil {
		return nil, err
	}
	if len(f.checks) > 0 {
		s.checked, err = readProof(f.checks)
	}
	return s, err
}

// convert converts the source to a model, and checks the model if --check is given.
func (f *convertFlags) convert(s *source) (*conversion, error) {
	n, err := s.read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	if err := f.setReset(n, s.kind); err != nil {
		return nil, err
	}
	if err := f.complete(n, s); err != nil {
		return nil, err
	}
	m, err := n.Model()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	if s.checked != nil {
		if m, err = s.checked.choose(n, m, f.tolerance); err != nil {
			return nil, fmt.Errorf("%s: %w", strings.Join(f.checks, ", "), err)
		}
	}
	notes, err := f.text.apply(m)
	if err != nil {
		return nil, err
	}
	n.Notes = append(n.Notes, notes...)
	if m, notes, err = f.behindFrontEnd(m); err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	n.Notes = append(n.Notes, notes...)
	if f.synthetic() {
		if err := addSynthetic(m, mostGolden); err != nil {
			return nil, err
		}
	}
	return &conversion{source: s, network: n, model: m, proof: s.checked}, nil
}

// reads lists the files that are read.
func (f *convertFlags) reads(path string) []string {
	list := append([]string{path, f.arch, f.text.vocabulary}, f.checks...)
	for _, input := range slices.Concat(f.inputs, f.checks) {
		_, file, _ := strings.Cut(input, "=")
		list = append(list, file)
	}
	return list
}

// readInput reads a file or the standard input. For the folder of a SavedModel, it reads
// saved_model.pb.
func readInput(c *cobra.Command, path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(c.InOrStdin())
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		if model := filepath.Join(path, savedmodel.File); exists(model) {
			return os.ReadFile(model)
		}
		return nil, fmt.Errorf("%s: %w", path, unreadFolder(path))
	}
	return os.ReadFile(path)
}

// complete adds to the network the properties from flags and its provenance.
func (f *convertFlags) complete(n *network.Network, s *source) error {
	if f.task != "" {
		task, err := choose("task", f.task, map[string]format.Task{
			"regress": format.TaskRegress, "classify": format.TaskClassify, "tag": format.TaskTag, "language": format.TaskLanguage,
		}, "regress", "classify", "tag", "language")
		if err != nil {
			return err
		}
		n.Task = task
	}
	if s.arch.Output == "" {
		implyOutput(n)
	}
	if len(f.labels) > 0 {
		n.Labels = f.labels
	}
	if f.name != "" {
		n.Provenance = append(n.Provenance, format.Property{Key: "name", Value: f.name})
	}
	n.Provenance = append(n.Provenance,
		format.Property{Key: "made by", Value: "rnntrain " + strings.Join(portable(f.args), " ")},
		format.Property{Key: "source " + filepath.Base(s.name), Value: fmt.Sprintf("%s, sha256 %s", s.kind, s.sum())},
	)
	return nil
}
