// Package pytorch is for tests that compare this module with PyTorch. It reads the
// results that testdata/pytorch/generate.py computed with PyTorch in float64, and makes
// the same weights and inputs by the same rule.
//
// testdata/pytorch/README.md specifies the rule, the cases and the files.
package pytorch
