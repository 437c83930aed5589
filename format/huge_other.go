//go:build !linux

package format

import (
	"errors"
	"os"
)

func readHuge(*os.File, int) ([]byte, func() error, error) {
	return nil, nil, errors.ErrUnsupported
}
