package format

import "github.com/rnnrun/rnnrun/internal/message"

// MaxWindow is the greatest number of frames that a window has before those of a step, or after them. The longest
// windows of known models have some ten thousand.
const MaxWindow = 1 << 16

// A Window adds frames of other steps around those of a step: the Before frames
// that precede them in the stream, and the After frames that follow. Beyond the
// ends of the sequence they are zeros. A model in which a window looks ahead, or a
// layer reads backward, cannot be stepped.
type Window struct {
	Before, After int
}

func (w *Window) gives(in []Value) (Value, error) {
	x, err := one(in)
	if err != nil {
		return Value{}, err
	}
	if w.Before < 0 || w.After < 0 || w.Before > MaxWindow || w.After > MaxWindow || w.Before+w.After == 0 {
		return Value{}, refuse("a window of %s before and %d after, want 0 to %d each, and not both 0", message.Count(w.Before, "frame"), w.After, MaxWindow)
	}
	if !x.EachStep() {
		return Value{}, refuse("one value of the sequence, but a window is of steps")
	}
	x.Frames += w.Before + w.After
	return x, nil
}

func (*Window) code() opCode                 { return codeWindow }
func (w *Window) appendNode(b []byte) []byte { return appendSizes(b, w.Before, w.After) }
func (w *Window) readNode(r *record)         { w.Before, w.After = r.size(0), r.size(4) }
func (*Window) checkNode() *Error            { return nil }
func (*Window) bounded(in bool) bool         { return in }
func (w *Window) looksAhead() bool           { return w.After > 0 }

func (w *Window) kept(in []Value) int { return w.Before * in[0].Channels }
