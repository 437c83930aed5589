// Package hostile makes hostile files from valid ones, for tests. It changes the contents
// of a file, and then corrects the sizes and checksums that would reveal the change, so
// that tests reach the code behind these checks. The same number makes the same file.
//
// [Count] is the number of files that a test makes: few, or those of a long run.
package hostile

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Count returns the number of hostile files to make: short, a tenth of it with -short, or
// the value of the environment variable FUZZ_COUNT.
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

// New returns the maker of the file with this number.
func New(number int) Maker { return Maker{rand.New(rand.NewPCG(uint64(number), 1))} }

// Pick returns a random file.
func (m Maker) Pick(files [][]byte) []byte { return files[m.IntN(len(files))] }
