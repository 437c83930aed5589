package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/message"
)

// report prints a description of the joined model.
func (j *joining) report(w io.Writer, m *format.Model) error {
	info, err := os.Stat(j.output.output)
	if err != nil {
		return err
	}
	notes := slices.Concat(j.encoder.notes, j.decoder.notes)
	if j.output.json {
		var list cli.Array
		for _, note := range notes {
			list = append(list, note)
		}
		return cli.WriteJSON(w, cli.Object{
			"encoder", j.encoder.json(), "decoder", j.decoder.json(), "parameters", m.Parameters(), "notes", list, "checked", len(m.Goldens),
			"model", j.output.output, "bytes", info.Size(),
		})
	}
	var b strings.Builder
	line := func(what, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s"+format+"\n", append([]any{what}, args...)...)
	}
	for _, h := range []*half{&j.encoder, &j.decoder} {
		line(h.name, "%s, %s", h.source.name, h.source.kind)
		line("tokens", "%d %v of %s each", h.model.Embedding.Tokens, h.model.Tokenizer.Kind, message.Count(h.model.Embedding.Size, "number"))
		for i := range h.model.Layers {
			l := &h.model.Layers[i]
			line("layer", "%v, %d → %d", l.Cell, l.InputSize, l.OutputSize())
		}
	}
	for _, note := range notes {
		line("note", "%s", note)
	}
	line("parameters", "%d", m.Parameters())
	if n := len(m.Goldens); n > 0 {
		line("check", "%s as in y; kept in the model", message.Count(n, "translation"))
	} else {
		line("check", "none: give sources and translations with --check to verify the model")
	}
	line("written", "%s, %d bytes", j.output.output, info.Size())
	_, err = io.WriteString(w, b.String())
	return err
}

func (h *half) json() cli.Object {
	return cli.Object{
		"source", h.source.name, "kind", h.source.kind, "tokens", h.model.Embedding.Tokens,
		"tokenizer", h.model.Tokenizer.Kind.String(), "layers", len(h.model.Layers),
	}
}
