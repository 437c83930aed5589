package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/rnnrun/rnnrun/kernels"
)

// Version returns the version and the platform of this build. Go takes the version from
// the module, or from the tag or the commit of the checkout.
func Version() string {
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
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
