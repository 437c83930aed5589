package export

import (
	"encoding/json"
	"strconv"

	"github.com/rnnrun/rnnrun/format/onnx/proto"
)

// note adds a property of the model, if the value is not empty.
func (w *writer) note(key, value string) {
	if value != "" {
		w.file.Metadata = append(w.file.Metadata, proto.Property{Key: key, Value: value})
	}
}

// list adds a list of texts as JSON.
func (w *writer) list(key string, texts []string) {
	if len(texts) > 0 {
		b, _ := json.Marshal(texts) // texts alone cannot fail
		w.note(key, string(b))
	}
}

// initial adds the value of a state before the first step, if it is not zeros.
func (w *writer) initial(name string, state []float32) {
	if state == nil {
		return
	}
	b, _ := json.Marshal(state) // finite numbers cannot fail
	w.note("initial "+name, string(b))
}

// metadata adds the model's description of itself.
func (w *writer) metadata() {
	m := w.model
	w.note("task", m.Task.String())
	w.list("labels", m.Labels)
	w.list("vocabulary", m.Vocabulary)
	if t := m.Tokenizer; t != nil {
		w.note("tokenizer", t.Kind.String())
	}
	if m.SampleRate > 0 {
		w.note("sample_rate", strconv.FormatFloat(m.SampleRate, 'g', -1, 64))
	}
	for _, p := range m.Provenance {
		w.note(p.Key, p.Value)
	}
}
