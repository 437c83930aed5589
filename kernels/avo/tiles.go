package main

import (
	. "github.com/mmcloughlin/avo/build"
)

func tiles() {
	TEXT("zero", 0, "func()")
	RET()
}
