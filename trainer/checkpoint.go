package trainer

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A checkpoint is everything that a training needs to continue as if it had
// never been interrupted. Its file, little-endian:
//
//	 0  u8[8]   magic "RNNCKPT\n"
//	 8  u32     version: 1
//	12  u32     n, the bytes of the state
//	16  u64     m, the numbers of all arrays
//	24  u8[n]   the state: JSON, in which "arrays" lists names and lengths
//	    f32[m]  the arrays one after the other, in the order of that list
//	    u32     CRC-32C of all bytes before
//
// The arrays are, for each parameter of the network, "weights/PARAMETER", the
// optimizer's "MOMENT/PARAMETER" and, after the first epoch, "best/PARAMETER";
// and the recurrent states from which the next minibatch starts,
// "carried/PART/LAYER/DIRECTION/h" and c.
type checkpoint struct {
	State  state   `json:"state"`
	Arrays []array `json:"arrays"`
}

// An array is a named array of a checkpoint.
type array struct {
	Name   string    `json:"name"`
	Length int       `json:"length"`
	data   []float32 // [Length]
}

const (
	checkpointMagic   = "RNNCKPT\n"
	checkpointVersion = 1
	checkpointHeader  = 24
)

// The reasons why a training cannot be resumed.
var (
	// ErrCorrupt: the file is not a checkpoint, or is damaged.
	ErrCorrupt = errors.New("the checkpoint is damaged")
	// ErrMismatch: the checkpoint is of another training.
	ErrMismatch = errors.New("the checkpoint is of another training")
)

// A CheckpointError says why a checkpoint cannot be written or resumed from.
type CheckpointError struct {
	Path  string
	Err   error  // [ErrCorrupt], [ErrMismatch], or the file system's error
	Cause string // what is there, and what is expected
}

// Error says which file, what is wrong with it, and what to do.
func (e *CheckpointError) Error() string {
	advice := ""
	if errors.Is(e.Err, ErrCorrupt) || errors.Is(e.Err, ErrMismatch) {
		advice = "; train from the start, or give the checkpoint of this training"
	}
	cause := ""
	if e.Cause != "" {
		cause = ": " + e.Cause
	}
	return fmt.Sprintf("checkpoint %s: %v%s%s", e.Path, e.Err, cause, advice)
}

// Unwrap returns the reason.
func (e *CheckpointError) Unwrap() error { return e.Err }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// writeCheckpoint replaces the file at path.
func writeCheckpoint(path string, c *checkpoint) error {
	err := atomicfile.Write(path, func(w io.Writer) error {
		sum := crc32.New(castagnoli)
		if err := c.write(io.MultiWriter(w, sum)); err != nil {
			return err
		}
		return binary.Write(w, binary.LittleEndian, sum.Sum32())
	})
	if err != nil {
		return &CheckpointError{Path: path, Err: err}
	}
	return nil
}

func (c *checkpoint) write(w io.Writer) error {
	numbers := 0
	for i := range c.Arrays {
		c.Arrays[i].Length = len(c.Arrays[i].data)
		numbers += len(c.Arrays[i].data)
	}
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	header := []byte(checkpointMagic)
	header = binary.LittleEndian.AppendUint32(header, checkpointVersion)
	header = binary.LittleEndian.AppendUint32(header, uint32(len(text)))
	header = binary.LittleEndian.AppendUint64(header, uint64(numbers))
	if _, err := w.Write(append(header, text...)); err != nil {
		return err
	}
	for _, a := range c.Arrays {
		if err := writeNumbers(w, a.data); err != nil {
			return err
		}
	}
	return nil
}

// writeNumbers writes in blocks, so that a large network needs no second copy.
func writeNumbers(w io.Writer, numbers []float32) error {
	var block [1 << 12]byte
	for len(numbers) > 0 {
		n := min(len(numbers), len(block)/4)
		for i, v := range numbers[:n] {
			binary.LittleEndian.PutUint32(block[4*i:], math.Float32bits(v))
		}
		if _, err := w.Write(block[:4*n]); err != nil {
			return err
		}
		numbers = numbers[n:]
	}
	return nil
}

// readCheckpoint reads a file that [writeCheckpoint] wrote. The error is a
// [*CheckpointError].
func readCheckpoint(path string) (*checkpoint, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &CheckpointError{Path: path, Err: err}
	}
	c, err := parseCheckpoint(data)
	if err != nil {
		return nil, &CheckpointError{Path: path, Err: ErrCorrupt, Cause: err.Error()}
	}
	return c, nil
}

func parseCheckpoint(data []byte) (*checkpoint, error) {
	if len(data) < checkpointHeader+4 || string(data[:8]) != checkpointMagic {
		return nil, errors.New("it does not begin as a checkpoint does")
	}
	if v := binary.LittleEndian.Uint32(data[8:]); v != checkpointVersion {
		return nil, fmt.Errorf("it has version %d, but this program reads version %d", v, checkpointVersion)
	}
	body := uint64(len(data) - checkpointHeader - 4)
	text, numbers := uint64(binary.LittleEndian.Uint32(data[12:])), binary.LittleEndian.Uint64(data[16:])
	if numbers > body/4 || text+4*numbers != body {
		return nil, fmt.Errorf("it has %s, not the number in its header: it is cut short", message.Count(len(data), "byte"))
	}
	end := len(data) - 4
	if crc32.Checksum(data[:end], castagnoli) != binary.LittleEndian.Uint32(data[end:]) {
		return nil, errors.New("its checksum is wrong")
	}
	c := new(checkpoint)
	if err := json.Unmarshal(data[checkpointHeader:][:text], c); err != nil {
		return nil, err
	}
	rest := data[checkpointHeader+int(text) : end]
	for i := range c.Arrays {
		a := &c.Arrays[i]
		if a.Length < 0 || a.Length > len(rest)/4 {
			return nil, fmt.Errorf("it ends within the array %s", a.Name)
		}
		a.data = make([]float32, a.Length)
		for k := range a.data {
			a.data[k] = math.Float32frombits(binary.LittleEndian.Uint32(rest[4*k:]))
		}
		rest = rest[4*a.Length:]
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("it has %s after its arrays", message.Count(len(rest), "byte"))
	}
	return c, nil
}
