package savedmodel

import "github.com/rnnrun/rnnrun/format/network"

func damaged(name, format string, args ...any) error {
	return network.Refuse(network.ErrDamaged, name, format, args...)
}

func unsupported(name, format string, args ...any) error {
	return network.Refuse(network.ErrUnsupported, name, format, args...)
}
