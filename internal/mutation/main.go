// Command mutation verifies that the tests fail if the code is wrong. It makes one
// mistake at a time, an exact replacement of text in one file, and runs the tests that
// must fail:
//
//	go run ./internal/mutation [-count 6] [-run REGEXP] [-list]
//
// It changes no file: the go command reads the mutated file through -overlay. The exit
// code is 1 if the tests pass in spite of a mistake, or if a mistake no longer applies.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"time"
)

func main() {
	count := flag.Int("count", 0, "make that many `mutations`, spread over the list; 0: all")
	run := flag.String("run", "", "make those whose name matches the `regexp`")
	list := flag.Bool("list", false, "print the names only")
	flag.Parse()
	name, err := regexp.Compile(*run)
	if err != nil || flag.NArg() > 0 || *count < 0 {
		flag.Usage()
		os.Exit(2)
	}
	chosen := spread(slices.DeleteFunc(all(), func(m mutation) bool { return !name.MatchString(m.name) }), *count)
	if !check(chosen, *list) {
		os.Exit(1)
	}
}

// check makes the mutations, and reports whether the tests noticed all of them.
func check(mutations []mutation, listOnly bool) bool {
	bad := 0
	for _, m := range mutations {
		if listOnly {
			fmt.Println(m.name)
			continue
		}
		start := time.Now()
		test, err := m.run()
		if err != nil {
			bad++
			fmt.Printf("FAIL  %s: %v\n", m.name, err)
			continue
		}
		fmt.Printf("ok    %s: %s fails (%.1f s)\n", m.name, test, time.Since(start).Seconds())
	}
	if bad > 0 {
		fmt.Printf("%d of %d mutations are not noticed\n", bad, len(mutations))
	}
	return bad == 0
}

// spread returns n mutations, spread evenly over the list; 0: all.
func spread(mutations []mutation, n int) []mutation {
	if n == 0 || n >= len(mutations) {
		return mutations
	}
	chosen := make([]mutation, n)
	for i := range chosen {
		chosen[i] = mutations[i*len(mutations)/n]
	}
	return chosen
}
