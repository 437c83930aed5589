// Command bench runs rnnrun and its peers side by side: in turn, in one run,
// on the same weights and inputs, after it has compared their outputs.
//
//	cd bench && go run . -markdown RESULTS.md -json results.json
//
// What it needs is fetched once into the user's cache folder: ONNX Runtime's
// shared library by npm, and two libraries of linear algebra by apt-get for
// PyTorch to run on. PyTorch itself must be there (Debian: python3-torch); a
// peer that cannot be had is named in the report as missing.
//
// A module of its own, so that the peers stay out of the requirements of
// rnnrun. It needs a C compiler.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"regexp"
	"strings"
	"time"

	"rnnrun/format"
	rnn "rnnrun/runtime"
)

type settings struct {
	cases, peers   *regexp.Regexp
	rounds         int
	each           time.Duration
	python         string
	train          bool
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
	pattern("cases", "measure only cases whose `name` matches, such as 'streaming LSTM', 'sequence', 'product', 'training GRU'", &s.cases)
	pattern("peers", "measure only peers whose `name` matches; rnnrun always takes part", &s.peers)
	flags.IntVar(&s.rounds, "rounds", 9, "how often each peer has its turn")
	flags.DurationVar(&s.each, "time", 20*time.Millisecond, "how long a turn is; of training ten times as long")
	flags.StringVar(&s.python, "python", "/usr/bin/python3", "the Python that has PyTorch")
	flags.BoolVar(&s.train, "train", false, "measure training, too")
	flags.StringVar(&s.markdown, "markdown", "-", "`file` for the tables")
	flags.StringVar(&s.json, "json", "", "`file` for the same as JSON")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 || s.rounds < 1 || s.each <= 0 {
		err := fmt.Errorf("give flags only, one round or more, and a positive time")
		fmt.Fprintln(stderr, err)
		return nil, err
	}
	return s, nil
}

func (s *settings) run() error {
	report, err := newReport(s.rounds)
	if err != nil {
		return err
	}
	peers, torches := s.start(report)
	defer func() {
		for _, p := range peers {
			p.Close()
		}
	}()
	if err := s.networks(report, peers); err != nil {
		return err
	}
	for _, shape := range products {
		if !s.cases.MatchString("product") {
			break
		}
		r, err := compareProduct(shape[0], shape[1], s.rounds, s.each)
		if err != nil {
			return err
		}
		report.Products = append(report.Products, r)
	}
	if s.train {
		if err := s.training(report, torches); err != nil {
			return err
		}
	}
	report.Machine.LoadAfter = load()
	if s.json != "" {
		if err := report.writeJSON(s.json); err != nil {
			return err
		}
	}
	return report.writeMarkdown(s.markdown)
}

// start starts the peers that are asked for and can be had.
func (s *settings) start(report *Report) (peers []Peer, torches []*pytorch) {
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
		if t, ok := p.(*pytorch); ok {
			torches = append(torches, t)
		}
		if p.Version() != "" {
			report.Peers = append(report.Peers, p.Name()+": "+p.Version())
		}
		peers = append(peers, p)
	}
	peers = append(peers, ours{})
	add(reading{}.Name(), func() (Peer, error) { return reading{}, nil })
	add(onnxRuntime{}.Name(), newONNXRuntime)
	for _, b := range blasPackages {
		add("PyTorch, "+b.name, func() (Peer, error) {
			library, err := fetchBLAS(b.debian, b.dir)
			if err != nil {
				return nil, err
			}
			return newPyTorch(s.python, b.name, library)
		})
	}
	return peers, torches
}

func (s *settings) networks(report *Report, peers []Peer) error {
	for _, c := range cases() {
		if !s.cases.MatchString(mode(c.Steps) + " " + c.Name) {
			continue
		}
		m, err := rnn.New(c.Spec.Model())
		if err != nil {
			return err
		}
		r, err := compare(&c, peers, s.rounds, s.each)
		if err != nil {
			return err
		}
		r.WeightBytes = m.StepBytes()
		report.Cases = append(report.Cases, r)
	}
	return nil
}

func (s *settings) training(report *Report, torches []*pytorch) error {
	for _, threads := range []int{1, 2} {
		for _, cell := range []format.Cell{format.RNN, format.LSTM, format.GRU} {
			for _, hidden := range []int{128, 256} {
				if !s.cases.MatchString(fmt.Sprintf("training %v %d", cell, hidden)) {
					continue
				}
				t, err := compareTraining(cell, hidden, threads, 10*s.each, torches)
				if err != nil {
					return err
				}
				report.Training = append(report.Training, t)
			}
		}
	}
	return nil
}
