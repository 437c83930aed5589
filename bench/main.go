// Command bench runs rnnrun and its peers side by side: in turn, in one run, on
// the same weights and inputs, after it has compared their outputs. It also
// compares rnnrun with the limits of the core: cycles of a step, the share of
// the bandwidth, and the tails of single steps.
//
//	cd bench && go run . -markdown RESULTS.md -json results.json
//
// It measures whole models, too: twins with random weights of networks that people
// deploy, and with -models each NAME.onnx of a folder, beside the NAME.rnn that
// rnntrain convert has made of it.
//
//	rnntrain convert vad.onnx -o vad.rnn --input sr=16000 --dimension sequence=576
//	cd bench && go run . -models . -constant sr=16000 -only '^whole'
//
// It fetches what it needs once into the user's cache folder: ONNX Runtime's
// shared library by npm, and two libraries of linear algebra by apt-get for
// PyTorch to run on. PyTorch itself must be there (Debian: python3-torch); a
// peer that cannot be had is named in the report as missing.
//
// It is a module of its own, so that the peers stay out of the requirements of
// rnnrun. It needs a C compiler.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/format"
)

type settings struct {
	only, peers    *regexp.Regexp
	rounds         int
	each           time.Duration
	steps          int
	python         string
	train          bool
	models         string           // the folder of whole models
	constants      map[string]int64 // of their inputs
	peak           *trainRequest    // what this process only trains; nil: it measures
	markdown, json string
}

func main() {
	log.SetFlags(0)
	s, err := parse(os.Args[1:], os.Stderr)
	if err != nil {
		os.Exit(2)
	}
	if err := s.run(); err != nil {
		log.Fatal(err)
	}
}

func parse(args []string, stderr io.Writer) (*settings, error) {
	s := &settings{}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	pattern := func(name, usage string, to **regexp.Regexp) {
		*to = regexp.MustCompile("")
		flags.Func(name, usage, func(v string) (err error) {
			*to, err = regexp.Compile(v)
			return err
		})
	}
	pattern("only", "measure only what matches, such as 'streaming LSTM', 'compact', 'batches', 'sequences', 'cycles', 'bandwidth', 'steady', 'product', 'training GRU'", &s.only)
	pattern("peers", "measure only peers whose `name` matches; rnnrun always takes part", &s.peers)
	flags.IntVar(&s.rounds, "rounds", 7, "how often each has its turn")
	flags.DurationVar(&s.each, "time", 20*time.Millisecond, "how long a turn is; of training ten times as long")
	flags.IntVar(&s.steps, "steps", 1_000_000, "steps to time one by one, for the tails")
	flags.StringVar(&s.python, "python", "/usr/bin/python3", "the Python that has PyTorch")
	flags.BoolVar(&s.train, "train", false, "measure training, too")
	flags.Func("peak", "only train what a `request` says, and print the most memory that it took; for this program's own use", func(v string) error {
		s.peak = &trainRequest{}
		return json.Unmarshal([]byte(v), s.peak)
	})
	flags.StringVar(&s.models, "models", "", "measure whole models, too: pairs NAME.onnx and NAME.rnn in a `folder`, which rnntrain convert has made of it")
	s.constants = map[string]int64{}
	flags.Func("constant", "`NAME=N`: an input of ONNX models of -models that is no stream is this number; may be repeated", func(v string) error {
		name, number, _ := strings.Cut(v, "=")
		n, err := strconv.ParseInt(number, 10, 64)
		s.constants[name] = n
		return err
	})
	flags.StringVar(&s.markdown, "markdown", "-", "`file` for the tables")
	flags.StringVar(&s.json, "json", "", "`file` for the same as JSON")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 || s.rounds < 1 || s.each <= 0 || s.steps < 1 {
		err := fmt.Errorf("give flags only, one round and one step or more, and a positive time")
		fmt.Fprintln(stderr, err)
		return nil, err
	}
	return s, nil
}

func (s *settings) run() error {
	if s.peak != nil {
		return s.peak.serve()
	}
	report, err := newReport(s)
	if err != nil {
		return err
	}
	peers := s.start(report)
	defer func() {
		for _, p := range peers {
			p.Close()
		}
	}()
	for _, measure := range []func(*Report, []Peer) error{s.networks, s.batches, s.wholes, s.limits, s.tails, s.products, s.training} {
		if err := measure(report, peers); err != nil {
			return err
		}
	}
	report.Machine.finish()
	if s.json != "" {
		if err := report.writeJSON(s.json); err != nil {
			return err
		}
	}
	return report.writeMarkdown(s.markdown)
}

// start starts the peers that are asked for and can be had. rnnrun's of a number
// format stands before others of that format.
func (s *settings) start(report *Report) (peers []Peer) {
	add := func(name string, start func() (Peer, error)) {
		if !s.peers.MatchString(name) {
			return
		}
		p, err := start()
		if err != nil {
			log.Printf("%s is missing: %v", name, err)
			first, _, _ := strings.Cut(err.Error(), "\n")
			report.Missing = append(report.Missing, name+": "+first)
			return
		}
		if p.Version() != "" {
			report.Peers = append(report.Peers, p.Name()+": "+p.Version())
		}
		peers = append(peers, p)
	}
	torch := func(name string, b blasPackage, dtype format.DType) {
		add(name, func() (Peer, error) {
			library, err := fetchBLAS(b)
			if err != nil {
				return nil, err
			}
			return newPyTorch(s.python, name, library, dtype)
		})
	}
	peers = append(peers, ours{format.DTypeF32}, ours{format.DTypeF16}, ours{format.DTypeInt8})
	add(reading{}.Name(), func() (Peer, error) { return reading{}, nil })
	for _, dtype := range []format.DType{format.DTypeF32, format.DTypeInt8} {
		add(onnxRuntime{dtype}.Name(), func() (Peer, error) { return newONNXRuntime(dtype) })
	}
	torch("PyTorch, OpenBLAS", openBLAS, format.DTypeF32)
	torch("PyTorch, BLIS", blis, format.DTypeF32)
	torch("PyTorch int8", blis, format.DTypeInt8) // its products are the engine's own
	return peers
}

// networks compares all peers on all cases: those of float32 weights, and of
// streaming those of rounded ones too.
func (s *settings) networks(report *Report, peers []Peer) error {
	for _, c := range cases() {
		for _, compact := range []bool{false, true} {
			name := mode(c.Steps) + " " + c.Name
			if compact {
				name = "compact " + name
			}
			if !s.only.MatchString(name) || compact && c.Steps > 0 {
				continue
			}
			r, err := compare(&c, group(peers, compact), s.rounds, s.each)
			if err != nil {
				return err
			}
			if r.WeightBytes, err = stepBytes(&c); err != nil {
				return err
			}
			if compact {
				report.Compact = append(report.Compact, r)
			} else {
				report.Cases = append(report.Cases, r)
			}
		}
	}
	return nil
}

// group returns the peers of float32 weights, or rnnrun and those of rounded
// ones.
func group(peers []Peer, compact bool) (list []Peer) {
	for i, p := range peers {
		if i == 0 || compact == (p.DType() != format.DTypeF32) {
			list = append(list, p)
		}
	}
	return list
}

func (s *settings) products(report *Report, _ []Peer) error {
	for _, shape := range products {
		if !s.only.MatchString("product") {
			break
		}
		r, err := compareProduct(shape[0], shape[1], s.rounds, s.each)
		if err != nil {
			return err
		}
		report.Products = append(report.Products, r)
	}
	return nil
}

func (s *settings) training(report *Report, peers []Peer) error {
	if !s.train {
		return nil
	}
	var torches []*pytorch
	for _, p := range peers {
		if t, ok := p.(*pytorch); ok && t.dtype == format.DTypeF32 {
			torches = append(torches, t)
		}
	}
	for _, threads := range []int{1, 2} {
		for _, cell := range []format.Cell{format.CellRNN, format.CellLSTM, format.CellGRU} {
			for _, hidden := range []int{128, 256} {
				if !s.only.MatchString(fmt.Sprintf("training %v %d", cell, hidden)) {
					continue
				}
				t, err := compareTraining(cell, hidden, threads, s.rounds, 10*s.each, torches)
				if err != nil {
					return err
				}
				report.Training = append(report.Training, t)
			}
		}
	}
	return nil
}
