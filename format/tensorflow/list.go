package tensorflow

import "github.com/rnnrun/rnnrun/format/protobuf"

// integers returns an option of a node that is a list of integers; nil: it has none.
func (n *node) integers(name string) (list []int64, err error) {
	a, err := n.attribute(name, attributeList)
	if a == nil || err != nil {
		return nil, err
	}
	err = protobuf.ReadFields("ListValue", a.list, protobuf.Numbers(2, 3, 4, 5, 6, 7, 8, 9), func(f protobuf.Field) error {
		switch f.Number {
		case 3:
			if err := f.Integers(&list); err != nil {
				return err
			}
			if len(list) > maxRank {
				return damaged("", "a list of more than %d integers", maxRank)
			}
			return nil
		case 2, 4, 5, 6, 7, 8, 9: // other lists
			return nil
		}
		return f.Unknown()
	})
	if err != nil {
		return nil, n.at(err)
	}
	return list, nil
}
