// Vad makes the data that builtin:vad is trained on, and measures it beside other models.
//
//	cd bench
//	vad/collect.sh FSDD TEXT FOLDER
//	go run ./vad mix FOLDER/train FEATURES.npy SAMPLES.npy
//	go run ./vad compare FOLDER/test ROC.csv NAME=MODEL...
//	go run ./vad draw ROC.csv ROC.svg
//	go run ./vad agree FILE.wav NAME=MODEL NAME=MODEL
//
// testdata/README.md has the commands with which builtin:vad is made, docs/sound.md the
// results.
package main

import (
	"fmt"
	"log"
	"os"
)

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 4 && args[0] == "mix":
		return mix(args[1], args[2], args[3])
	case len(args) > 3 && args[0] == "compare":
		return compare(args[1], args[3:], args[2])
	case len(args) == 3 && args[0] == "draw":
		return draw(args[1], args[2])
	case len(args) == 4 && args[0] == "agree":
		return agree(args[1], args[2:])
	}
	return fmt.Errorf("usage: go run ./vad mix FOLDER FEATURES.npy SAMPLES.npy\n       go run ./vad compare FOLDER ROC.csv NAME=MODEL...\n       go run ./vad draw ROC.csv ROC.svg\n       go run ./vad agree FILE.wav NAME=MODEL NAME=MODEL")
}
