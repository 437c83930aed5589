package vfpv4

import (
	"testing"

	"github.com/rnnrun/rnnrun/kernels/internal/armwords"
)

// encodings are the instructions that vfpv4.h spells out.
var encodings = []armwords.Encoding{
	{"VADD(m, n, d)", "1110 1110 0D11 nnnn dddd 1010 N0M0 mmmm", "s"},
	{"VSUB(m, n, d)", "1110 1110 0D11 nnnn dddd 1010 N1M0 mmmm", "s"},
	{"VMUL(m, n, d)", "1110 1110 0D10 nnnn dddd 1010 N0M0 mmmm", "s"},
	{"VDIV(m, n, d)", "1110 1110 1D00 nnnn dddd 1010 N0M0 mmmm", "s"},
	{"VFMA(m, n, d)", "1110 1110 1D10 nnnn dddd 1010 N0M0 mmmm", "s"},
	{"VLDR(offset, r, d)", "1110 1101 1D01 rrrr dddd 1010 oooooooo", "s"},
	{"VLDRD(offset, r, d)", "1110 1101 1D01 rrrr dddd 1011 oooooooo", "d"},
	{"VLDM(r, d, count)", "1110 1100 1D11 rrrr dddd 1010 cccccccc", "s"},
	{"VSTM(d, count, r)", "1110 1100 1D10 rrrr dddd 1010 cccccccc", "s"},
	{"VLDMD(r, d, count)", "1110 1100 1D11 rrrr dddd 1011 ccccccc0", "d"},
	{"VMINU(m, n, d)", "1111 0011 0D10 nnnn dddd 0110 N1M1 mmmm", "q"},
	{"VMINS(m, n, d)", "1111 0010 0D10 nnnn dddd 0110 N1M1 mmmm", "q"},
	{"VMAXS(m, n, d)", "1111 0010 0D10 nnnn dddd 0110 N1M0 mmmm", "q"},
	{"VCEQ(m, n, d)", "1111 0010 0D00 nnnn dddd 1110 N1M0 mmmm", "q"},
	{"VBIT(m, n, d)", "1111 0011 0D10 nnnn dddd 0001 N1M1 mmmm", "q"},
	{"VSUBI(m, n, d)", "1111 0011 0D10 nnnn dddd 1000 N1M0 mmmm", "q"},
	{"VMOVQ(n, d)", "1111 0010 0D10 nnnn dddd 0001 N1N1 nnnn", "q"},
	{"VSHRU(right, m, d)", "1111 0011 1D eeeeee dddd 0000 01M1 mmmm", "q"},
	{"VSHL(left, m, d)", "1111 0010 1D eeeeee dddd 0101 01M1 mmmm", "q"},
	{"VMOVI(bits, d)", "1111 001a 1D000 bbb dddd 1111 0101 iiii", "q"},
	{"VCVTH(m, d)", "1111 0011 1D11 0110 dddd 0111 00M0 mmmm", "dqq"},
	{"VLD1H2(r, d)", "1111 0100 0D10 rrrr dddd 1010 0100 1101", "d"},
	{"VAND(m, n, d)", "1111 0010 0D00 nnnn dddd 0001 N1M1 mmmm", "q"},
	{"VBIF(m, n, d)", "1111 0011 0D11 nnnn dddd 0001 N1M1 mmmm", "q"},
	{"VADDQ(m, n, d)", "1111 0010 0D00 nnnn dddd 1101 N1M0 mmmm", "q"},
	{"VCVTW(m, d)", "1111 0011 1D11 1011 dddd 0110 01M0 mmmm", "q"},
	{"VMULL(m, n, d)", "1111 0010 1D00 nnnn dddd 1100 N0M0 mmmm", "ddq"},
	{"VMLAL(m, n, d)", "1111 0010 1D00 nnnn dddd 1000 N0M0 mmmm", "ddq"},
	{"VPADAL(m, d)", "1111 0011 1D11 0100 dddd 0110 01M0 mmmm", "q"},
	{"VPADD(m, n, d)", "1111 0010 0D10 nnnn dddd 1011 N0M1 mmmm", "d"},
	{"VMOVNW(m, d)", "1111 0011 1D11 0110 dddd 0010 00M0 mmmm", "qqd"},
	{"VMOVNH(m, d)", "1111 0011 1D11 0010 dddd 0010 00M0 mmmm", "qqd"},
	{"VMOVS(r, n)", "1110 1110 0000 nnnn rrrr 1010 N001 0000", "s"},
	{"VMOVRR(m, r, u)", "1110 1100 0101 uuuu rrrr 1011 00M1 mmmm", "d"},
	{"VLD1B4(r, d)", "1111 0100 0D10 rrrr dddd 0010 0000 1101", "d"},
	{"VLD1B4_STEP(r, u, d)", "1111 0100 0D10 rrrr dddd 0010 0000 uuuu", "d"},
	{"VLD1W(r, d)", "1111 0100 1D10 rrrr dddd 1100 1000 1101", "d"},
	{"VST1B(d, r)", "1111 0100 0D00 rrrr dddd 0111 0000 1101", "d"},
}

func TestWordsAreAsTheManual(t *testing.T) { armwords.Check(t, "vfpv4.h", 32, encodings) }

func TestReservedRegisters(t *testing.T) { armwords.CheckRegisters(t, "vfpv4.h") }
