// Package fetched finds what the comparisons with others have fetched, and fetches what
// npm has.
package fetched

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Folder returns the folder for what is fetched.
func Folder() (string, error) {
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "rnnrun-bench"), err
}

// NPM returns the path of a file in node_modules that a package of npm puts there. If it
// is not there, the package is fetched, into a folder of its own. No script of it is run.
func NPM(folder, name, version, file string) (string, error) {
	dir, err := Folder()
	if err != nil {
		return "", err
	}
	root := filepath.Join(dir, folder, version)
	path := filepath.Join(root, "node_modules", file)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(root, 0o777); err != nil {
		return "", err
	}
	c := exec.Command("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", root, name+"@"+version)
	c.Dir = root
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%v: %w\n%s", c, err, out)
	}
	_, err = os.Stat(path)
	return path, err
}

// ONNXRuntime returns the newest of ONNX Runtime's shared libraries that are there;
// empty if there is none.
func ONNXRuntime() string {
	dir, err := Folder()
	if err != nil {
		return ""
	}
	list, _ := filepath.Glob(filepath.Join(dir, "onnxruntime/*/node_modules/onnxruntime-node/bin/napi-v6/linux/*/libonnxruntime.so.1"))
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}
