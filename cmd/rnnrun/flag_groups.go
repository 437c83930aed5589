package main

import "github.com/rnnrun/rnnrun/internal/cli"

// flagGroups returns the sections of flags in the help of every command.
func flagGroups() []cli.FlagGroup {
	return []cli.FlagGroup{
		{Title: "Main flags", Flags: []string{"model", "input", "output", "prompt", "json", "threads", "listen", "http"}},
		{Title: "Data", Flags: []string{"columns", "keep", "header", "group", "time", "gap", "max-groups",
			"window", "stride", "pad", "lengths", "raw", "rate", "resample", "strict"}},
		{Title: "Answers", Flags: []string{"label", "anomaly", "threshold", "release", "min-speech", "min-silence", "vad pad",
			"hold", "min-probability", "changes", "without", "events", "svg", "dot", "delay"}},
		{Title: "Text", Flags: []string{"tokens", "temperature", "top-k", "seed", "beam", "nbest", "max-length", "max-tokens"}},
		{Title: "States", Flags: []string{"state-in", "state-out", "states", "save-every"}},
		{Title: "Server", Flags: []string{"idle", "max-connections", "max-per-client", "max-streams", "max-body"}},
		{Title: "Random model", Flags: []string{"cell", "bench input", "hidden", "layers", "dtype"}},
		{Title: "Measurement", Flags: []string{"bench time", "sequence", "steps", "bench rate", "paced", "cold", "all-kernels"}},
	}
}
