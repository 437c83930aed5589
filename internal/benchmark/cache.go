package benchmark

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// unknownCache is the size assumed for the largest cache if the system does not report
// it.
const unknownCache = 32 << 20

// A Cache is one of the caches of a core.
type Cache struct {
	Level int
	Type  string // "Data", "Instruction" or "Unified"
	Bytes int
}

// Caches returns the caches of the first core, the nearest first. It returns none if the
// system does not report them.
func Caches() []Cache { return readCaches(systemCaches()) }

// LastLevelCache returns the size of the largest cache in bytes, or a guess.
func LastLevelCache() int {
	size := 0
	for _, c := range Caches() {
		size = max(size, c.Bytes)
	}
	if size == 0 {
		return unknownCache
	}
	return size
}

// readCaches reads a folder like Linux's /sys/devices/system/cpu/cpu0/cache.
func readCaches(dir fs.FS) []Cache {
	if dir == nil {
		return nil
	}
	var caches []Cache
	names, _ := fs.Glob(dir, "index*")
	for _, name := range names {
		read := func(file string) string {
			b, _ := fs.ReadFile(dir, path.Join(name, file))
			return strings.TrimSpace(string(b))
		}
		level, _ := strconv.Atoi(read("level"))
		if size := parseSize(read("size")); size > 0 {
			caches = append(caches, Cache{level, read("type"), size})
		}
	}
	return caches
}

// parseSize parses a size such as 32K into bytes, or returns 0.
func parseSize(s string) int {
	unit := 1
	switch {
	case strings.HasSuffix(s, "K"):
		unit = 1 << 10
	case strings.HasSuffix(s, "M"):
		unit = 1 << 20
	}
	n, err := strconv.Atoi(strings.TrimRight(s, "KM"))
	if err != nil {
		return 0
	}
	return n * unit
}
