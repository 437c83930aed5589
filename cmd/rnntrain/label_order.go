package main

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
)

// sortedLabels returns the keys of m in order: by number if all are numbers, or else
// alphabetically.
func sortedLabels[V any](m map[string]V) []string {
	labels := slices.Sorted(maps.Keys(m))
	numbers := map[string]float64{}
	for _, l := range labels {
		v, err := strconv.ParseFloat(l, 64)
		if err != nil || v != v {
			return labels
		}
		numbers[l] = v
	}
	slices.SortStableFunc(labels, func(a, b string) int { return cmp.Compare(numbers[a], numbers[b]) })
	return labels
}
