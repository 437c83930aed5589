package main

import (
	"strings"

	"github.com/rnnrun/rnnrun/internal/cli"
)

// flagGroups returns the sections of flags in the help of every command.
func flagGroups() []cli.FlagGroup {
	return []cli.FlagGroup{
		{Title: "Main flags", Flags: strings.Fields(`model input output prompt json threads listen http`)},
		{Title: "Data", Flags: strings.Fields(`columns keep header group time gap max-groups window stride pad lengths raw rate resample strict`)},
		{Title: "Answers", Flags: strings.Fields(`label anomaly threshold release min-speech min-silence vad/pad hold min-probability changes
			without events svg dot delay`)},
		{Title: "Text", Flags: strings.Fields(`tokens temperature top-k seed beam nbest max-length max-tokens`)},
		{Title: "States", Flags: strings.Fields(`state-in state-out states save-every`)},
		{Title: "Server", Flags: strings.Fields(`idle max-connections max-per-client max-streams max-body`)},
		{Title: "Random model", Flags: strings.Fields(`cell bench/input hidden layers dtype`)},
		{Title: "Measurement", Flags: strings.Fields(`bench/time sequence steps bench/rate paced cold all-kernels`)},
	}
}
