package dataset

import (
	"fmt"

	"github.com/rnnrun/rnnrun/internal/message"
)

// A divider begins another series when the group of a file's steps changes.
type divider struct {
	file   *SeriesFile
	series int    // of the file
	group  string // of the last step
	added  int    // series, by changes of the group
}

// divide sets the number of a step's series by its group, the last of its words.
func (d *divider) divide(words []string, series *int) error {
	name := d.file.group
	if name == "" {
		return nil
	}
	group := words[len(words)-1]
	if group == "" {
		return &columnError{name, fmt.Errorf("the group %s is empty", message.Quote(name))}
	}
	if d.group != "" && *series == d.series && group != d.group {
		d.added++
	}
	d.series, d.group = *series, group
	*series += d.added
	return nil
}

// others returns a step's words without its group.
func (d *divider) others(words []string) []string {
	if d.file.group == "" {
		return words
	}
	return words[:len(words)-1]
}
