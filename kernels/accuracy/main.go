// Command accuracy measures the error of tanh, sigmoid, exp and log over all
// float32 values, or over every Nth of them.
//
//	go run ./kernels/accuracy                       # all 2^32, with the fastest set
//	go run ./kernels/accuracy --step 4099           # about a million of them
//	go run ./kernels/accuracy --sets avx2,generic
//
// The reference is float64 arithmetic, whose own error is of the order of
// 1e-16. An error in ulp is counted in units of the last place of the exact
// value rounded to float32. A drop is a step to the next greater x with a
// smaller result.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/rnnrun/rnnrun/kernels"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("accuracy", flag.ContinueOnError)
	flags.SetOutput(stderr)
	names := flags.String("sets", kernels.Best().Name(), "kernel `sets` to measure, separated by commas")
	step := flags.Uint64("step", 1, "measure every `N`th float32")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case *step == 0:
		fmt.Fprintln(stderr, "accuracy: --step: must be 1 or more")
		return 2
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "accuracy: unexpected argument %q\n", flags.Arg(0))
		return 2
	}
	var sets []*kernels.Set
	for name := range strings.SplitSeq(*names, ",") {
		set, err := kernels.ByName(name)
		if err != nil {
			fmt.Fprintln(stderr, "accuracy:", err)
			return 1
		}
		sets = append(sets, set)
	}

	table := tabwriter.NewWriter(stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "set\tfunction\tmax error\tat\tmax ulp\tat\tdrops\tlargest\tat\toutside\twrong NaN")
	for _, set := range sets {
		for _, f := range functions {
			var done atomic.Uint64
			stop := progress(stderr, set.Name()+" "+f.name, &done)
			r := f.measure(set, *step, &done)
			stop()
			fmt.Fprintf(table, "%s\t%s\t%.4g\t%.9g\t%.4g\t%.9g\t%d\t%.3g\t%.9g\t%d\t%d\n", set.Name(), f.name,
				r.abs.size, r.abs.at, r.ulp.size, r.ulp.at, r.drops, r.drop.size, r.drop.at, r.outside, r.wrongNaN)
		}
	}
	if err := table.Flush(); err != nil {
		fmt.Fprintln(stderr, "accuracy:", err)
		return 1
	}
	return 0
}

// progress shows each second how many of the 2^32 values are done, until stop
// is called.
func progress(w io.Writer, name string, done *atomic.Uint64) (stop func()) {
	ticker := time.NewTicker(time.Second)
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-ticker.C:
				fmt.Fprintf(w, "\r%s: %.0f %% ", name, 100*float64(done.Load())/values)
			case <-quit:
				return
			}
		}
	}()
	return func() {
		ticker.Stop()
		close(quit)
		<-ended
		fmt.Fprintf(w, "\r%s: done\n", name)
	}
}
