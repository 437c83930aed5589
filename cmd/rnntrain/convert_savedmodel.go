package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/tensorflow"
	"github.com/rnnrun/rnnrun/format/tensorflow/savedmodel"
)

// isSavedModel reports whether the file is the saved_model.pb of a SavedModel, or an
// archive of a SavedModel.
func (s *source) isSavedModel() bool {
	return savedmodel.Match(s.data) || slices.ContainsFunc(s.members(), savedmodel.MatchMember)
}

// readSavedModel reads a SavedModel from its folder or from an archive.
func (s *source) readSavedModel() (*network.Network, error) {
	if err := s.undescribed(); err != nil {
		return nil, err
	}
	layers, err := s.kerasOptions(nil)
	if err != nil {
		return nil, err
	}
	options := savedmodel.Options{Keras: layers, Graph: s.graphOptions()}
	if s.members() != nil {
		return savedmodel.ReadArchive(s.data, options)
	}
	if s.name == "-" {
		return nil, fmt.Errorf("%w: the weights are in files beside saved_model.pb: give the path of its folder", network.ErrUnsupported)
	}
	path := s.name
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		path = filepath.Dir(path)
	}
	folder, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return savedmodel.Read(folder.FS(), options)
}

// graphOptions returns the options for a TensorFlow graph from the flags.
func (s *source) graphOptions() tensorflow.Options {
	return tensorflow.Options{Shape: s.shape, Output: s.graph.Output, Constants: s.graph.Constants, Report: s.report}
}

// ofTensorFlow reports whether the file has, or may have, a TensorFlow graph.
func (s *source) ofTensorFlow() bool { return s.kind == kindGraph || s.kind == kindSaved }

func exists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() // opening a pipe may block for ever
}
