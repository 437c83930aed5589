// Package fetched finds what the benchmark has fetched.
package fetched

import (
	"os"
	"path/filepath"
)

// ONNXRuntime returns the newest of ONNX Runtime's shared libraries that are there;
// empty if there is none.
func ONNXRuntime() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	list, _ := filepath.Glob(filepath.Join(dir, "rnnrun-bench/onnxruntime/*/node_modules/onnxruntime-node/bin/napi-v6/linux/*/libonnxruntime.so.1"))
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}
