// Package pytorch serves the tests that compare this module with PyTorch. It
// reads the results that testdata/pytorch/generate.py computed with PyTorch in
// float64, and makes by the same rule the weights and inputs they came from.
//
// testdata/pytorch/README.md specifies the rule, the cases and the files.
package pytorch
