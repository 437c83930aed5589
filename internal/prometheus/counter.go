package prometheus

import (
	"maps"
	"strings"
	"sync"
)

// Counters are counts of events by labels. The zero value has no counts.
type Counters struct {
	mu     sync.Mutex
	counts map[string]uint64 // by labels, in the text format
}

// Add adds n events with labels, given as alternating names and values.
func (c *Counters) Add(n uint64, labels ...string) {
	key := written(labels)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = map[string]uint64{}
	}
	c.counts[key] += n
}

func (c *Counters) all() map[string]uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.counts)
}

var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// written returns labels in the text format.
func written(labels []string) string {
	if len(labels) == 0 {
		return ""
	}
	var b strings.Builder
	for i := 0; i < len(labels); i += 2 {
		b.WriteString(",")
		b.WriteString(labels[i])
		b.WriteString(`="`)
		b.WriteString(escape.Replace(labels[i+1]))
		b.WriteString(`"`)
	}
	return "{" + b.String()[1:] + "}"
}
