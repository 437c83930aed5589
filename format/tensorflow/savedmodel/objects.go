package savedmodel

import (
	"github.com/rnnrun/rnnrun/format/protobuf"
	"github.com/rnnrun/rnnrun/internal/message"
)

// maxObjects bounds how many objects a model has, and how often one is looked at.
const maxObjects = 1 << 16

// objects are the messages of a graph of objects: SavedObjects, or TrackableObjects of
// a checkpoint.
type objects [][]byte

// objectsOf returns the messages in field 1 of a graph of objects.
func objectsOf(graph []byte) (objects, error) {
	var list objects
	err := protobuf.ReadFields("SavedObjectGraph", graph, protobuf.Numbers(1, 2), func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			if len(list) == maxObjects {
				return unsupported("", "it has more than %d objects", maxObjects)
			}
			b, err := f.Bytes()
			list = append(list, b)
			return err
		case 2: // functions
			return nil
		}
		return f.Unknown()
	})
	return list, err
}

// An edge leads from an object to one of its attributes.
type edge struct {
	name string
	to   int
}

// edges returns the attributes of an object, in their order.
func (o objects) edges(i int) ([]edge, error) {
	var list []edge
	err := protobuf.ReadFields("SavedObject", o[i], every, func(f protobuf.Field) error {
		if f.Number != 1 {
			return nil
		}
		var e edge
		var to int64
		err := f.Message("ObjectReference", 0, func(f protobuf.Field) error {
			switch f.Number {
			case 1:
				return f.Integer(&to)
			case 2:
				return f.Text(&e.name)
			}
			return f.Unknown()
		})
		if err == nil && (to < 0 || to >= int64(len(o))) {
			err = damaged(File, "object %d has the attribute %d, of %s", i, to, message.Count(len(o), "object"))
		}
		e.to = int(to)
		list = append(list, e)
		return err
	})
	return list, err
}

// every is all fields, for messages with only a few fields of interest.
const every = ^protobuf.Repeated(0)

// attributes returns the numbers of an object's attributes by their names.
func (o objects) attributes(i int) (map[string]int, error) {
	list, err := o.edges(i)
	byName := make(map[string]int, len(list))
	for _, e := range list {
		byName[e.name] = e.to
	}
	return byName, err
}

// A user is a SavedObject's description of a Python object.
type user struct {
	class    string // such as _tf_keras_layer
	metadata []byte // JSON that Keras has of it
	variable bool   // it is a variable instead
}

// user reads what a SavedObject is.
func (o objects) user(i int) (user, error) {
	var u user
	err := protobuf.ReadFields("SavedObject", o[i], every, func(f protobuf.Field) error {
		switch f.Number {
		case 4:
			return f.Message("SavedUserObject", 0, func(f protobuf.Field) (err error) {
				switch f.Number {
				case 1:
					return f.Text(&u.class)
				case 2: // its version
					return nil
				case 3:
					u.metadata, err = f.Bytes()
					return err
				}
				return f.Unknown()
			})
		case 7:
			u.variable = true
		}
		return nil
	})
	return u, err
}

// key returns the name in the checkpoint of a TrackableObject that is a variable;
// empty: it is not one.
func (o objects) key(i int) (string, error) {
	key := ""
	err := protobuf.ReadFields("TrackableObject", o[i], every, func(f protobuf.Field) error {
		if f.Number != 2 {
			return nil
		}
		name, at := "", ""
		err := f.Message("SerializedTensor", 0, func(f protobuf.Field) error {
			switch f.Number {
			case 1:
				return f.Text(&name)
			case 2, 4: // the variable's own name, whether it may be missing
				return nil
			case 3:
				return f.Text(&at)
			}
			return f.Unknown()
		})
		if name == "VARIABLE_VALUE" {
			key = at
		}
		return err
	})
	return key, err
}

// metadataOf reads a keras_metadata.pb: JSON of objects by their numbers.
func metadataOf(data []byte) (map[int][]byte, error) {
	byObject := map[int][]byte{}
	err := protobuf.ReadFields("SavedMetadata", data, protobuf.Numbers(1), func(f protobuf.Field) error {
		if f.Number != 1 {
			return f.Unknown()
		}
		if len(byObject) == maxObjects {
			return unsupported(fileMetadata, "it has more than %d objects", maxObjects)
		}
		var id int64
		var text []byte
		err := f.Message("SavedObject", 0, func(f protobuf.Field) (err error) {
			switch f.Number {
			case 2:
				return f.Integer(&id)
			case 1, 3, 4, 6: // its version, the way to it, its class
				return nil
			case 5:
				text, err = f.Bytes()
				return err
			}
			return f.Unknown()
		})
		byObject[int(id)] = text
		return err
	})
	return byObject, err
}
