package torchscript_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format/network"
	"github.com/rnnrun/rnnrun/format/torchscript"
	"github.com/rnnrun/rnnrun/internal/hostile"
)

// Code that is short, and would take all time or memory if it was followed to its end.
func TestRefusesEndlessCode(t *testing.T) {
	tag := networks(t)["TagLSTM.script.pt"]
	before := func(statements string) []byte {
		return with(t, tag, "    weight = self.weight\n", statements+"    weight = self.weight\n")
	}
	methods := ""
	for i := range 40 {
		methods += fmt.Sprintf("  def f%d(self, a: int=(self).f%d(), b: int=(self).f%d()) -> int:\n    pass\n", i, i+1, i+1)
	}
	doubled := "    l0 = [input, input]\n"
	joined := "    j0 = [1, 1]\n"
	for i := range 60 {
		doubled += fmt.Sprintf("    l%d = [l%d, l%d]\n", i+1, i, i)
		joined += fmt.Sprintf("    j%d = torch.add(j%d, j%d)\n", i+1, i, i)
	}
	for _, c := range []struct {
		name    string
		archive []byte
		message string
	}{
		{"a loop of nothing", before("    for i in range(999999999999):\n      pass\n"), "more than 524288 steps"},
		{"functions of nothing that call two of them", with(t, before("    x = (self).f0()\n"), "  def forward(", methods+"  def f40(self) -> int:\n    pass\n  def forward("), "more than 524288 steps"},
		{"a list that doubles, read by an operator", before(doubled + "    x = torch.cat(l60)\n"), "more than 524288 steps"},
		{"a list that doubles, returned", with(t, before(doubled), "return torch.linear(input, weight, bias)", "return l60"), "more than 524288 steps"},
		{"a list that is joined with itself", before(joined), "more than 524288 steps"},
		{"a product of many weights", before("    l = [" + strings.Repeat("torch.linear(input, self.weight), ", 5000) + "]\n"), "numbers are made from a file with fewer"},
		{"many nodes of one line", before("    l = [" + strings.Repeat("torch.relu(input),", 40000) + "]\n"), "too much code"},
		{"a chain of attributes", before("    x = self" + strings.Repeat(".a", 10000) + "\n"), "a chain of more than 200 attributes and calls"},
		{"a chain of calls", before("    x = self" + strings.Repeat("()", 10000) + "\n"), "a chain of more than 200 attributes and calls"},
		{"much code", before(strings.Repeat("    x = 1\n", 100000)), "too much code"},
		{"brackets in brackets", before("    x = " + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + "\n"), "code that nests more than 200 deep"},
		{"a long string", before(`    x = "` + strings.Repeat("a", 1<<22) + "\"\n"), ""},
		{"a large number", before("    x = torch.zeros([" + strings.Repeat("9", 1000) + "])\n"), `the number "9999`},
	} {
		t.Run(c.name, func(t *testing.T) {
			hostile.RequireMemory(t, hostile.Limit(len(c.archive)), func() {
				_, err := torchscript.Options{}.Read(c.archive)
				if c.message == "" {
					require.NoError(t, err)
					return
				}
				var e *network.ImportError
				require.ErrorAs(t, err, &e)
				require.ErrorContains(t, err, c.message)
				require.Less(t, len(err.Error()), 1<<10)
			})
		})
	}
}

// An archive without weights does not show the shape of its input.
func TestRefusesModulesWithoutWeights(t *testing.T) {
	data := edited(t, networks(t)["TagLSTM.script.pt"], func(name string, data []byte) []byte {
		if strings.HasSuffix(name, "/data.pkl") {
			return []byte("\x80\x02c__torch__\nTagger\n)\x81}b.")
		}
		return data
	})
	n, err := torchscript.Options{}.Read(data)
	require.Nil(t, n)
	require.ErrorIs(t, err, network.ErrUnsupported)
	require.ErrorContains(t, err, "give it with --shape")
}

// Modules that lie in themselves, or in many others, and constants that lie in
// themselves, end.
func TestRefusesModulesInThemselves(t *testing.T) {
	archive := networks(t)["TagLSTM.script.pt"]
	module := "c__torch__\nTagger\n)\x81"
	name := "X\x01\x00\x00\x00a"
	doubled := "\x80\x02" + module + "}bq\x00"
	for i := range 60 {
		doubled += fmt.Sprintf("0%s}(X\x01\x00\x00\x00ah%cX\x01\x00\x00\x00bh%cubq%c", module, i, i, i+1)
	}
	for _, c := range []struct{ name, member, program, message string }{
		{"a module in itself", "data.pkl", "\x80\x02" + module + "q\x00}" + name + "h\x00sb.", "contains itself"},
		{"a list in itself", "data.pkl", "\x80\x02" + module + "}" + name + "]q\x00h\x00asb.", "deep"},
		{"two modules in each of sixty", "data.pkl", doubled + ".", "attributes together"},
		{"a constant in itself", "constants.pkl", "\x80\x02]q\x00h\x00a.", "deep"},
		{"constants of many", "constants.pkl", "\x80\x02)q\x000" + strings.Repeat("(h\x00h\x00h\x00h\x00h\x00h\x00h\x00h\x00tq\x000", 30) + "h\x00.", "deep, or there are too many"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := edited(t, archive, func(name string, data []byte) []byte {
				if strings.HasSuffix(name, "/"+c.member) {
					return []byte(c.program)
				}
				return data
			})
			hostile.RequireMemory(t, hostile.Limit(len(data)), func() {
				_, err := torchscript.Options{}.Read(data)
				require.ErrorIs(t, err, network.ErrDamaged)
				require.ErrorContains(t, err, c.message)
				_, err = torchscript.StateDict(data)
				require.Error(t, err)
			})
		})
	}
}

// FuzzArchive changes members of an archive, also to pieces of others.
func FuzzArchive(f *testing.F) {
	archive := networks(f)["TagLSTM.script.pt"]
	f.Add(uint16(0), []byte{0})
	f.Fuzz(func(t *testing.T, seed uint16, other []byte) {
		data := hostile.New(int(seed)).ZIP(archive, other)
		_, err := torchscript.Options{Shape: []int{0, 1, 4}}.Read(data)
		if err != nil {
			require.Less(t, len(err.Error()), 2<<10)
		}
		_, _ = torchscript.StateDict(data)
	})
}
