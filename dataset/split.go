package dataset

import (
	"bufio"
	"io"
	"math"
	"os"
)

// SplitText returns two sections of a text file: everything before the last
// fraction of its characters, and the rest.
func SplitText(path string, fraction float64) (head, tail TextSection, err error) {
	f, err := os.Open(path)
	if err != nil {
		return head, tail, err
	}
	defer f.Close()
	characters, size, err := count(f, math.MaxInt64)
	if err != nil {
		return head, tail, err
	}
	at := size
	if fraction > 0 {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return head, tail, err
		}
		if _, at, err = count(f, characters-int64(fraction*float64(characters))); err != nil {
			return head, tail, err
		}
	}
	return TextSection{path, 0, at}, TextSection{path, at, size}, nil
}

// count counts characters and their bytes, up to a limit of characters.
func count(r io.Reader, limit int64) (characters, bytes int64, err error) {
	for b := bufio.NewReaderSize(r, 1<<16); characters < limit; characters++ {
		_, size, err := b.ReadRune()
		if err == io.EOF {
			break
		} else if err != nil {
			return characters, bytes, err
		}
		bytes += int64(size)
	}
	return characters, bytes, nil
}

// SplitSeries returns the number of steps before the last fraction of a series
// with that many steps.
func SplitSeries(length int, fraction float64) int { return length - int(fraction*float64(length)) }
