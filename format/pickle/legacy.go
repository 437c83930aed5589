package pickle

import (
	"encoding/binary"

	"github.com/rnnrun/rnnrun/internal/message"
)

// legacyMagic is how the older files start: the pickle of a magic number.
const legacyMagic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."

// readLegacy reads the older form.
func readLegacy(data []byte) (any, storages, error) {
	if !MatchLegacy(data) {
		return nil, nil, damaged("header", "it does not start as a file of torch.save does")
	}
	values := make([]any, 4) // protocol, machine, state_dict, keys
	rest := data[len(legacyMagic):]
	var named []*storage
	for i := range values {
		m := newMachine(rest, len(data))
		var err error
		if values[i], rest, err = m.run(); err != nil {
			return nil, nil, err
		}
		named = append(named, m.storages...)
	}
	if values[0] != int64(1001) {
		return nil, nil, unsupported("protocol", "it is %v, want 1001", describe(values[0]))
	}
	if machine, ok := values[1].(*dict); !ok || machine.get("little_endian") != true {
		return nil, nil, unsupported("machine", "the file was not saved on a little-endian machine")
	}
	s, err := readStorages(values[3], rest, named)
	return values[2], s, err
}

func (d *dict) get(key string) any {
	for i, k := range d.keys {
		if k == key {
			return d.values[i]
		}
	}
	return nil
}

// readStorages reads the storages of the keys, which the values before them
// name.
func readStorages(keys any, data []byte, named []*storage) (storages, error) {
	list, ok := keys.(*list)
	if !ok {
		return nil, damaged("storages", "their keys are %s, want a list", describe(keys))
	}
	classOf := map[string]name{}
	for _, s := range named {
		classOf[s.key] = s.class
	}
	s := storages{}
	for _, k := range list.items {
		key, ok := k.(string)
		class, used := classOf[key]
		if _, twice := s[key]; !ok || !used || twice {
			return nil, damaged("storages", "the key %s belongs to no tensor, or occurs twice", describe(k))
		}
		size := classes[class].size
		if size == 0 {
			return nil, unsupported(key, "a storage of %.80q, whose size in the file is not known", string(class))
		}
		if len(data) < 8 {
			return nil, damaged(key, "the file ends before its storage does")
		}
		n := binary.LittleEndian.Uint64(data)
		data = data[8:]
		if n > uint64(len(data)/size) {
			return nil, damaged(key, "a storage of %s of %s, but the file has %s left", message.Count(n, "element"), message.Count(size, "byte"), message.Count(len(data), "byte"))
		}
		s[key], data = data[:n*uint64(size)], data[n*uint64(size):]
	}
	if len(data) > 0 {
		return nil, damaged("storages", "%s after the last one", message.Count(len(data), "byte"))
	}
	return s, nil
}
