package main

import (
	"flag"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// runnerFlags are the flags of Beam that the help shows.
var runnerFlags = []string{"runner", "endpoint", "environment_type", "environment_config", "job_name", "parallelism",
	"project", "region", "staging_location", "temp_location", "num_workers", "max_num_workers"}

// addBeamFlags adds the flags that Beam's runners have registered. The help shows some of
// them and hides the others.
func addBeamFlags(f *pflag.FlagSet) {
	flag.CommandLine.VisitAll(func(g *flag.Flag) {
		if strings.HasPrefix(g.Name, "test.") || f.Lookup(g.Name) != nil {
			return
		}
		p := pflag.PFlagFromGoFlag(g)
		p.Shorthand = ""
		p.Hidden = !slices.Contains(runnerFlags, g.Name)
		f.AddFlag(p)
	})
	usage := map[string]string{
		"runner":             "prism, in this process; flink, spark, dataflow; or universal, any runner with a job server (default prism)",
		"endpoint":           "HOST:PORT of the job server of Flink, Spark or another runner",
		"environment_type":   "how the workers run: LOOPBACK, in this process; DOCKER; PROCESS; EXTERNAL",
		"environment_config": "for DOCKER, the image; for others, see Beam's documentation",
		"parallelism":        "workers of Flink and Spark; -1: the default of the cluster",
	}
	for name, text := range usage {
		f.Lookup(name).Usage = text
	}
}
