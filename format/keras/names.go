package keras

import (
	"regexp"
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

var (
	wordStart = regexp.MustCompile(`(.)([A-Z][a-z]+)`)
	caseStart = regexp.MustCompile(`([a-z])([A-Z])`)
)

// snakeCase returns the name of a class as Keras 3 names its weights: max_pooling1d
// of MaxPooling1D.
func snakeCase(class string) string {
	class = wordStart.ReplaceAllString(class, "${1}_${2}")
	return strings.ToLower(caseStart.ReplaceAllString(class, "${1}_${2}"))
}
