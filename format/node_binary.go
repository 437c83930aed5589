package format

// A Binary combines two values, number by number. One of them may have a single frame or a single channel for many of
// the other.
type Binary struct {
	Function BinaryFunction
}

// BinaryFunction is a function of two numbers.
type BinaryFunction uint8

// The functions. Each rounds once. BinaryMax and BinaryMin of NaN and a number are NaN.
const (
	BinaryAdd BinaryFunction = iota
	BinarySub
	BinaryMul
	BinaryDiv
	BinaryMax
	BinaryMin
)

func (b *Binary) gives(in []Value) (Value, error) {
	if err := wants(in, 2); err != nil {
		return Value{}, err
	}
	x, y := in[0], in[1]
	fits := func(m, n int) bool { return m == n || m == 1 || n == 1 }
	if !fits(x.Frames, y.Frames) || !fits(x.Channels, y.Channels) {
		return Value{}, refuse("%v and %v, which do not fit each other", x, y)
	}
	phase, err := together(in)
	return Value{Frames: max(x.Frames, y.Frames), Channels: max(x.Channels, y.Channels), Phase: phase}, err
}

func (*Binary) code() opCode                   { return codeBinary }
func (b *Binary) appendNode(buf []byte) []byte { return appendEnum(buf, uint8(b.Function)) }
func (b *Binary) readNode(r *record)           { b.Function = BinaryFunction(r.enum()) }

func (b *Binary) checkNode() *Error {
	if !b.Function.known() {
		return unfit(ErrUnsupported, 0, "has the unknown %v", b.Function)
	}
	return nil
}
