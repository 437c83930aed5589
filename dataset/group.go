package dataset

// A group is the column that says what examples have in common, so that examples of
// one group are not split between training and validation: one column or none.
type group []*column

func newGroup(name string) group {
	if name == "" {
		return nil
	}
	c := newColumn("group", name, nil)
	return group{&c}
}

// of returns an object's group.
func (g group) of(o *object) string {
	if len(g) == 0 {
		return ""
	}
	return o.label(*g[0])
}

// in returns a row's group.
func (g group) in(fields []string) string {
	if len(g) == 0 {
		return ""
	}
	return labelOf(fields[g[0].at])
}
