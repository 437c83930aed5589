package benchmark

// readUnit is how many float32 a reader reads in one turn of its loop.
const readUnit = 64

// NewRead returns a task that reads size bytes of memory from end to end, as
// fast as this core can, and how many bytes those are, since size is rounded
// up. The memory stands in huge pages where the system has them.
func NewRead(size int) (*Task, int) {
	data := Memory((size + 4*readUnit - 1) / (4 * readUnit) * readUnit)
	return &Task{Do: func(n int) {
		for range n {
			read(data)
		}
	}}, 4 * len(data)
}

// NewEviction returns a function that drives everything else from the caches,
// by reading twice as much as the largest of them holds.
func NewEviction() func() {
	data := Memory(2 * LastLevelCache() / 4)
	return func() { read(data) }
}

// readWords reads data and returns the bits that are set in any of its words.
// It is the portable form of read.
func readWords(data []float32) uint32 {
	words := bits(data)
	var a, b, c, d uint32
	for ; len(words) >= 8; words = words[8:] {
		w := (*[8]uint32)(words)
		a |= w[0] | w[4]
		b |= w[1] | w[5]
		c |= w[2] | w[6]
		d |= w[3] | w[7]
	}
	for _, w := range words {
		a |= w
	}
	return a | b | c | d
}
