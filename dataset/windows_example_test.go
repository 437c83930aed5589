package dataset_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/rnnrun/rnnrun/dataset"
)

// Windows of two readings with a label. The empty line is a gap, which no window crosses.
func ExampleOpenReadings() {
	path := file("motion.csv", "x,y,activity\n1,2,walk\n3,4,walk\n\n5,6,run\n7,8,run\n")
	defer os.RemoveAll(filepath.Dir(path))
	r, err := dataset.OpenReadings(path, dataset.ReadingsOptions{Label: "activity", Length: 2, Stride: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Inputs)
	for w, err := range r.Windows() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(w.Label, w.Inputs)
	}
	// Output:
	// [x y]
	// walk [1 2 3 4]
	// run [5 6 7 8]
}

// The names of WAV files tell the words, and the speakers that they have in common.
func ExampleListSounds() {
	folder := filepath.Dir(file("up-ann-1.wav", ""))
	defer os.RemoveAll(folder)
	for _, name := range []string{"down-bob-1.wav", "noise.wav"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			log.Fatal(err)
		}
	}
	sounds, unlike, err := dataset.ListSounds(folder, dataset.SoundsOptions{Pattern: "{label}-{group}-*"})
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range sounds {
		fmt.Println(filepath.Base(s.Path), s.Label, s.Group)
	}
	fmt.Println(unlike, "left out")
	// Output:
	// down-bob-1.wav down bob
	// up-ann-1.wav up ann
	// 1 left out
}
