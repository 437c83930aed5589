// Command doctest runs the commands that pages of the documentation show, and compares
// their outputs.
//
//	go run ./internal/doctest README.md docs/*.md
//	go run ./internal/doctest -list README.md docs/*.md
//
// Each page is run from start to end in a copy of the checkout, by bash, with rnnrun and
// rnntrain on the PATH. The language of a code block determines what is done with it:
//
//	console        lines that begin with "$ " are commands, the lines below them are
//	               their outputs: "..." stands for any lines, and an ellipsis for any text
//	sh             commands that must succeed
//	go             a whole program is compiled; if a block of text follows, it is also run,
//	               and must print the text
//
// Other blocks are not run. A comment on the line before a block changes what is done:
//
//	<!-- doctest: skip REASON -->    do not run it, but let rnnrun and rnntrain parse the
//	                                 flags of its commands; -list shows the reason
//	<!-- doctest: any output -->     do not compare its output
//	<!-- doctest: file NAME -->      write it to a file
//
// A comment can have commands that readers need not see, such as those that make small
// data:
//
//	<!-- doctest: run
//	seq 100 >numbers.csv
//	-->
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

func main() {
	list := flag.Bool("list", false, "show what is not run, and why")
	limit := flag.Duration("limit", 5*time.Minute, "the most time for a page")
	flag.Parse()
	var pages []*page
	var failed []error
	for _, path := range flag.Args() {
		text, err := os.ReadFile(path)
		if err == nil {
			var p *page
			if p, err = parse(path, text); err == nil {
				pages = append(pages, p)
				continue
			}
		}
		failed = append(failed, err)
	}
	if *list {
		for _, p := range pages {
			for _, s := range p.skips {
				fmt.Printf("%s:%d: %s\n", p.path, s.line, s.reason)
			}
		}
	} else {
		failed = append(failed, runAll(pages, *limit))
	}
	if err := errors.Join(failed...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// runAll runs pages in parallel, one per core.
func runAll(pages []*page, limit time.Duration) error {
	programs, err := os.MkdirTemp("", "doctest-bin-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(programs)
	checkout, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	r := runner{checkout: checkout, programs: programs, limit: limit}
	if err := r.build(); err != nil {
		return err
	}
	wrong := make([]error, len(pages))
	slots := make(chan struct{}, runtime.NumCPU())
	var wait sync.WaitGroup
	for i, p := range pages {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			start := time.Now()
			wrong[i] = r.run(p)
			fmt.Printf("%-32s %3d steps, %2d skipped, %5.1f s\n", p.path, len(p.steps), len(p.skips), time.Since(start).Seconds())
		})
	}
	wait.Wait()
	return errors.Join(wrong...)
}
