package pickle

import (
	"archive/zip"
	"slices"
	"strings"

	"github.com/rnnrun/rnnrun/internal/message"
	"github.com/rnnrun/rnnrun/internal/ziparchive"
)

// readArchive reads torch.save's ZIP archive, whose members are not compressed.
func readArchive(data []byte) (any, storages, error) {
	z, err := ziparchive.Open(data)
	if err != nil {
		return nil, nil, damaged("archive", "%v", err)
	}
	i := slices.IndexFunc(z.File, func(f *zip.File) bool { return MatchMember(f.Name) })
	if i < 0 {
		return nil, nil, damaged("archive", "it has no data.pkl")
	}
	root := strings.TrimSuffix(z.File[i].Name, "data.pkl")
	for _, f := range z.File {
		if name := strings.TrimPrefix(f.Name, root); name == "constants.pkl" || strings.HasPrefix(name, "code/") {
			return nil, nil, unsupported(f.Name, "the archive is a TorchScript module, want a state_dict: save that alone, in Python:\n    torch.save(torch.jit.load(\"FILE\").state_dict(), \"state.pt\")")
		}
	}
	var program []byte
	s := storages{}
	seen := map[string]bool{}
	for _, f := range z.File {
		if seen[f.Name] {
			return nil, nil, damaged(f.Name, "the archive has two members of this name")
		}
		seen[f.Name] = true
		b, err := member(data, f)
		if err != nil {
			return nil, nil, err
		}
		name, ok := strings.CutPrefix(f.Name, root)
		if key, found := strings.CutPrefix(name, "data/"); ok && found {
			s[key] = b
			continue
		}
		switch {
		case name == "data.pkl" && ok:
			program = b
		case name == "byteorder" && string(b) != "little":
			return nil, nil, unsupported(f.Name, "the byte order %.20q, want little", b)
		case name == "version" || name == "byteorder" || strings.HasPrefix(name, "."):
			// They describe the archive itself; nothing in them changes a
			// tensor.
		default:
			return nil, nil, unsupported(f.Name, "torch.save writes no such member for a state_dict")
		}
	}
	value, rest, err := newMachine(program, len(data)).run()
	if err == nil && len(rest) > 0 {
		err = damaged("pickle", "%s after its end", message.Count(len(rest), "byte"))
	}
	return value, s, err
}

// member returns the bytes of an archive's member where they lie.
func member(data []byte, f *zip.File) ([]byte, error) {
	if f.Method != zip.Store {
		return nil, unsupported(f.Name, "it is compressed, which torch.save does not do")
	}
	b, err := ziparchive.Member(data, f, nil)
	if err != nil {
		return nil, damaged(f.Name, "%v", err)
	}
	return b, nil
}
