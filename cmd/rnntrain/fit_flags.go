package main

import (
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/trainer"
)

// fitFlags define the training.
type fitFlags struct {
	epochs           int
	batch            int
	rate             float64
	rates            string
	optimizer        string
	momentum         float64
	decay            float64
	clip             float64
	clipValue        float64
	dropout          float64
	inputDropout     float64
	recurrentDropout float64
	schedule         scheduleFlags
	patience         int
	seed             uint64
	memory           int
	dtype            string
	checkpoint       checkpointFlags
}

var optimizers = []string{"sgd", "nesterov", "rmsprop", "adam", "adamw"}

func (f *fitFlags) add(c *cobra.Command) {
	f.addBasics(c)
	c.Flags().StringVar(&f.rates, "group-lr", "", "learning-rate factors for parts of the network: embedding=0.1,layer0=0.5,head=2")
	c.Flags().Float64Var(&f.clipValue, "clip-value", 0, "maximum absolute value of a gradient; 0: no clipping")
	c.Flags().Float64Var(&f.dropout, "dropout", f.dropout, "dropout after every recurrent layer")
	c.Flags().Float64Var(&f.inputDropout, "input-dropout", f.inputDropout, "dropout after the embedding, or of the inputs")
	c.Flags().Float64Var(&f.recurrentDropout, "recurrent-dropout", f.recurrentDropout, "dropout of the recurrent state, with one mask per sequence")
	c.Flags().IntVar(&f.patience, "patience", 0, "early stopping: epochs without a better validation loss; 0: off")
	c.Flags().IntVar(&f.memory, "memory", 1024, "MiB of data to keep in memory; the rest goes to a temporary file")
	c.Flags().StringVar(&f.dtype, "dtype", "f32", "number format of the weights: f32, f16, int8, or int4 (experimental); other than f32, quantization-aware training")
	complete(c, "dtype", dtypeNames...)
	f.checkpoint.add(c)
}

var dtypes = map[string]format.DType{"f32": format.DTypeF32, "f16": format.DTypeF16, "int8": format.DTypeInt8, "int4": format.DTypeInt4}

var dtypeNames = []string{"f32", "f16", "int8", "int4"}

// checkDType refuses an unknown number format.
func (f *fitFlags) checkDType() error {
	if f.dtype == "" {
		return nil // a command without the flag
	}
	_, err := choose("dtype", f.dtype, dtypes, dtypeNames...)
	return err
}

func (f *fitFlags) addBasics(c *cobra.Command) {
	c.Flags().IntVar(&f.epochs, "epochs", f.epochs, "passes over the data")
	c.Flags().IntVar(&f.batch, "batch", f.batch, "sequences in a minibatch")
	c.Flags().Float64Var(&f.rate, "lr", f.rate, "learning rate")
	c.Flags().StringVar(&f.optimizer, "optimizer", "adamw", "optimizer: sgd, nesterov, rmsprop, adam, adamw")
	c.Flags().Float64Var(&f.momentum, "momentum", 0.9, "momentum of sgd and nesterov")
	c.Flags().Float64Var(&f.decay, "weight-decay", f.decay, "weight decay")
	c.Flags().Float64Var(&f.clip, "clip", f.clip, "maximum norm of all gradients together; 0: no clipping")
	c.Flags().Uint64Var(&f.seed, "seed", 1, "random seed; the same seed gives the same file")
	complete(c, "optimizer", optimizers...)
	f.schedule.add(c)
}

func (f *fitFlags) options() (trainer.FitOptions, error) {
	for _, p := range []struct {
		flag  string
		value float64
	}{{"dropout", f.dropout}, {"input-dropout", f.inputDropout}, {"recurrent-dropout", f.recurrentDropout}} {
		if !(p.value >= 0 && p.value < 1) {
			return trainer.FitOptions{}, cli.Usagef("--%s %g is not a probability below 1", p.flag, p.value)
		}
	}
	for _, p := range []struct {
		flag  string
		value float64
	}{{"epochs", float64(f.epochs)}, {"batch", float64(f.batch)}, {"lr", f.rate}} {
		if !(p.value > 0) {
			return trainer.FitOptions{}, cli.Usagef("--%s %g must be greater than 0", p.flag, p.value)
		}
	}
	if err := f.limits(); err != nil {
		return trainer.FitOptions{}, err
	}
	if err := f.checkDType(); err != nil {
		return trainer.FitOptions{}, err
	}
	optimizer, err := choose("optimizer", f.optimizer, map[string]trainer.Optimizer{
		"sgd":      &trainer.SGD{Momentum: f.momentum, WeightDecay: f.decay},
		"nesterov": &trainer.SGD{Momentum: f.momentum, WeightDecay: f.decay, Nesterov: true},
		"rmsprop":  &trainer.RMSProp{WeightDecay: f.decay},
		"adam":     &trainer.Adam{WeightDecay: f.decay},
		"adamw":    &trainer.Adam{WeightDecay: f.decay, Decoupled: true},
	}, optimizers...)
	if err != nil {
		return trainer.FitOptions{}, err
	}
	schedule, err := f.schedule.schedule()
	if err != nil {
		return trainer.FitOptions{}, err
	}
	rates, err := f.groupRates()
	if err != nil {
		return trainer.FitOptions{}, err
	}
	return trainer.FitOptions{
		Options: trainer.Options{
			Optimizer: optimizer, ClipValue: f.clipValue, Clip: f.clip, LearningRates: rates,
			Dropout: f.dropout, InputDropout: f.inputDropout, RecurrentDropout: f.recurrentDropout, Seed: f.seed,
		},
		Epochs: f.epochs, LearningRate: f.rate, Schedule: schedule, Patience: f.patience,
	}, nil
}

// limits refuses numbers that make training impossible or overflow.
func (f *fitFlags) limits() error {
	const most = math.MaxFloat32
	return within(
		limit{"lr", f.rate, 0, most}, limit{"momentum", f.momentum, 0, most}, limit{"weight-decay", f.decay, 0, most},
		limit{"clip", f.clip, 0, math.Inf(1)}, limit{"clip-value", f.clipValue, 0, math.Inf(1)},
		limit{"epochs", float64(f.epochs), 1, 1e9}, limit{"patience", float64(f.patience), 0, math.MaxInt},
		limit{"memory", float64(f.memory), 0, 1 << 30})
}

// memoryLimit returns the most bytes of data to keep in memory.
func (f *fitFlags) memoryLimit() int64 { return int64(f.memory) << 20 }

// groupRates parses GROUP=FACTOR,…. A group may be a layer, such as "layer0", or a part
// of the decoder, such as "decoder-head".
func (f *fitFlags) groupRates() (map[string]float64, error) {
	if f.rates == "" {
		return nil, nil
	}
	rates := map[string]float64{}
	for pair := range strings.SplitSeq(f.rates, ",") {
		name, value, _ := strings.Cut(pair, "=")
		factor, err := strconv.ParseFloat(value, 64)
		if err != nil || factor < 0 {
			return nil, cli.Usagef("--group-lr: %q is not GROUP=FACTOR, such as layer0=0.5", pair)
		}
		part, ofDecoder := strings.CutPrefix(name, "decoder-")
		if number, found := strings.CutPrefix(part, "layer"); found {
			part = "layer " + strings.TrimSpace(number)
		}
		if ofDecoder {
			part = "decoder " + part
		}
		rates[part] = factor
	}
	return rates, nil
}
