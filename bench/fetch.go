package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/rnnrun/rnnrun/bench/fetched"
)

// onnxRuntimeVersion is the version of the package of ONNX Runtime for node,
// which holds its shared library.
const onnxRuntimeVersion = "1.30.0"

// fetchONNXRuntime returns the path of ONNX Runtime's shared library, which is
// fetched by npm once.
func fetchONNXRuntime() (string, error) {
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	return fetched.NPM("onnxruntime", "onnxruntime-node", onnxRuntimeVersion,
		filepath.Join("onnxruntime-node/bin/napi-v6/linux", arch, "libonnxruntime.so.1"))
}

// A blasPackage is a library of linear algebra that PyTorch is run on, as Debian
// names it, and the folder in it.
type blasPackage struct{ debian, folder string }

// The one that PyTorch uses by itself may be many times slower than the other.
var (
	openBLAS = blasPackage{"libopenblas0-pthread", "openblas-pthread"}
	blis     = blasPackage{"libblis4-pthread", "blis-pthread"}
)

// fetchBLAS returns the folder of a library of linear algebra, which is fetched
// by apt-get once, and not installed.
func fetchBLAS(b blasPackage) (string, error) {
	dir, err := fetched.Folder()
	if err != nil {
		return "", err
	}
	triplet := map[string]string{"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}[runtime.GOARCH]
	root := filepath.Join(dir, b.debian)
	library := filepath.Join(root, "usr/lib", triplet, b.folder)
	if _, err := os.Stat(library); err == nil {
		return library, nil
	}
	if err := os.MkdirAll(root, 0o777); err != nil {
		return "", err
	}
	if err := command(root, "apt-get", "download", "-qq", b.debian); err != nil {
		return "", err
	}
	packages, err := filepath.Glob(filepath.Join(root, "*.deb"))
	if err != nil || len(packages) == 0 {
		return "", fmt.Errorf("apt-get has left no package in %s", root)
	}
	return library, command(root, "dpkg", "-x", packages[0], root)
}

func command(dir, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", c, err, out)
	}
	return nil
}
