//go:build !nohttp

package main

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/ports"
	"github.com/rnnrun/rnnrun/internal/prometheus"
)

// describe returns the inputs, outputs and labels of the model.
func (w *webServer) describe(e *exchange) error {
	m, d := w.m, w.m.Description()
	inputs, outputs := cli.Array{}, cli.Array{}
	for _, in := range m.Inputs() {
		o := cli.Object{"name", in.Name, "frames", in.Frames, "channels", in.Channels}
		if in.Tokens > 0 {
			o = append(o, "tokens", in.Tokens)
		}
		inputs = append(inputs, o)
	}
	for _, out := range m.Outputs() {
		outputs = append(outputs, cli.Object{"name", out.Name, "frames", out.Frames, "channels", out.Channels, "of_sequence", out.Sequence})
	}
	length, stride := cli.Windowing(d)
	o := cli.Object{"model", w.name(), "sha256", w.sum, "task", d.Task.String(), "reads_text", w.texts != nil,
		"named_streams", namesStreams(m) == nil, "inputs", inputs}
	if d.Data != nil && len(d.Data.Columns) > 0 {
		o = append(o, "columns", d.Data.Columns)
	}
	o = append(o, "outputs", outputs)
	if names := w.outputNames(m); names != nil {
		o = append(o, "output_names", names)
	}
	if labels := m.Labels(); ports.HasClasses(m) && len(labels) > 0 {
		o = append(o, "labels", labels)
	}
	if length > 0 {
		o = append(o, "window", length, "stride", stride)
	}
	if d.SampleRate > 0 {
		o = append(o, "sample_rate", d.SampleRate)
	}
	if d.Anomaly != nil {
		o = append(o, "anomaly_threshold", d.Anomaly.Threshold)
	}
	o = append(o, "session_bytes", m.SessionBytes(), "kernels", m.Kernels(), "version", cli.Version())
	e.reply(http.StatusOK, typeJSON, append(cli.AppendJSON(nil, o), '\n'))
	return nil
}

// sumOf returns the SHA-256 of a model's file. (net/http links the algorithm anyway, for
// TLS; a program without HTTP leaves it out.)
func sumOf(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }

// name returns the model's name without its folder, which clients need not know.
func (w *webServer) name() string {
	if strings.HasPrefix(w.model, cli.Builtin) {
		return w.model
	}
	return filepath.Base(w.model)
}

// health reports whether the server accepts requests.
func (w *webServer) health(e *exchange) error {
	if w.ending.Load() {
		return errEnding
	}
	e.reply(http.StatusOK, typeJSON, []byte("{\"status\":\"ok\"}\n"))
	return nil
}

// metrics writes the server's counters and gauges.
func (w *webServer) metrics(e *exchange) error {
	w.mu.Lock()
	streams, held := len(w.open), len(w.held)
	w.mu.Unlock()
	kept, err := w.kept.count()
	if err != nil {
		w.log("rnnrun: %v", err)
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	var t prometheus.Text
	t.Gauge("rnnrun_model_info", "The served model.", 1, "model", w.name(), "sha256", w.sum, "kernels", w.m.Kernels())
	t.Gauge("rnnrun_start_time_seconds", "Start time of the server in seconds since 1970.", float64(w.counts.begun.UnixMilli())/1000)
	t.Counters("rnnrun_requests_total", "Answered requests.", &w.counts.requests)
	t.Counters("rnnrun_errors_total", "Errors reported to clients.", &w.counts.errors)
	t.Counters("rnnrun_bytes_total", "Bytes read and written.", &w.counts.bytes)
	t.Histogram("rnnrun_step_seconds", "Time and number of steps.", &w.counts.steps)
	t.Histogram("rnnrun_text_seconds", "Time and number of texts.", &w.counts.texts)
	t.Gauge("rnnrun_connections", "Open connections.", float64(w.connected()))
	t.Gauge("rnnrun_sessions", "Streams being answered.", float64(streams))
	t.Gauge("rnnrun_named_streams_open", "Named streams being answered.", float64(held))
	t.Gauge("rnnrun_named_streams", "Named streams with kept states.", float64(kept))
	t.Gauge("rnnrun_heap_bytes", "Memory in use, without the model's file.", float64(memory.HeapAlloc))
	t.Gauge("rnnrun_goroutines", "Goroutines.", float64(runtime.NumGoroutine()))
	e.reply(http.StatusOK, prometheus.ContentType, t)
	return nil
}
