package main

import (
	"fmt"
	"io"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/nfc"
)

// A formCount counts texts that are not in Unicode's normal form C.
type formCount struct{ texts, others int }

func (f *formCount) add(text string) {
	f.texts++
	if !nfc.IsNormal(text) {
		f.others++
	}
}

// print writes how many texts the tokenizer converts to the normal form, if there are
// any.
func (f *formCount) print(w io.Writer, z *format.Tokenizer, what string) {
	if z != nil && z.NFC && f.others > 0 {
		fmt.Fprintf(w, "%d of %d %s were not in Unicode's normal form C, and are converted to it\n", f.others, f.texts, what)
	}
}
