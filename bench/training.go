package main

import (
	"fmt"
	"log"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/trainer"
)

// What is trained: Embedding(64, 64) → cell → Linear(64), on minibatches of 32
// sequences of 64 steps, by Adam with gradients clipped to a norm of 1.
const (
	trainTokens = 64
	trainBatch  = 32
	trainSteps  = 64
)

// A Training is how fast a network was trained.
type Training struct {
	Cell    string `json:"cell"`
	Hidden  int    `json:"hidden"`
	Threads int    `json:"threads"`
	Rates   []Rate `json:"rates"`
}

// A Rate is how many tokens a second a peer trains on, and how much memory its
// process has at most.
type Rate struct {
	Peer  string  `json:"peer"`
	Rate  float64 `json:"tokens_per_second"` // median over the rounds
	Ratio float64 `json:"ratio"`             // rnnrun's rate to it in the same round: the median
	Peak  int64   `json:"peak_bytes"`
	Share float64 `json:"share"` // rnnrun's peak to it
}

// compareTraining measures rnnrun and PyTorch in turn, for a number of rounds.
func compareTraining(cell format.Cell, hidden, threads, rounds int, each time.Duration, peers []*pytorch) (Training, error) {
	result := Training{Cell: cell.String(), Hidden: hidden, Threads: threads, Rates: []Rate{{Peer: ours{format.DTypeF32}.Name()}}}
	request := trainRequest{cell, hidden, threads, each}
	own, err := newTrainer(cell, hidden)
	if err != nil {
		return result, err
	}
	for _, p := range peers {
		result.Rates = append(result.Rates, Rate{Peer: p.Name()})
	}
	rates := make([][]float64, len(result.Rates))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
	for range rounds {
		rate, err := own.measure(each)
		if err != nil {
			return result, err
		}
		rates[0] = append(rates[0], rate)
		for i, p := range peers {
			rate, err := p.train(request)
			if err != nil {
				return result, err
			}
			rates[i+1] = append(rates[i+1], rate)
		}
	}
	if err := result.measurePeaks(request, peers); err != nil {
		return result, err
	}
	for i := range rates {
		ratios := make([]float64, rounds)
		for k := range ratios {
			ratios[k] = rates[0][k] / rates[i][k]
		}
		result.Rates[i].Rate, result.Rates[i].Ratio = median(rates[i]), median(ratios)
	}
	log.Printf("training %s %d, %d threads: %+v", result.Cell, hidden, threads, result.Rates)
	return result, nil
}

// measurePeaks measures how much memory each peer has at most.
func (t *Training) measurePeaks(r trainRequest, peers []*pytorch) (err error) {
	if t.Rates[0].Peak, err = ownPeak(r); err != nil {
		return err
	}
	t.Rates[0].Share = 1
	for i, p := range peers {
		rate := &t.Rates[i+1]
		if rate.Peak, err = p.peak(r); err != nil {
			return err
		}
		rate.Share = float64(t.Rates[0].Peak) / float64(rate.Peak)
	}
	return nil
}

// train trains by PyTorch, and returns its rate.
func (p *pytorch) train(r trainRequest) (float64, error) {
	a, err := p.ask(request{
		"do": "train", "cell": r.Cell.String(), "inputs": trainTokens, "hidden": r.Hidden, "tokens": trainTokens,
		"batch": trainBatch, "steps": trainSteps, "threads": r.Threads, "seconds": r.Time.Seconds(),
	})
	if err != nil {
		return 0, fmt.Errorf("%s: %w", p.Name(), err)
	}
	return a.Rate, nil
}

// An ownTrainer is a trainer of rnnrun with a minibatch of random tokens: the
// work does not depend on what they are.
type ownTrainer struct {
	trainer   *trainer.Trainer
	sequences []dataset.Sequence
}

func newTrainer(cell format.Cell, hidden int) (*ownTrainer, error) {
	net, err := trainer.NewNetwork(trainer.Architecture{
		Task: format.TaskLanguage, Cell: cell, Tokens: trainTokens, EmbeddingSize: trainTokens,
		HiddenSize: hidden, Layers: 1, Outputs: trainTokens, Output: format.OutputSoftmax,
	}, 1)
	if err != nil {
		return nil, err
	}
	t := &ownTrainer{trainer: trainer.NewTrainer(net, trainer.Options{Clip: 1})}
	rng := rand.New(rand.NewPCG(1, 2))
	for range trainBatch {
		tokens := make([]int32, trainSteps+1)
		for i := range tokens {
			tokens[i] = rng.Int32N(trainTokens)
		}
		t.sequences = append(t.sequences, dataset.Sequence{Tokens: tokens[:trainSteps], Classes: tokens[1:]})
	}
	return t, nil
}

// measure trains for about that long, and returns the median rate.
func (t *ownTrainer) measure(d time.Duration) (float64, error) {
	const warm = 2
	var rates []float64
	for i, end := 0, time.Now().Add(d); len(rates) < 3 || time.Now().Before(end); i++ {
		start := time.Now()
		if _, err := t.trainer.Step(t.sequences, 1e-3, i > 0); err != nil {
			return 0, err
		}
		if i >= warm {
			rates = append(rates, trainBatch*trainSteps/time.Since(start).Seconds())
		}
	}
	return median(rates), nil
}
