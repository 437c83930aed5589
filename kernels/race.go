//go:build race

package kernels

import (
	"runtime"
	"unsafe"
)

// The race detector does not see what assembly reads and writes, so it is told.
const raceEnabled = true

func raceRead(s []float32) {
	if len(s) > 0 {
		runtime.RaceReadRange(unsafe.Pointer(&s[0]), len(s)*int(unsafe.Sizeof(s[0])))
	}
}

func raceWrite(s []float32) {
	if len(s) > 0 {
		runtime.RaceWriteRange(unsafe.Pointer(&s[0]), len(s)*int(unsafe.Sizeof(s[0])))
	}
}

// raceReadRows is raceRead for the first numbers of n rows that stand ld apart.
func raceReadRows(s []float32, ld, n, numbers int) {
	for j := range n {
		raceRead(s[j*ld:][:numbers])
	}
}

// raceWriteRows is raceWrite for the same rows.
func raceWriteRows(s []float32, ld, n, numbers int) {
	for j := range n {
		raceWrite(s[j*ld:][:numbers])
	}
}
