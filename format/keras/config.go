package keras

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/message"
)

// object is a JSON object.
type object = map[string]any

// maxConfig bounds the JSON of a model, since its values take much more memory than
// its text.
const maxConfig = 8 << 20

// mostValues bounds the values of that many bytes of JSON: an object of one value
// takes some 300 bytes of memory. A value of a model takes some ten bytes of text or
// more.
func mostValues(size int) int { return 1<<16 + size/32 }

// values counts what opens or separates values in JSON.
func values(data []byte) int {
	n := 0
	inText := false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case !inText && (c == ',' || c == '[' || c == '{'):
			n++
		}
	}
	return n
}

// parse reads a JSON object.
func parse(name string, data []byte) (object, error) {
	if len(data) > maxConfig {
		return nil, network.Refuse(network.ErrUnsupported, name, "%s of JSON, want at most %d", message.Count(len(data), "byte"), maxConfig)
	}
	if n := values(data); n > mostValues(len(data)) {
		return nil, network.Refuse(network.ErrUnsupported, name, "%s of JSON in %s, want at most %d", message.Count(n, "value"), message.Count(len(data), "byte"), mostValues(len(data)))
	}
	d := json.NewDecoder(bytes.NewReader(data))
	var o object
	err := d.Decode(&o)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is more after the object")
		}
	}
	if err == nil && o == nil {
		err = errors.New("it is not an object")
	}
	if err != nil {
		return nil, network.Refuse(network.ErrDamaged, name, "its JSON, at byte %d: %v", d.InputOffset(), err)
	}
	return o, nil
}

// A config is Keras' description of a layer. It keeps the first error, and the
// keys that were read.
type config struct {
	title string // of the layer, for errors
	o     object
	used  map[string]bool
	err   error
}

func newConfig(title string, o object) *config {
	return &config{title: title, o: o, used: map[string]bool{}}
}

func (c *config) fail(format string, args ...any) {
	if c.err == nil {
		c.err = network.Refuse(network.ErrUnsupported, c.title, format, args...)
	}
}

// refuse returns an error that does not depend on the layer's input.
func (c *config) refuse(format string, args ...any) error {
	c.fail(format, args...)
	return c.err
}

// get returns the value of the first key that is present, since versions of
// Keras name it differently. null counts as no value.
func (c *config) get(keys ...string) (any, string) {
	for _, k := range keys {
		c.used[k] = true
	}
	for _, k := range keys {
		if v := c.o[k]; v != nil {
			return v, k
		}
	}
	return nil, keys[0]
}

func (c *config) has(key string) bool { return c.o[key] != nil }

// flag returns a boolean.
func (c *config) flag(otherwise bool, keys ...string) bool {
	v, key := c.get(keys...)
	if v == nil {
		return otherwise
	}
	b, ok := v.(bool)
	if !ok {
		c.fail("%q is %s, want true or false", key, short(v))
	}
	return b
}

// number returns a number.
func (c *config) number(otherwise float64, keys ...string) float64 {
	v, key := c.get(keys...)
	if v == nil {
		return otherwise
	}
	if o, ok := v.(object); ok && o["value"] != nil { // of an array of NumPy
		v = o["value"]
	}
	f, ok := v.(float64)
	if !ok {
		c.fail("%q is %s, want a number", key, short(v))
	}
	return f
}

// size returns a whole number of at least 1, also from a list of one.
func (c *config) size(otherwise int, keys ...string) int {
	v, key := c.get(keys...)
	if v == nil {
		if otherwise == 0 {
			c.fail("it lacks %q", key)
		}
		return otherwise
	}
	if l, ok := v.([]any); ok && len(l) == 1 {
		v = l[0]
	}
	n, ok := whole(v)
	if !ok || n < 1 {
		c.fail("%q is %s, want a whole number of at least 1", key, short(v))
		return max(otherwise, 1)
	}
	return n
}

// pair returns two whole numbers of at least 0. A single number stands for
// both.
func (c *config) pair(otherwise int, keys ...string) (a, b int) {
	v, key := c.get(keys...)
	l, ok := v.([]any)
	switch {
	case v == nil:
		return otherwise, otherwise
	case !ok:
		l = []any{v, v}
	}
	if len(l) == 2 {
		a, ok1 := whole(l[0])
		b, ok2 := whole(l[1])
		if ok1 && ok2 && a >= 0 && b >= 0 {
			return a, b
		}
	}
	c.fail("%q is %s, want two whole numbers", key, short(v))
	return 0, 0
}

// text returns a string.
func (c *config) text(otherwise string, keys ...string) string {
	v, key := c.get(keys...)
	if v == nil {
		return otherwise
	}
	s, ok := v.(string)
	if !ok {
		c.fail("%q is %s, want a text", key, short(v))
	}
	return s
}

// sizes returns a shape, in which null is -1.
func (c *config) sizes(keys ...string) []int {
	v, key := c.get(keys...)
	if v == nil {
		return nil
	}
	shape, ok := shapeOf(v)
	if !ok {
		c.fail("%q is %s, want a shape", key, short(v))
	}
	return shape
}

// only refuses a value of a key other than this, which it has if it is missing.
func (c *config) only(key string, value any) {
	if v, _ := c.get(key); v != nil && v != value {
		c.fail("%q is %s, want %v", key, short(v), value)
	}
}

// ignored are the keys of layers that change nothing once a model is trained.
var ignored = []string{
	"name", "trainable", "dtype", "batch_input_shape", "batch_shape", "input_dtype", "build_input_shape", "input_shape",
	"activity_regularizer", "dropout", "recurrent_dropout", "dropout_U", "dropout_W", "implementation", "consume_less", "unroll", "stateful", "seed",
	"unit_forget_bias", "momentum", "sparse", "ragged", "noise_shape", "use_cudnn", "time_major", "synchronized", "renorm_momentum",
	"inner_init", "init", "forget_bias_init", "bias", "W_regularizer", "U_regularizer", "b_regularizer", "W_constraint", "U_constraint", "b_constraint",
	"input_dim", "input_length", "fused", "lora_alpha", "autocast", "optional", "return_runtime", "virtual_batch_size", "adjustment",
}

// rest refuses a key that was not read, since it may change what the layer
// computes.
func (c *config) rest() error {
	for _, k := range slices.Sorted(maps.Keys(c.o)) {
		v := c.o[k]
		if c.used[k] || v == nil || v == false || slices.Contains(ignored, k) ||
			strings.HasSuffix(k, "_initializer") || strings.HasSuffix(k, "_regularizer") || strings.HasSuffix(k, "_constraint") {
			continue
		}
		c.fail("its %s is %s, whose meaning is not known", network.Quote(k), short(v))
	}
	return c.err
}

// whole returns a whole number.
func whole(v any) (int, bool) {
	f, ok := v.(float64)
	if !ok || f != math.Trunc(f) || math.Abs(f) > 1<<30 {
		return 0, false
	}
	return int(f), true
}

// shapeOf returns a list of sizes, in which null is -1.
func shapeOf(v any) ([]int, bool) {
	if o, ok := v.(object); ok { // {"class_name": "__tuple__", "items": [...]}
		v = o["items"]
	}
	l, ok := v.([]any)
	if !ok || len(l) > 8 {
		return nil, false
	}
	shape := make([]int, len(l))
	for i, e := range l {
		n, ok := whole(e)
		if e == nil {
			n, ok = -1, true
		}
		if !ok || n < -1 {
			return nil, false
		}
		shape[i] = n
	}
	return shape, true
}

// short prints a value for a message.
func short(v any) string {
	if s, ok := v.(string); ok {
		return network.Quote(s)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%T", v)
	}
	return network.Quote(string(b))
}
