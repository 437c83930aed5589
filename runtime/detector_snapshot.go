package runtime

import (
	"encoding/binary"
	"fmt"
	"math"
)

// A detector's snapshot is one of a session, but for what it carries: its magic is
// "RNND", its fingerprint is also of the thresholds, and its float32 are the
// predictions and the mean deviation of the last step. If the thresholds adapt, what is
// carried for that follows, as float64.
const detectorMagic = "RNND"

// AppendBinary appends a snapshot of the detector to b, with which a detector of
// the same model continues with the same bits. The session has a snapshot of its
// own. It implements [encoding.BinaryAppender]. The error is always nil.
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

// adapted returns what is carried because thresholds adapt.
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
// is damaged, of a later version, or of another model or other thresholds. The
// detector is then unchanged.
func (d *Detector) UnmarshalBinary(b []byte) error {
	if err := checkSnapshot(b, detectorMagic, "detector", d.fingerprint()); err != nil {
		return err
	}
	adapted := d.adapted()
	if size := snapshotHeader + 4*len(d.carried) + 8*len(adapted) + checksumSize; len(b) != size {
		return &SnapshotError{fmt.Sprintf("it has %d bytes, not %d", len(b), size)}
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

// fingerprint returns a hash of all that decides a detector's scores.
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
		if t.Restraint > 0 { // without one, the hash is that of earlier versions
			h = h.floats([]float32{t.Restraint})
		}
	}
	return uint64(h)
}
