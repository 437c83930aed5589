//go:build !linux

package benchmark

import "io/fs"

func systemCaches() fs.FS { return nil }
