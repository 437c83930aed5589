package nfc_test

import (
	"fmt"

	"github.com/rnnrun/rnnrun/internal/nfc"
)

func ExampleString() {
	fmt.Println(len("한글"), len(nfc.String("\u1112\u1161\u11AB\u1100\u1173\u11AF")))
	// Output: 6 6
}
