package vfp

import (
	"testing"

	"github.com/rnnrun/rnnrun/kernels/internal/armwords"
)

// encodings are the instructions that vfp.h spells out.
var encodings = []armwords.Encoding{
	{"VLDM(r, d, count)", "1110 1100 1D11 rrrr dddd 1010 cccccccc", "s"},
	{"VSTM(d, count, r)", "1110 1100 1D10 rrrr dddd 1010 cccccccc", "s"},
	{"VLDR(offset, r, d)", "1110 1101 1D01 rrrr dddd 1010 oooooooo", "s"},
	{"VCVTSD(m, d)", "1110 1110 1011 0111 dddd 1010 11M0 mmmm", "ssd"},
	{"VCVTDS(m, d)", "1110 1110 1D11 0111 dddd 1011 1100 mmmm", "dds"},
	{"VMLAD(m, n, d)", "1110 1110 0000 nnnn dddd 1011 0000 mmmm", "d"},
	{"VMOVR(n, r)", "1110 1110 0001 nnnn rrrr 1010 N001 0000", "s"},
	{"VMRS(r)", "1110 1110 1111 0001 rrrr 1010 0001 0000", ""},
	{"VMSR(r)", "1110 1110 1110 0001 rrrr 1010 0001 0000", ""},
}

func TestWordsAreAsTheManual(t *testing.T) { armwords.Check(t, "vfp.h", 16, encodings) }

func TestReservedRegisters(t *testing.T) { armwords.CheckRegisters(t, "vfp.h") }
