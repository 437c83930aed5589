package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/npy"
)

// named says of a model that reads two numbers which columns they are.
func named(k task) task {
	k.d.Data = &format.Data{Columns: []string{"ax", "ay"}}
	return k
}

// alternate has the rows of two tables, with one header, alternate, behind a column that
// tells whose they are.
func alternate(a, b string) string {
	as, bs := strings.Split(strings.TrimSpace(a), "\n"), strings.Split(strings.TrimSpace(b), "\n")
	text := "who," + as[0] + "\n"
	for i := 1; i < max(len(as), len(bs)); i++ {
		if i < len(as) {
			text += "a," + as[i] + "\n"
		}
		if i < len(bs) {
			text += "b," + bs[i] + "\n"
		}
	}
	return text
}

// ofGroup are the lines of a table that begin with the group, without it, behind the header.
func ofGroup(text, group string) string {
	lines := strings.SplitAfter(text, "\n")
	kept := strings.TrimPrefix(lines[0], "who,")
	for _, line := range lines[1:] {
		if rest, found := strings.CutPrefix(line, group+","); found {
			kept += rest
		}
	}
	return kept
}

// Every group has the answers that it has alone, in the order of the lines.
func TestGroupsHaveStatesOfTheirOwn(t *testing.T) {
	for name, k := range map[string]task{
		"at every step": named(walker(format.TaskTag, format.PoolNone)), "of windows": activities(), "of sequences": named(walker(format.TaskClassify, format.PoolMean)),
	} {
		path := save(t, k.d)
		_, a, _ := readings(t, activities(), 9, 3, 2)
		_, b, _ := readings(t, activities(), 12, 3, 2)
		b = strings.ReplaceAll(b, ",1,", ",-3,")
		for _, args := range [][]string{{"run", "-m", path, "--keep", "who,time", "--label"}, {"run", "-m", path, "--keep", "who,time"}, {"classify", "-m", path, "--hold", "2"}} {
			if name == "at every step" && args[0] == "classify" {
				continue // its answers are of steps, and the hold is that of the group
			}
			got := printed(t, alternate(a, b), append(args, "--group", "who")...)
			keep := func(table string) string {
				alone := append([]string(nil), args...)
				for i := range alone {
					alone[i] = strings.ReplaceAll(alone[i], "who,", "")
				}
				return printed(t, table, alone...)
			}
			require.Equal(t, keep(a), ofGroup(got, "a"), "%s %v", name, args)
			require.Equal(t, keep(b), ofGroup(got, "b"), "%s %v", name, args)
			require.NotEqual(t, keep(a), keep(b))
		}
	}
}

// A group begins anew if its time goes back, or on by more than the gap.
func TestGapsInTime(t *testing.T) {
	k := named(walker(format.TaskTag, format.PoolNone))
	path := save(t, k.d)
	step := func(at string) string { return at + ",1,2\n" }
	const head = "t,ax,ay\n"
	all := step("1") + step("2") + step("9") + step("10") + step("3")
	answers := func(text string, args ...string) []string {
		lines := strings.Split(strings.TrimSpace(printed(t, text, append([]string{"run", "-m", path}, args...)...)), "\n")
		for i := range lines {
			lines[i] = lines[i][strings.Index(lines[i], ",")+1:]
		}
		return lines[1:]
	}
	one := answers(head+all, "--keep", "t")
	got := answers(head+all, "--time", "t", "--gap", "5")
	require.Equal(t, []string{one[0], one[1], one[0], one[1], one[0]}, got)
	require.NotEqual(t, one[0], one[2])
	require.Equal(t, []string{one[0], one[1], one[2], one[3], one[0]}, answers(head+all, "--time", "t", "--gap", "7"))
	lines := strings.Split(strings.TrimSpace(printed(t, head+all, "run", "-m", path, "--json", "--time", "t", "--gap", "5")), "\n")
	for i, want := range []string{`"sequence":0,"step":0,`, `"sequence":0,"step":1,`, `"sequence":1,"step":0,`, `"sequence":1,"step":1,`, `"sequence":2,"step":0,`} {
		require.Contains(t, lines[i], want)
	}
	o := command(head+step("1")+step("noon")+step("2"), "run", "-m", path, "--time", "t", "--gap", "5")
	require.Equal(t, 1, o.code)
	require.Contains(t, o.stderr, `line 3, column 1`)
	require.Contains(t, o.stderr, `the time "t" is "noon"`)
}

func TestGroupsAreBounded(t *testing.T) {
	k := named(walker(format.TaskTag, format.PoolNone))
	path := save(t, k.d)
	text := "who,ax,ay\n"
	for i := range 4 {
		text += fmt.Sprintf("g%d,1,2\n", i)
	}
	o := command(text+",1,2\ng0,3,4\n", "run", "-m", path, "--group", "who", "--max-groups", "2", "--json")
	require.Equal(t, 1, o.code)
	require.Contains(t, o.stderr, `stdin, line 4: wrong columns: the group "g2" exceeds --max-groups 2`)
	require.Contains(t, o.stderr, `stdin, line 6, column 1: wrong columns: the group "who" is empty`)
	require.Contains(t, o.stderr, "skipped 3 steps that could not be read")
	require.Contains(t, o.stdout, `{"sequence":0,"group":"g0","step":1,"line":7,`)
	o = command(text, "run", "-m", path, "--group", "who", "--max-groups", "2", "--strict")
	require.Equal(t, 1, o.code)
	require.Equal(t, 3, strings.Count(o.stdout, "\n"))
}

// The windows of a model are divided as those of its training, if the columns are there.
func TestGroupsOfTheTraining(t *testing.T) {
	k := activities()
	for key, value := range map[string]string{cli.GroupProperty: "who", cli.TimeProperty: "s", cli.GapProperty: "2"} {
		k.d.Provenance = append(k.d.Provenance, format.Property{Key: key, Value: value})
	}
	path := save(t, k.d)
	_, a, _ := readings(t, k, 9, 3, 2)
	text := alternate(a, a)
	require.Equal(t, printed(t, text, "classify", "-m", path, "--group", "who"), printed(t, text, "classify", "-m", path))
	require.NotEqual(t, printed(t, text, "classify", "-m", path, "--group", ""), printed(t, text, "classify", "-m", path))
	require.Equal(t, printed(t, a, "classify", "-m", path, "--group", ""), printed(t, a, "classify", "-m", path), "neither column is there")
	seconds := strings.ReplaceAll(strings.ReplaceAll(a, "time", "s"), ":00", "")
	require.Equal(t, printed(t, seconds, "classify", "-m", path, "--time", "s", "--gap", "2"), printed(t, seconds, "classify", "-m", path))
}

// So are the steps of a model that answers at each, unless what is asked for is not of groups.
func TestStepsOfGroupsOfTheTraining(t *testing.T) {
	k := named(walker(format.TaskTag, format.PoolNone))
	k.d.Provenance = append(k.d.Provenance, format.Property{Key: cli.GroupProperty, Value: "who"})
	path := save(t, k.d)
	_, a, _ := readings(t, activities(), 9, 3, 2)
	text := alternate(a, a)
	for _, args := range [][]string{{"run", "-m", path, "--keep", "who"}, {"classify", "-m", path}} {
		require.Equal(t, printed(t, text, append(args, "--group", "who")...), printed(t, text, args...))
		require.NotEqual(t, printed(t, text, append(args, "--group", "")...), printed(t, text, args...))
		if args[0] == "classify" {
			require.Equal(t, printed(t, a, append(args, "--group", "")...), printed(t, a, args...), "the column is not there")
		}
	}
	array := filepath.Join(t.TempDir(), "y.npy")
	printed(t, text, "run", "-m", path, "-o", array)
	data, err := os.ReadFile(array)
	require.NoError(t, err)
	shape, _, err := npy.ReadAll(bytes.NewReader(data))
	require.NoError(t, err)
	require.Equal(t, []int{18, 3}, shape, "the outputs of all lines, as of one")
}

// The column of the training's groups has a name, which a table without names cannot tell.
func TestGroupsOfTheTrainingWithoutNames(t *testing.T) {
	k := activities()
	k.d.Provenance = append(k.d.Provenance, format.Property{Key: cli.GroupProperty, Value: "who"})
	path := save(t, k.d)
	o := command("a,1,2\nb,3,4\n", "classify", "-m", path, "--columns", "1,2")
	require.Contains(t, o.stderr, `the first line has no names, so the column of the group, "who", cannot be found: give its number, or '' if there is none`)
	for _, args := range [][]string{{"--group", "0"}, {"--group", ""}} {
		require.NotContains(t, command("a,1,2\nb,3,4\n", append([]string{"classify", "-m", path, "--columns", "1,2"}, args...)...).stderr, "no names")
	}
	require.NotContains(t, command("1,2\n3,4\n", "classify", "-m", path).stderr, "no names")
}

func TestGroupsThatAreRefused(t *testing.T) {
	k := named(walker(format.TaskTag, format.PoolNone))
	path := save(t, k.d)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--group", "whose"}, `there is no column "whose" to be the group; the columns are who, ax, ay`},
		{[]string{"--group", "ax"}, `the model reads the column "ax", so it cannot also be the group`},
		{[]string{"--time", "t"}, "--time and --gap need each other"},
		{[]string{"--time", "t", "--gap", "-1"}, "--gap -1 is not a valid time"},
		{[]string{"--group", "who", "--max-groups", "0"}, "--max-groups 0 must be greater than 0"},
		{[]string{"--group", "who", "--state-out", "s.npz"}, "--state-out is for whole sequences, and not for --group and --time"},
		{[]string{"--group", "who", "-o", "x.npy"}, "--group and --time write CSV or --json, but the output is .npy"},
	} {
		o := command("who,ax,ay\na,1,2\n", append([]string{"run", "-m", path}, c.args...)...)
		require.NotZero(t, o.code, c.args)
		require.Contains(t, o.stderr, c.want, c.args)
	}
}

// A model of whole stretches answers for each group that it was trained to tell apart,
// and its answers are not called as columns of the input are.
func TestSequencesOfGroupsOfTheTraining(t *testing.T) {
	k := named(walker(format.TaskClassify, format.PoolLast))
	k.d.Provenance = append(k.d.Provenance, format.Property{Key: cli.GroupProperty, Value: "who"})
	path := save(t, k.d)
	const table = "who,label,ax,ay\na,walk,1,2\na,walk,3,4\nb,run,-1,0\n"
	out := printed(t, table, "classify", "-m", path)
	require.Equal(t, printed(t, table, "classify", "-m", path, "--group", "who"), out)
	lines := strings.Split(out, "\n")
	require.Equal(t, "who,label,predicted label,probability", lines[0])
	require.True(t, strings.HasPrefix(lines[1], "a,walk,") && strings.HasPrefix(lines[2], "b,run,"), out)
	require.Equal(t, 2, strings.Count(printed(t, table, "classify", "-m", path, "--group", ""), "\n"))
}
