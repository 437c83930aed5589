package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

func newJoinCommand(args []string) *cobra.Command {
	j := joining{args: args, encoder: half{name: "encoder"}, decoder: half{name: "decoder"}}
	c := &cobra.Command{
		Use:   "join ENCODER DECODER -o MODEL",
		Short: "Join an encoder and a decoder into a translation model",
		Long: `join makes a translation model from two halves that another framework trained.
The encoder reads the tokens of a text: an embedding and recurrent layers. The decoder
writes tokens: an embedding, as many recurrent layers of the same cells, and a linear
layer with an output for every token. Each of its layers starts from the final state of
the encoder's layer, which has the same size; if the encoder is bidirectional, from both
states side by side.

ENCODER and DECODER are .rnn files, or files that convert reads: two ONNX graphs, two
state_dicts, or twice the same state_dict, if the names of its tensors start with
--encoder-prefix (encoder.) and --decoder-prefix (decoder.).

--vocabulary, --tokenizer, --unknown and --lowercase are for both sides; the same flags
with source- or target- are for one. --start and --end are the tokens with which the
decoder starts and ends. If the encoder was trained with such tokens around its texts,
give --source-start and --source-end.

--check verifies the model: it translates the sources x of an .npz file, [T] or [N,T],
by greedy search, compares the translations with y, [U] or [N,U], each up to its end
token, and stores the sources in MODEL for rnnrun verify.`,
		Example: `  rnntrain join encoder.onnx decoder.onnx -o model.rnn --source-vocabulary en.json --target-vocabulary fr.json --tokenizer words --start "<sos>" --end "<eos>"
  rnntrain join seq2seq.pt seq2seq.pt -o model.rnn --vocabulary chars.txt --tokenizer characters --start 1 --end 2
  rnntrain join encoder.rnn decoder.rnn -o model.rnn --start 1 --end 2`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, paths []string) error { return j.run(c, paths[0], paths[1]) },
	}
	j.output.addModel(c)
	j.both.add(c, "", "")
	j.encoder.add(c, "source")
	j.decoder.add(c, "target")
	c.Flags().StringVar(&j.name, "name", "", "name of the model, for its provenance")
	c.Flags().StringVar(&j.check, "check", "", "an .npz file with sources x and the other framework's translations y, as tokens")
	return c
}

// A joining has the flags of the command join, and the halves that it reads.
type joining struct {
	args             []string // the command line, for the model's provenance
	output           outputFlags
	name             string
	check            string // a file of sources and translations
	both             importedText
	encoder, decoder half
}

func (j *joining) run(c *cobra.Command, encoder, decoder string) error {
	outputs, err := cli.ClaimOutputs([]string{
		encoder, decoder, j.encoder.arch, j.decoder.arch,
		j.both.vocabulary, j.encoder.text.vocabulary, j.decoder.text.vocabulary,
	}, cli.Output{Flag: "-o", Path: j.output.output})
	if err != nil {
		return err
	}
	defer outputs.Release()
	j.encoder.shared, j.decoder.shared = encoder == decoder, encoder == decoder
	if err := j.encoder.read(c, encoder); err != nil {
		return err
	}
	if err := j.decoder.read(c, decoder); err != nil {
		return err
	}
	m, err := j.join()
	if err != nil {
		return err
	}
	if j.check != "" {
		if err := checkTranslations(j.check, m); err != nil {
			return err
		}
	}
	if err := format.WriteFile(j.output.output, m); err != nil {
		return err
	}
	return j.report(c.OutOrStdout(), m)
}

// join returns the model that consists of both halves.
func (j *joining) join() (*format.Model, error) {
	m, d := j.encoder.model, j.decoder.model
	for _, h := range []*half{&j.encoder, &j.decoder} {
		if err := h.prepare(j.both); err != nil {
			return nil, fmt.Errorf("the %s %s: %w", h.name, h.source.name, err)
		}
	}
	if t := d.Tokenizer; t.Start < 0 || t.End < 0 {
		return nil, cli.Usagef("--start and --end are missing: give the tokens with which the decoder starts and ends")
	}
	m.Task, m.Output, m.Decoder = format.TaskTranslate, format.OutputLinear, d
	d.Task, d.Output = format.TaskLanguage, format.OutputSoftmax
	if j.name != "" {
		m.Provenance = append(m.Provenance, format.Property{Key: "name", Value: j.name})
	}
	m.Provenance = append(m.Provenance,
		format.Property{Key: "made by", Value: "rnntrain " + strings.Join(portable(j.args), " ")}, j.encoder.property(), j.decoder.property())
	if err := m.Validate(); err != nil {
		return nil, fmt.Errorf("%s and %s do not fit together: %w", j.encoder.source.name, j.decoder.source.name, err)
	}
	return m, nil
}

// prepare removes from a half what only a whole model has, and sets its tokenizer from
// the flags of the half or of both.
func (h *half) prepare(both importedText) error {
	m := h.model
	switch {
	case m.Decoder != nil:
		return fmt.Errorf("%w: it is already a translation model", network.ErrUnsupported)
	case m.Embedding == nil:
		return fmt.Errorf("%w: it reads numbers, but each half must read tokens with an embedding", network.ErrUnsupported)
	case m.Head != nil && h.name == "encoder":
		return fmt.Errorf("%w: it has a linear layer with %s after its recurrent ones, but the decoder starts from the recurrent layers' final states themselves", network.ErrUnsupported, message.Count(m.Head.OutputSize, "output"))
	case m.Skip || m.Output == format.OutputSigmoid:
		return fmt.Errorf("%w: its outputs are the %v of its layers' outputs, or have inputs added to them, but a decoder needs one number for every token", network.ErrUnsupported, m.Output)
	case m.Pool != format.PoolNone && m.Pool != format.PoolLast && m.Pool != format.PoolLastOutput:
		return fmt.Errorf("%w: it reduces its steps by the pool %v, but an encoder gives its final state, and a decoder one output per step", network.ErrUnsupported, m.Pool)
	}
	m.Pool, m.Labels, m.Normalization, m.Data, m.Goldens, m.Provenance, m.SampleRate = format.PoolNone, nil, nil, nil, nil, nil, 0
	notes, err := h.text.joined(both, h.name == "decoder").apply(m)
	if err != nil {
		return err
	}
	h.notes = append(h.notes, notes...)
	if m.Tokenizer == nil {
		return cli.Usagef("the texts of its tokens are unknown: give --vocabulary and --tokenizer, or --%svocabulary and --%stokenizer", h.text.prefix, h.text.prefix)
	}
	return nil
}

// joined returns the settings of a side: its own flags, or else the flags for both sides.
// The flags --start and --end without a prefix apply to the target only.
func (f importedText) joined(both importedText, target bool) *importedText {
	f.vocabulary = cmp.Or(f.vocabulary, both.vocabulary)
	f.tokenizer = cmp.Or(f.tokenizer, both.tokenizer)
	f.unknown = cmp.Or(f.unknown, both.unknown)
	f.lowercase = f.lowercase || both.lowercase
	if target {
		f.start, f.end = cmp.Or(f.start, both.start), cmp.Or(f.end, both.end)
	}
	return &f
}
