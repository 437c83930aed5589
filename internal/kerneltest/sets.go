// Package kerneltest tells tests which kernel sets to run.
package kerneltest

import (
	"os"
	"strings"

	"github.com/rnnrun/rnnrun/kernels"
)

// Required is the environment variable that names kernel sets, separated by commas, which
// this CPU must run.
const Required = "RNNRUN_REQUIRE_KERNELS"

// Sets returns every kernel set that this CPU can run, the fastest first. If the variable
// [Required] names sets, Sets returns only these: a CPU may be tested only on sets that
// no other machine tests. It panics if this CPU cannot run a named set, because otherwise
// the tests of a set that no machine runs would always pass.
func Sets() []*kernels.Set {
	names := os.Getenv(Required)
	if names == "" {
		return kernels.Available()
	}
	var sets []*kernels.Set
	for name := range strings.SplitSeq(names, ",") {
		s, err := kernels.ByName(name)
		if err != nil {
			panic(Required + ": " + err.Error())
		}
		sets = append(sets, s)
	}
	return sets
}
