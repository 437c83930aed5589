package runtime

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/rnnrun/rnnrun/internal/message"
)

// A detector's snapshot has the layout of a session's snapshot. Its magic is "RNND",
// its fingerprint also covers the thresholds, and its float32 numbers are the
// predictions and the mean deviation after the last step. If the thresholds adapt,
// their state follows as float64.
const detectorMagic = "RNND"

// AppendBinary appends a snapshot of the detector to b. A detector of the same
// model that resumes from it continues with the same bits. The session's state
// is not part of it: see [Session.AppendBinary]. It implements
// [encoding.BinaryAppender]. The error is always nil.
func (d *Detector) AppendBinary(b []byte) ([]byte, error) {
	start := len(b)
	b = appendSnapshotHeader(b, detectorMagic, d.fingerprint(), d.steps)
	for _, v := range d.carried {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	for _, v := range d.adapted() {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return binary.LittleEndian.AppendUint32(b, checksum(b[start:])), nil
}

// adapted returns the state of thresholds that adapt.
func (d *Detector) adapted() []float64 {
	if d.adapts == nil {
		return nil
	}
	return d.adapts.carried
}

// MarshalBinary returns a snapshot of the detector, as [Detector.AppendBinary].
// It implements [encoding.BinaryMarshaler].
func (d *Detector) MarshalBinary() ([]byte, error) { return d.AppendBinary(nil) }

// UnmarshalBinary resumes from a snapshot. It implements
// [encoding.BinaryUnmarshaler]. The error is a [*SnapshotError] if the snapshot
// is damaged, has a later version, or belongs to another model or other
// thresholds. On an error the detector is unchanged.
func (d *Detector) UnmarshalBinary(b []byte) error {
	if err := checkSnapshot(b, detectorMagic, "detector", d.fingerprint()); err != nil {
		return err
	}
	adapted := d.adapted()
	if size := snapshotHeader + 4*len(d.carried) + 8*len(adapted) + checksumSize; len(b) != size {
		return &SnapshotError{fmt.Sprintf("it has %s, want %d", message.Count(len(b), "byte"), size)}
	}
	d.steps = binary.LittleEndian.Uint64(b[16:])
	b = b[snapshotHeader:]
	for i := range d.carried {
		d.carried[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	b = b[4*len(d.carried):]
	for i := range adapted {
		adapted[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return nil
}

// fingerprint returns a hash of everything that determines a detector's scores.
func (d *Detector) fingerprint() uint64 {
	model, a := d.model.fingerprint(), d.anomaly
	h := hashStart.uint32(uint32(model)).uint32(uint32(model >> 32)).ints(len(a.Columns)).ints(a.Columns...)
	for _, numbers := range [][]float32{a.Median, a.Scale} {
		h = h.floats(numbers)
	}
	h = h.floats([]float32{a.Weight, a.Threshold})
	if t := a.Adaptation; t != nil {
		h = h.ints(t.Steps, t.Memory, t.Hold).floats(t.Mean).floats(t.Deviation)
		h = h.floats([]float32{t.Share, t.Threshold, t.LevelWeight, t.Error.Quantile, t.Error.Excess, t.Level.Quantile, t.Level.Excess})
		if t.Restraint > 0 { // without it, the hash is that of earlier versions
			h = h.floats([]float32{t.Restraint})
		}
	}
	return uint64(h)
}
