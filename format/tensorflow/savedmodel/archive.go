package savedmodel

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/internal/ziparchive"
)

// maxUnpacked bounds what an archive unpacks to, beside twice its size: graphs
// are packed to a tenth.
const maxUnpacked = 12 << 20

// MatchMember reports whether a ZIP archive with a member of that name has a
// SavedModel.
func MatchMember(name string) bool { return path.Base(name) == File }

// ReadArchive reads the SavedModel in a ZIP archive of its folder.
func ReadArchive(data []byte, options Options) (*network.Network, error) {
	z, err := ziparchive.Open(data)
	if err != nil {
		return nil, damaged("", "the archive: %v", err)
	}
	folder := ""
	for _, m := range z.File {
		if MatchMember(m.Name) {
			if folder != "" {
				return nil, unsupported(m.Name, "the archive has several SavedModels: unpack it, and give the folder of one")
			}
			folder = path.Dir(m.Name)
		}
	}
	files := memory{}
	left := maxUnpacked + 2*int64(len(data))
	for _, m := range z.File {
		for _, pattern := range []string{File, fileMetadata, pathVariables + ".*"} {
			if ok, err := path.Match(pattern, within(folder, m.Name)); err != nil || !ok {
				continue
			}
			if files[within(folder, m.Name)] != nil {
				return nil, damaged(m.Name, "the archive has two members of this name")
			}
			b, err := ziparchive.Member(data, m, &left)
			if errors.Is(err, ziparchive.ErrLarge) {
				return nil, unsupported(m.Name, "%v", err)
			}
			if err != nil {
				return nil, damaged(m.Name, "%v", err)
			}
			files[within(folder, m.Name)] = b
		}
	}
	return Read(files, options)
}

// within returns the path of a member from a folder on.
func within(folder, name string) string {
	if folder == "." {
		return name
	}
	if inside, ok := strings.CutPrefix(name, folder+"/"); ok {
		return inside
	}
	return ""
}

// memory is a folder of files by their paths.
type memory map[string][]byte

// Open opens a file.
func (m memory) Open(name string) (fs.File, error) {
	b, ok := m[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &memoryFile{bytes.NewReader(b), name}, nil
}

// A memoryFile is an open file of a memory, and what fs.Stat tells of it.
type memoryFile struct {
	*bytes.Reader
	name string
}

func (f *memoryFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *memoryFile) Close() error               { return nil }
func (f *memoryFile) Name() string               { return path.Base(f.name) }
func (f *memoryFile) Size() int64                { return f.Reader.Size() }
func (f *memoryFile) Mode() fs.FileMode          { return 0o400 }
func (f *memoryFile) ModTime() time.Time         { return time.Time{} }
func (f *memoryFile) IsDir() bool                { return false }
func (f *memoryFile) Sys() any                   { return nil }
