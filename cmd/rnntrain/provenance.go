package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/format"
)

// addOrigin records how the model was made, and from which data.
func (j *job) addOrigin(m *format.Model) error {
	if j.origin != nil {
		m.Provenance = append(m.Provenance, j.origin.property())
	}
	m.Provenance = append(m.Provenance, format.Property{Key: "made by", Value: "rnntrain " + strings.Join(portable(lasting(j.args)), " ")})
	for i, path := range j.data {
		sum, err := hashData(path)
		if err != nil {
			return err
		}
		key := "data " + filepath.Base(path)
		if i > 0 && filepath.Base(path) == filepath.Base(j.data[0]) {
			key = "validation " + key // same name in another folder: keys must be unique
		}
		for slices.ContainsFunc(m.Provenance, func(p format.Property) bool { return p.Key == key }) {
			key = "further " + key
		}
		m.Provenance = append(m.Provenance, format.Property{Key: key, Value: "sha256 " + sum})
	}
	return nil
}

// lasting leaves out flags that do not change the result of a training, so that a resumed
// training writes the same file.
func lasting(args []string) []string {
	var list []string
	for i := 0; i < len(args); i++ {
		flag, _, hasValue := strings.Cut(args[i], "=")
		switch flag {
		case "--resume", "--json":
		case "--checkpoint", "--every", "--log", "--plot", "--confusion", "--memory":
			if !hasValue {
				i++
			}
		default:
			list = append(list, args[i])
		}
	}
	return list
}

// portable strips folders from arguments that are paths, so that the same command writes
// the same file wherever the data are.
func portable(args []string) []string {
	list := make([]string, len(args))
	for i, a := range args {
		flag, value, found := strings.Cut(a, "=")
		switch {
		case found && (strings.HasPrefix(flag, "-") || strings.ContainsRune(value, filepath.Separator)):
			list[i] = flag + "=" + filepath.Base(value)
		case strings.ContainsRune(a, filepath.Separator):
			list[i] = filepath.Base(a)
		default:
			list[i] = a
		}
	}
	return list
}

// hashData returns the SHA-256 of a file or, for a folder, of the names and sums of its
// WAV files.
func hashData(path string) (string, error) {
	if !isFolder(path) {
		return hashFile(path)
	}
	h := sha256.New()
	err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.EqualFold(filepath.Ext(file), ".wav") {
			return err
		}
		name, err := filepath.Rel(path, file)
		if err != nil {
			return err
		}
		sum, err := hashFile(file)
		fmt.Fprintf(h, "%s  %s\n", sum, filepath.ToSlash(name))
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
