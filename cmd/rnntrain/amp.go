package main

import (
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/trainer"
)

func newAmpCommand(args []string) *cobra.Command {
	a := ampTraining{training: training{
		args:    args,
		network: networkFlags{cell: "lstm", hidden: 32, layers: 1},
		fit:     fitFlags{epochs: 100, batch: 16, rate: 5e-3, clip: 1},
	}}
	c := &cobra.Command{
		Use:   "amp DRY.wav WET.wav -o MODEL",
		Short: "Train a network that sounds like an amplifier or a pedal",
		Long: `amp trains a network to model an amplifier, a pedal or a cabinet, sample by sample.
DRY.wav is the input signal and WET.wav the recorded output. Both have one channel and
the same sample rate, and start at the same moment.

The end of both sounds is held back. At the end, the command prints the error-to-signal
ratio (ESR) there, the energy of the error divided by the energy of WET.wav, beside the
ESR of the unprocessed dry sound: 0.01 is 1 % of the energy, or -20 dB. The losses printed
during training are the same ratio on the training data.

If the recording added a delay, the command prints the shift in samples at which the
sounds are most alike, and --delay removes it. A network cannot hear future samples, so
a wet sound that is too early cannot be learned.

--pre-emphasis 0.85 trains on errors after the filter 1 - 0.85 z⁻¹, so that treble counts
as the ear hears it, and on their mean, an offset. The training losses printed are then
filtered, but the validation losses are not.

The network's output is added to the dry sound. Gradients reach back over --window
samples, and each segment starts with --burn-in samples that have no loss.`,
		Example: `  rnntrain amp dry.wav wet.wav -o amp.rnn
  rnntrain amp dry.wav wet.wav --delay 37 --hidden 16 --epochs 200 --patience 20 -o amp.rnn
  rnnrun run -m amp.rnn -i guitar.wav -o played.wav
  rnnrun bench -m amp.rnn --sequence 64 --rate 48000`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, paths []string) error { return a.run(c, paths[0], paths[1]) },
	}
	a.add(c)
	return c
}

// An ampTraining has the flags and the state of the command amp.
type ampTraining struct {
	training
	delay                   int // samples by which the wet sound is later than the dry one
	segment, burnIn, window int // samples
	preEmphasis             float64

	sounds *soundPair
	held   int // samples that are held back
}

func (a *ampTraining) add(c *cobra.Command) {
	a.output.add(c)
	a.network.addRecurrent(c)
	a.fit.add(c)
	hide(c, "bidirectional") // it is refused, with the reason
	c.Flags().Lookup("batch").Usage = "segments in a minibatch"
	c.Flags().Lookup("memory").Usage = "MiB of sound to keep in memory; longer sounds are refused"
	c.Flags().IntVar(&a.delay, "delay", 0, "delay of the wet sound after the dry one, in samples")
	c.Flags().IntVar(&a.segment, "segment", 24000, "samples in a segment, which is trained on from start to end")
	c.Flags().IntVar(&a.burnIn, "burn-in", 1000, "samples at the start of a segment without a loss (burn-in)")
	c.Flags().IntVar(&a.window, "window", 512, "samples that gradients reach back; the weights change after each")
	c.Flags().Float64Var(&a.preEmphasis, "pre-emphasis", 0, "train on errors filtered by 1 - P z⁻¹, such as 0.85, and on their mean; 0: on errors as they are")
	c.Flags().Float64Var(&a.fraction, "valid-fraction", 0.2, "fraction of the sounds, at their end, to hold back")
}

// run trains a model of an amplifier on its input and its output.
func (a *ampTraining) run(c *cobra.Command, dry, wet string) error {
	if a.network.bidirectional {
		return cli.Usagef("--bidirectional: an amplifier must play each sample before it hears the next one: leave it out")
	}
	if err := within(
		limit{"segment", float64(a.segment), 1, math.MaxInt32}, limit{"window", float64(a.window), 1, math.MaxInt32},
		limit{"pre-emphasis", a.preEmphasis, 0, 1}, limit{"burn-in", float64(a.burnIn), 0, math.MaxInt32}, limit{"delay", float64(a.delay), -math.MaxInt32, math.MaxInt32},
	); err != nil {
		return err
	}
	if err := a.prepare(c, format.TaskRegress, dry, wet); err != nil {
		return err
	}
	defer a.outputs.Release()
	if err := a.origin.agree(c); err != nil {
		return err
	}
	var err error
	if a.sounds, err = readSoundPair(dry, wet, a.delay, a.fit.memoryLimit()); err != nil {
		return err
	}
	a.sounds.announce(c.ErrOrStderr(), a.delay)
	if err := a.checkOrigin(); err != nil {
		return err
	}
	task, err := trainer.NewStream(a.sounds.dry, a.sounds.wet, trainer.StreamOptions{
		Segment: a.segment, BurnIn: a.burnIn, Window: a.window, BatchSize: a.fit.batch, Held: a.fraction,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", dry, err)
	}
	a.held = task.HeldBack()
	a.announceValidation(a.held)
	j, err := a.job(task)
	if err != nil {
		return err
	}
	return j.run(c.Context())
}

// checkOrigin refuses a model for --from that is not an amplifier with this sample rate.
func (a *ampTraining) checkOrigin() error {
	if a.origin == nil {
		return nil
	}
	switch m := a.origin.model; {
	case m.InputSize != 1 || m.OutputSize() != 1 || m.Pool != format.PoolNone || m.Bidirectional() || m.Output != format.OutputLinear:
		return fmt.Errorf("--from %s: the model does not turn one sample into one sample", a.origin.name)
	case m.SampleRate != 0 && m.SampleRate != float64(a.sounds.rate):
		return fmt.Errorf("--from %s: it was made for %g samples per second, but %s has %d", a.origin.name, m.SampleRate, a.sounds.names[0], a.sounds.rate)
	}
	return nil
}

// job returns the job of training.
func (a *ampTraining) job(task *trainer.Stream) (*job, error) {
	trained := len(a.sounds.dry) - a.held
	in, out := rms(a.sounds.dry[:trained]), rms(a.sounds.wet[:trained])
	for i, level := range []float64{in, out} {
		if level < leastLevel {
			return nil, fmt.Errorf("%s: the part to train on is silent", a.sounds.names[i])
		}
	}
	a.architecture.InputSize, a.architecture.Outputs, a.architecture.Skip = 1, 1, true
	j, err := a.newJob(task, a.sounds.names[:])
	if err != nil {
		return nil, err
	}
	j.describe = func(m *format.Model) {
		m.SampleRate = float64(a.sounds.rate)
		if a.origin == nil {
			m.Normalization = &format.Normalization{
				Mean: []float32{0}, Scale: []float32{float32(1 / in)},
				OutputMean: []float32{0}, OutputScale: []float32{float32(out)}, // a loss is an error-to-signal ratio
			}
		}
	}
	if a.preEmphasis > 0 {
		filtered := rms(emphasized(a.sounds.wet[:trained], a.preEmphasis)) / out
		if filtered == 0 {
			return nil, fmt.Errorf("%s: --pre-emphasis %g leaves only silence", a.sounds.names[1], a.preEmphasis)
		}
		j.options.Waveform = &trainer.WaveformLoss{PreEmphasis: a.preEmphasis, Energy: filtered * filtered}
	}
	j.measure = func() (measurement, error) { return a.measure() }
	loudest := loudest(a.sounds.dry[:trained], 200)
	j.goldens = []dataset.Sequence{{Inputs: a.sounds.dry[loudest:min(loudest+200, trained)]}}
	return j, nil
}
