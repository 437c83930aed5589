package dataset_test

import (
	"fmt"

	"github.com/rnnrun/rnnrun/dataset"
)

func ExampleReadPairs() {
	for _, err := range dataset.ReadPairs("kor.txt", "2", "1") {
		fmt.Println(err)
	}
	// Output:
	// open kor.txt: no such file or directory
}

func ExampleReadTagged() {
	for _, err := range dataset.ReadTagged("sentences.tsv", "", "") {
		fmt.Println(err)
	}
	// Output:
	// open sentences.tsv: no such file or directory
}

func ExampleReadRows() {
	for _, err := range dataset.ReadRows("reviews.tsv", "", "") {
		fmt.Println(err)
	}
	// Output:
	// open reviews.tsv: no such file or directory
}
