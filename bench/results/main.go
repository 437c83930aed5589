// Command results trains every model of docs/results.md and measures it, with
// rnntrain alone:
//
//	cd bench && go run ./results -data DATA                   # all rows, hours
//	cd bench && go run ./results -data DATA -only 'jsb|names' # some
//	cd bench && go run ./results -data DATA -markdown ../docs/results.md -only none
//
// DATA is a folder with the public files that docs/results.md names, as they
// are published. What is made of them, the models, and what came of each row go
// to the folder -work; a row whose command has not changed is not run again.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
)

func main() {
	log.SetFlags(0)
	data := flag.String("data", "", "the `folder` of the data")
	work := flag.String("work", filepath.Join(os.TempDir(), "rnnrun-results"), "the `folder` for prepared data, models and results")
	only := flag.String("only", "", "run only the rows whose name `matches`")
	markdown := flag.String("markdown", "", "write the page to this `file`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *data, *work, *only, *markdown); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, data, work, only, markdown string) error {
	if data == "" {
		return fmt.Errorf("give the folder of the data: -data FOLDER")
	}
	chosen, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	if data, err = filepath.Abs(data); err != nil {
		return err
	}
	if work, err = filepath.Abs(work); err != nil {
		return err
	}
	if err := os.MkdirAll(work, 0o755); err != nil {
		return err
	}
	results, err := readResults(filepath.Join(work, "results.json"))
	if err != nil {
		return err
	}
	r := runner{data: data, work: work, results: results}
	build := exec.CommandContext(ctx, "go", "build", "-o", work, "github.com/rnnrun/rnnrun/cmd/rnntrain")
	build.Dir, build.Stderr = "..", os.Stderr // of the module that has the command
	if err := build.Run(); err != nil {
		return fmt.Errorf("building rnntrain: %w", err)
	}
	for _, s := range sections {
		if err := r.section(ctx, s, chosen); err != nil {
			return fmt.Errorf("%s: %w", s.title, err)
		}
	}
	if markdown != "" {
		return writePage(markdown, results)
	}
	return nil
}
