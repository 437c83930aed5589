package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/rnnrun/rnnrun/kernels"
)

// release is the version of a published binary. The linker sets it with
// -X github.com/rnnrun/rnnrun/internal/cli.release=v1.2.3, so that a binary depends only on
// its sources, and not on a checkout.
var release string

// Version returns the version and the platform of this build. Without a release, Go takes
// the version from the module, or from the tag or the commit of the checkout.
func Version() string {
	version := release
	if info, ok := debug.ReadBuildInfo(); version == "" && ok {
		version = info.Main.Version
	}
	if version == "" {
		version = "unknown"
	}
	return fmt.Sprintf("%s %s/%s", version, runtime.GOOS, runtime.GOARCH)
}

// BuildVersion is Version with more facts for a bug report: the Go version, and the kernel
// set chosen on this CPU.
func BuildVersion() string {
	chosen := "none"
	if set, err := kernels.Default(); err == nil {
		chosen = set.Name()
	}
	return fmt.Sprintf("%s, %s, kernels %s", Version(), runtime.Version(), chosen)
}
