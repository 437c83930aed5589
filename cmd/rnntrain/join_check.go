package main

import (
	"fmt"
	"slices"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/runtime"
)

// checkTranslations compares greedy translations by a model with those of the other
// framework. The array x of the file has the tokens of the sources, [T] or [N T], and y
// those of the translations, [U] or [N U], each up to its end token. It stores the
// sources in the model.
func checkTranslations(path string, m *format.Model) error {
	p, err := readProof([]string{path})
	if err != nil {
		return err
	}
	if err := p.whole(); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if !p.tokens() || !p.y.DType.Integer() || len(p.x.Shape) != len(p.y.Shape) || len(p.x.Shape) == 2 && p.x.Shape[0] != p.y.Shape[0] {
		return fmt.Errorf("%s: x has the shape %v of %v and y %v of %v, want integers: the sources' tokens [T] or [N T], and the tokens that the decoder wrote for each, [U] or [N U]",
			path, p.x.Shape, p.x.DType, p.y.Shape, p.y.DType)
	}
	last := len(p.x.Shape) - 1
	steps, most := p.x.Shape[last], p.y.Shape[last]
	if len(p.x.Integers) == 0 || most == 0 {
		return fmt.Errorf("%s: there is nothing to check", path)
	}
	model, err := runtime.NewEncoderDecoder(m)
	if err != nil {
		return err
	}
	defer model.Close()
	translator, err := model.NewTranslator(runtime.WithMaxLength(most))
	if err != nil {
		return err
	}
	var goldens []format.Golden
	for i := range len(p.x.Integers) / steps {
		source, want := p.x.Integers[i*steps:][:steps], p.y.Integers[i*most:][:most]
		if end := slices.Index(want, int32(m.Decoder.Tokenizer.End)); end >= 0 {
			want = want[:end]
		}
		got, err := translator.Translate(nil, source)
		if err != nil {
			return fmt.Errorf("%s: source %d: %w", path, i, err)
		}
		if !slices.Equal(got, want) {
			return differentTranslation(path, i, got, want)
		}
		g, err := model.Golden(source, nil)
		if err != nil {
			return err
		}
		goldens = append(goldens, g)
	}
	m.Goldens = goldens
	return nil
}

// differentTranslation returns the error for a translation that differs, with the place.
func differentTranslation(path string, source int, got, want []int32) error {
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	token := func(list []int32) string {
		if at < len(list) {
			return fmt.Sprintf("%d", list[at])
		}
		return "the end"
	}
	return fmt.Errorf("%s: %w: for source %d it writes %s as token %d, but y has %s. y must be what the decoder writes greedily in eval mode, without the start token; "+
		"a state_dict does not show operations between the modules, such as a ReLU after the embedding: describe them in --decoder-arch", path, errDifferent, source, token(got), at, token(want))
}
