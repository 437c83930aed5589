package bundle

import "github.com/rnnrun/rnnrun/format/network"

func damaged(format string, args ...any) error {
	return network.Refuse(network.ErrDamaged, "", format, args...)
}

func unsupported(format string, args ...any) error {
	return network.Refuse(network.ErrUnsupported, "", format, args...)
}
