package benchmark

import (
	"io/fs"
	"os"
)

func systemCaches() fs.FS { return os.DirFS("/sys/devices/system/cpu/cpu0/cache") }
