// Package hostile makes hostile files from valid ones, for tests: it changes the
// contents of a file, and then corrects the sizes and checksums that would
// reveal the change, so that the code behind these checks is reached. The same
// number makes the same file.
//
// A test tries as many files as [Count] says: a few, or those of a long run.
package hostile

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Count returns how many hostile files a test makes: short, a tenth of it with
// -short, or the number in the environment's FUZZ_COUNT.
func Count(tb testing.TB, short int) int {
	if v := os.Getenv("FUZZ_COUNT"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			tb.Fatalf("FUZZ_COUNT is %q, want a number of files", v)
		}
		return n
	}
	if testing.Short() {
		return max(short/10, 1)
	}
	return short
}

// A Maker makes one hostile file.
type Maker struct{ *rand.Rand }

// New returns the maker of the file of that number.
func New(number int) Maker { return Maker{rand.New(rand.NewPCG(uint64(number), 1))} }

// Pick returns one of the files.
func (m Maker) Pick(files [][]byte) []byte { return files[m.IntN(len(files))] }
