package main

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
)

// sortedLabels returns the labels that are keys of m: in the order of their numbers
// if all are numbers, or else of their characters.
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
