package trainer

import (
	"cmp"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"

	"github.com/rnnrun/rnnrun/dataset"
	"github.com/rnnrun/rnnrun/internal/message"
)

// A SequenceTask is the task of predicting a class or values for each whole
// sequence (many-to-one) or for every step (many-to-many). A minibatch has
// sequences of similar length, which saves time.
type SequenceTask struct {
	train, validation dataset.Examples
	batchSize         int
	classes           [][]int // the training examples of each class; nil: classes are not balanced
}

// NewSequenceTask returns the task for examples to train on and examples to
// validate on. There may be none of the latter.
func NewSequenceTask(train, validation dataset.Examples, batchSize int) (*SequenceTask, error) {
	if batchSize < 1 {
		return nil, fmt.Errorf("the batch size is %d, want at least 1", batchSize)
	}
	if train.Len() == 0 {
		return nil, fmt.Errorf("there are no examples to train on")
	}
	batchSize = min(batchSize, max(train.Len(), validation.Len())) // the caller may give any number for a single minibatch
	return &SequenceTask{train: train, validation: validation, batchSize: batchSize}, nil
}

// Minibatches returns the number of minibatches of an epoch.
func (c *SequenceTask) Minibatches() int { return (c.train.Len() + c.batchSize - 1) / c.batchSize }

// Balance makes each epoch draw equally many examples of every class: the
// examples of rare classes several times, and only some of the examples of
// frequent classes. The number of examples in an epoch stays the same. Every
// example must have one class. Other errors are those of reading the examples.
func (c *SequenceTask) Balance() error {
	of := map[int32]int{} // the index of a class in the list
	for i := range c.train.Len() {
		s, err := c.train.At(i)
		if err != nil {
			return err
		}
		if len(s.Classes) != 1 {
			return fmt.Errorf("example %d has %s, want one to balance the classes", i, message.Count(len(s.Classes), "class"))
		}
		k, found := of[s.Classes[0]]
		if !found {
			k = len(c.classes)
			of[s.Classes[0]] = k
			c.classes = append(c.classes, nil)
		}
		c.classes[k] = append(c.classes[k], i)
	}
	return nil
}

// order returns the examples of an epoch in a new order.
func (c *SequenceTask) order(rng *rand.Rand) []int {
	if c.classes == nil {
		return rng.Perm(c.train.Len())
	}
	order := make([]int, 0, c.train.Len())
	shuffled := make([][]int, len(c.classes))
	for len(order) < cap(order) {
		for k, class := range c.classes {
			if len(shuffled[k]) == 0 {
				shuffled[k] = rng.Perm(len(class))
			}
			if len(order) < cap(order) {
				order = append(order, class[shuffled[k][0]])
				shuffled[k] = shuffled[k][1:]
			}
		}
	}
	rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	return order
}

// Epoch yields the training examples in a new order.
func (c *SequenceTask) Epoch(rng *rand.Rand, from int) iter.Seq2[Minibatch, error] {
	order := c.order(rng)
	// It sorts pools of minibatches by length, not all examples, so that it is
	// still random which examples share a minibatch.
	pool := 64 * c.batchSize
	for from := 0; from < len(order); from += pool {
		part := order[from:min(from+pool, len(order))]
		slices.SortStableFunc(part, func(i, j int) int {
			return cmp.Compare(c.train.Length(i), c.train.Length(j))
		})
	}
	batches := slices.Collect(slices.Chunk(order, c.batchSize))
	rng.Shuffle(len(batches), func(i, j int) { batches[i], batches[j] = batches[j], batches[i] })
	return minibatches(c.train, batches[from:])
}

// Validation yields the validation examples, sorted by length.
func (c *SequenceTask) Validation() iter.Seq2[Minibatch, error] {
	order := make([]int, c.validation.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Compare(c.validation.Length(i), c.validation.Length(j))
	})
	return minibatches(c.validation, slices.Collect(slices.Chunk(order, c.batchSize)))
}

func minibatches(examples dataset.Examples, batches [][]int) iter.Seq2[Minibatch, error] {
	return func(yield func(Minibatch, error) bool) {
		for _, batch := range batches {
			mb := Minibatch{Sequences: make([]dataset.Sequence, len(batch))}
			for i, k := range batch {
				var err error
				if mb.Sequences[i], err = examples.At(k); err != nil {
					yield(Minibatch{}, err)
					return
				}
			}
			if !yield(mb, nil) {
				return
			}
		}
	}
}
