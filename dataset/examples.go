package dataset

// Examples are sequences to train on or to validate on, in memory or elsewhere.
type Examples interface {
	Len() int
	// Length returns the length of example i in tokens or numbers, without
	// reading it.
	Length(i int) int
	// At returns example i.
	At(i int) (Sequence, error)
}

// Sequences are examples in memory.
type Sequences []Sequence

// Len returns the number of examples.
func (s Sequences) Len() int { return len(s) }

// Length implements [Examples].
func (s Sequences) Length(i int) int { return s[i].length() }

// At returns example i.
func (s Sequences) At(i int) (Sequence, error) { return s[i], nil }

// Select returns the examples of these numbers, in this order.
func Select(examples Examples, numbers []int) Examples { return selection{examples, numbers} }

type selection struct {
	examples Examples
	numbers  []int
}

func (s selection) Len() int                   { return len(s.numbers) }
func (s selection) Length(i int) int           { return s.examples.Length(s.numbers[i]) }
func (s selection) At(i int) (Sequence, error) { return s.examples.At(s.numbers[i]) }
