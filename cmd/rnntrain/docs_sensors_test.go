package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tableOf is a table of random numbers: so many rows of each label, for each group.
func tableOf(header string, groups, rows int, row func(group int, label string, number func() string) string) string {
	rng := rand.New(rand.NewPCG(5, 6))
	var b strings.Builder
	b.WriteString(header + "\n")
	for group := range groups {
		for _, label := range []string{"leaves", "stays"} {
			for range rows {
				b.WriteString(row(group, label, func() string { return fmt.Sprintf("%.3f", rng.Float64()) }) + "\n")
			}
		}
	}
	return b.String()
}

// The commands of docs/sensors.md train and measure on small tables of their columns.
func TestCommandsOfTheSensorsPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/sensors.md")
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	for file, table := range map[string]string{
		"readings.csv": tableOf("subject,ax,ay,az,activity", 9, 220, func(g int, l string, n func() string) string {
			return fmt.Sprintf("s%d,%s,%s,%s,%s", g, n(), n(), n(), l)
		}),
		"readings.jsonl": strings.TrimPrefix(tableOf("", 2, 220, func(_ int, l string, n func() string) string {
			return fmt.Sprintf(`{"values":[%s,%s],"activity":%q}`, n(), n(), l)
		}), "\n"),
		"pumps.csv": tableOf("pump,pressure,flow", 6, 60, func(g int, _ string, n func() string) string {
			return fmt.Sprintf("%d,%s,%s", g, n(), n())
		}),
		"engine.csv": tableOf("run,rpm,throttle,torque,load", 6, 100, func(g int, _ string, n func() string) string {
			return fmt.Sprintf("%d,%s,%s,%s,%s", g, n(), n(), n(), n())
		}),
		"battery.csv": tableOf("cell,voltage,capacity", 6, 200, func(g int, _ string, n func() string) string {
			return fmt.Sprintf("%d,%s,%s", g, n(), n())
		}),
		"indoor.csv": tableOf("path,office,time,a1,a2,a3,a4,moves", 12, 20, func(g int, l string, n func() string) string {
			return fmt.Sprintf("%d%s,1,0,%s,%s,%s,%s,%s", g, l, n(), n(), n(), n(), l)
		}),
	} {
		require.NoError(t, os.WriteFile(file, []byte(table), 0o600))
	}
	commands := regexp.MustCompile(`(?m)^rnntrain ((?:.*\\\n)*.*)$`).FindAllStringSubmatch(string(page), -1)
	require.GreaterOrEqual(t, len(commands), 7)
	for _, command := range commands {
		args := strings.Fields(strings.ReplaceAll(command[1], "\\\n", " "))
		for i, arg := range args {
			if arg == "s1,s5" { // those that chance held back in the page
				args[i] = "s1"
			}
		}
		if args[0] != "eval" {
			args = append(args, "--epochs", "1", "--hidden", "4")
		}
		code, _, stderr := invoke(t, args...)
		require.Zero(t, code, "%q: %s", args, stderr)
	}
}
