package prometheus

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// ContentType is the media type of a [Text].
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// A Text is metrics in Prometheus' text format.
type Text []byte

// Counters writes counts, sorted by their labels.
func (t *Text) Counters(name, help string, c *Counters) {
	t.begin(name, help, "counter")
	counts := c.all()
	for _, labels := range slices.Sorted(maps.Keys(counts)) {
		t.line(name+labels, strconv.FormatUint(counts[labels], 10))
	}
}

// Gauge writes a value that can go up and down, with labels, given as alternating names
// and values.
func (t *Text) Gauge(name, help string, value float64, labels ...string) {
	t.begin(name, help, "gauge")
	t.line(name+written(labels), number(value))
}

// Histogram writes a histogram of seconds.
func (t *Text) Histogram(name, help string, h *Histogram) {
	t.begin(name, help, "histogram")
	var n uint64
	for i := range h.buckets {
		n += h.buckets[i].Load()
		bound := "+Inf"
		if i < len(bounds) {
			bound = number(bounds[i].Seconds())
		}
		t.line(name+"_bucket"+written([]string{"le", bound}), strconv.FormatUint(n, 10))
	}
	t.line(name+"_sum", number(time.Duration(h.sum.Load()).Seconds()))
	t.line(name+"_count", strconv.FormatUint(n, 10))
}

func (t *Text) begin(name, help, kind string) {
	*t = fmt.Appendf(*t, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

func (t *Text) line(name, value string) { *t = fmt.Appendf(*t, "%s %s\n", name, value) }

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
