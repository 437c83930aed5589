// Command notices writes THIRD_PARTY_NOTICES: the licences of all modules that are linked
// into the commands on any platform, which must accompany the binaries, and the credits
// for the data of the built-in models.
//
//	go run ./internal/notices          writes the file
//	go run ./internal/notices -check   fails if the file is out of date
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	file    = "THIRD_PARTY_NOTICES"
	credits = "models/CREDITS" // credits for the data of the built-in models
)

var (
	commands  = []string{"rnnrun", "rnntrain", "rnnrun-mqtt"}
	folders   = map[string]string{"rnnrun": "cmd/rnnrun", "rnntrain": "cmd/rnntrain", "rnnrun-mqtt": "mqtt"} // folders of the commands
	platforms = []string{"linux", "darwin", "windows"}
	licence   = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|edl-)`)
)

// A module is a dependency, with the commands that link it.
type module struct {
	path, version, folder string
	commands              []string
}

func main() {
	check := flag.Bool("check", false, "compare "+file+" with what would be written")
	flag.Parse()
	if err := run(*check); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func run(check bool) error {
	modules, err := dependencies()
	if err != nil {
		return err
	}
	text, err := notices(modules)
	if err != nil {
		return err
	}
	models, err := os.ReadFile(credits)
	if err != nil {
		return err
	}
	text = fmt.Appendf(text, "\n%s\nBuilt-in models (rnnrun, rnntrain)\n%s\n\n%s\n", strings.Repeat("=", 78), strings.Repeat("-", 78), bytes.TrimSpace(models))
	if !check {
		return os.WriteFile(file, text, 0o644)
	}
	have, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !bytes.Equal(have, text) {
		return errors.New(file + " is not that of the present dependencies: go run ./internal/notices")
	}
	fmt.Printf("%s has the licences of %d modules\n", file, len(modules))
	return nil
}

// dependencies returns the modules that the commands link.
func dependencies() ([]*module, error) {
	byVersion := map[string]*module{}
	for _, command := range commands {
		for _, platform := range platforms {
			list := exec.Command("go", "list", "-deps", "-f",
				"{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}", ".")
			list.Dir = folders[command]
			list.Env = append(os.Environ(), "CGO_ENABLED=0", "GOARCH=amd64", "GOOS="+platform)
			list.Stderr = os.Stderr
			out, err := list.Output()
			if err != nil {
				return nil, fmt.Errorf("go list: %w", err)
			}
			for line := range strings.Lines(string(out)) {
				fields := strings.Split(strings.TrimSpace(line), "\t")
				if len(fields) != 3 || fields[0] == "github.com/rnnrun/rnnrun" {
					continue // a package of the standard library or of this module
				}
				key := fields[0] + "@" + fields[1] // two of our modules may need different versions
				m := byVersion[key]
				if m == nil {
					m = &module{path: fields[0], version: fields[1], folder: fields[2]}
					byVersion[key] = m
				}
				if !slices.Contains(m.commands, command) {
					m.commands = append(m.commands, command)
				}
			}
		}
	}
	var modules []*module
	for _, m := range byVersion {
		modules = append(modules, m)
	}
	slices.SortFunc(modules, func(a, b *module) int { return strings.Compare(a.path+"@"+a.version, b.path+"@"+b.version) })
	return modules, nil
}

// notices returns the text of the file.
func notices(modules []*module) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintln(&b, "The commands rnnrun, rnntrain and rnnrun-mqtt are linked from the modules below, under these licences.")
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	golang := &module{path: "Go's runtime and standard library", folder: strings.TrimSpace(string(root)), commands: commands}
	for _, m := range append([]*module{golang}, modules...) {
		title := strings.TrimSpace(m.path + " " + m.version)
		fmt.Fprintf(&b, "\n%s\n%s (%s)\n", strings.Repeat("=", 78), title, strings.Join(m.commands, ", "))
		files, err := m.licences()
		if err != nil {
			return nil, err
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&b, "%s\n\n%s\n", strings.Repeat("-", 78), bytes.TrimSpace(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))))
		}
	}
	return b.Bytes(), nil
}

// licences returns the paths of the module's licence files, including those in a folder
// of licences.
func (m *module) licences() ([]string, error) {
	entries, err := os.ReadDir(m.folder)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		path := filepath.Join(m.folder, e.Name())
		switch {
		case !licence.MatchString(e.Name()):
		case e.IsDir():
			inside, err := filepath.Glob(filepath.Join(path, "*"))
			if err != nil {
				return nil, err
			}
			files = append(files, inside...)
		default:
			files = append(files, path)
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s %s has no licence file", m.path, m.version)
	}
	return files, nil
}
