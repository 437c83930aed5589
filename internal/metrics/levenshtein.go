package metrics

// Levenshtein returns the least number of tokens to insert, delete or replace to
// turn a into b (Levenshtein, "Binary codes capable of correcting deletions,
// insertions, and reversals", 1966).
func Levenshtein(a, b []int32) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			replaced := diagonal
			if x != y {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
