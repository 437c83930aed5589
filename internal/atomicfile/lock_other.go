//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd

package atomicfile

import (
	"errors"
	"os"
)

// locks means that the system can lock files: these systems cannot.
const locks = false

const noFollow = 0

func lock(*os.File) error { return errors.ErrUnsupported }

func (t *target) collect() {}
