package runtime

import (
	"encoding/binary"
	"fmt"
	"math"
)

// A detector's snapshot is one of a session, but for what it carries: its magic is
// "RNND", its fingerprint is also of the thresholds, and its float32 are the
// predictions and the score of the last step.
const detectorMagic = "RNND"

// AppendBinary appends a snapshot of the detector to b: all that a detector of the same
// model needs to go on with the same bits, beside a session's own snapshot. It implements
// [encoding.BinaryAppender]. The error is always nil.
func (d *Detector) AppendBinary(b []byte) ([]byte, error) {
	start := len(b)
	b = appendSnapshotHeader(b, detectorMagic, d.fingerprint(), d.steps)
	for _, v := range d.carried {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return binary.LittleEndian.AppendUint32(b, checksum(b[start:])), nil
}

// MarshalBinary returns a snapshot of the detector, as [Detector.AppendBinary].
// It implements [encoding.BinaryMarshaler].
func (d *Detector) MarshalBinary() ([]byte, error) { return d.AppendBinary(nil) }

// UnmarshalBinary goes on from a snapshot. It implements [encoding.BinaryUnmarshaler].
// The error is a [*SnapshotError]: the snapshot is damaged, of a later version, or of
// another model or other thresholds. The detector is then as it was.
func (d *Detector) UnmarshalBinary(b []byte) error {
	if err := checkSnapshot(b, detectorMagic, "detector", d.fingerprint()); err != nil {
		return err
	}
	if size := snapshotHeader + 4*len(d.carried) + checksumSize; len(b) != size {
		return &SnapshotError{fmt.Sprintf("it has %d bytes, not %d", len(b), size)}
	}
	d.steps = binary.LittleEndian.Uint64(b[16:])
	for i := range d.carried {
		d.carried[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[snapshotHeader+4*i:]))
	}
	return nil
}

// fingerprint returns a hash of all that decides a detector's scores.
func (d *Detector) fingerprint() uint64 {
	model, a := d.model.fingerprint(), d.anomaly
	h := hashStart.uint32(uint32(model)).uint32(uint32(model >> 32)).ints(len(a.Columns)).ints(a.Columns...)
	for _, numbers := range [][]float32{a.Median, a.Scale} {
		h = h.floats(numbers)
	}
	return uint64(h.uint32(math.Float32bits(a.Weight)).uint32(math.Float32bits(a.Threshold)))
}
