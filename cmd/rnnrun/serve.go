package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/ports"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

const mostBody = 64 << 20 // bytes that --max-body may allow

// A serving is the command serve with its flags.
type serving struct {
	conversion
	listen      string // address for lines
	http        string
	connections int
	perClient   int // connections per client; 0: no limit
	body        int // most bytes in a request that is read as a whole
	idle, every time.Duration
	directory   string // for the states of named streams
	streams     int
}

func serveCommand() *cobra.Command {
	v := new(serving)
	c := &cobra.Command{
		Use:   "serve -m MODEL [--listen ADDRESS] [--http ADDRESS] [flags]",
		Short: "Answer many streams at once over a socket or HTTP",
		Long: cli.LongHelp(`Answer many streams at once: lines at the ADDRESS of --listen, HTTP at the ADDRESS of
--http. ADDRESS is HOST:PORT or unix:PATH. Everyone who can connect may use the model:
listen on 127.0.0.1 or a socket with permissions, and use a reverse proxy for TLS and
passwords.

With --listen, each connection is a stream with its own session. It is answered as
'rnnrun run' answers its standard input: one line for each line as soon as it arrives,
or an object with --json. A line that a broken connection cuts off is ignored.

A stream that continues over several connections has a name, and its states are in the
directory --states. The client's first line has the name and the number of answers that
the client has; the server's first line has the number of lines that were answered:

    client  #stream NAME ANSWERS
    server  #answers LINES

The server repeats the answers after ANSWERS, up to the last 256, and the client
continues with the line after LINES: nothing is lost or counted twice if one of them
was killed. States are saved when a connection ends and every --save-every. A new
connection takes over a stream from an older one. A named stream is one sequence.

A connection is closed after --idle without a line, if it does not read its answers for
half a minute, or after an error, with the line #error: MESSAGE.

`, serveHTTPHelp, `On SIGTERM the server answers what it has read, saves the states of named streams, and
exits. It accepts sockets from systemd (those with http in their names are for HTTP),
and sends readiness and watchdog messages.

`),
		Example: `  rnnrun serve -m forecast.rnn --listen unix:/run/rnnrun.sock
  nc -U /run/rnnrun.sock < week.csv
  rnnrun serve -m gestures.rnn --listen 127.0.0.1:7000 --json --states /var/lib/rnnrun
  rnnrun serve -m gestures.rnn --http 127.0.0.1:8080
  curl -d '[[0.1,0.2,0.3],[0.2,0.2,0.1]]' http://127.0.0.1:8080/v1/predict
  sensor | curl -sNT - http://127.0.0.1:8080/v1/stream
  curl -d '[0.1,0.2,0.3]' http://127.0.0.1:8080/v1/streams/kitchen`,
		Args:              cobra.NoArgs,
		PreRunE:           v.check,
		RunE:              v.run,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	v.add(c)
	return c
}

func (v *serving) add(c *cobra.Command) {
	cli.ModelFlag(c, &v.model, "")
	f := c.Flags()
	f.StringVar(&v.listen, "listen", "", "HOST:PORT or unix:PATH for lines")
	f.StringVar(&v.http, "http", "", "HOST:PORT or unix:PATH for HTTP")
	f.IntVar(&v.connections, "max-connections", 1024, "most connections at once; others are told to try again later")
	f.IntVar(&v.perClient, "max-per-client", 0, "most connections at once from one IP address; 0: only --max-connections")
	f.IntVar(&v.body, "max-body", 1<<20, "most bytes in a request that has one answer")
	f.DurationVar(&v.idle, "idle", time.Hour, "time without a line after which a connection is closed, and a named stream in memory is forgotten")
	f.StringVar(&v.directory, "states", "", "directory for the states of named streams; without it, HTTP keeps them in memory")
	f.IntVar(&v.streams, "max-streams", 10000, "most named streams that are kept")
	f.DurationVar(&v.every, "save-every", time.Minute, "how often the states of a named stream are saved")
	v.addSound(f)
	v.addLines(f)
	f.BoolVar(&v.anomaly, "anomaly", false, "write a score and a flag of 0 or 1 after the outputs: how unexpected the step was")
	v.window.add(f)
	v.hysteresis.hold = 1
}

func (v *serving) check(c *cobra.Command, args []string) error {
	switch {
	case v.listen == "" && v.http == "" && os.Getenv("LISTEN_FDS") == "":
		return fmt.Errorf("give an address: --listen 127.0.0.1:7000, --listen unix:/run/rnnrun.sock or --http 127.0.0.1:8080")
	case v.http != "" && v.raw != "":
		return fmt.Errorf("--http is for text, not for --raw")
	case v.perClient < 0:
		return fmt.Errorf("--max-per-client %d: give a number of connections, or 0 for no limit", v.perClient)
	case v.body < 1 || v.body > mostBody:
		return fmt.Errorf("--max-body %d is not between 1 and %d", v.body, mostBody)
	case v.connections < 1:
		return fmt.Errorf("--max-connections %d: give at least 1", v.connections)
	case v.streams < 1:
		return fmt.Errorf("--max-streams %d: give at least 1", v.streams)
	case v.idle <= 0:
		return fmt.Errorf("--idle %v: give a positive time, such as 10m", v.idle)
	case v.every < 0:
		return fmt.Errorf("--save-every %v must not be negative", v.every)
	case v.directory != "" && v.raw != "":
		return fmt.Errorf("--states is for lines, not for --raw")
	case v.directory != "" && v.keep != "":
		return fmt.Errorf("--keep does not work with --states: repeated answers lack the other columns of their lines")
	}
	return v.conversion.check(c, args)
}

func (v *serving) run(c *cobra.Command, _ []string) error {
	m, sum, err := openServed(v.model)
	if err != nil {
		return err
	}
	defer m.Close()
	if err := v.prepare(m); err != nil {
		return err
	}
	doors, err := v.doors()
	if err != nil {
		return err
	}
	ctx, stop := cli.UntilInterrupted(c.Context())
	defer stop()
	s := newServer(v, m, c.ErrOrStderr())
	s.sum = sum
	return s.serve(ctx, doors...)
}

// prepare connects the inputs and outputs of the model with a connection.
func (v *serving) prepare(m *rnn.Model) error {
	v.inputFlags, v.outputFlags = []string{"-"}, []string{"-"}
	if err := v.connect(m); err != nil {
		return err
	}
	v.input, v.output = ports.Files{All: "-"}, ports.Files{All: "-"}
	if v.anomaly {
		if _, err := m.NewDetector(); err != nil {
			return cli.Usagef("--anomaly: %w", err)
		}
	}
	if v.directory != "" {
		if err := namesStreams(m); err != nil {
			return cli.Usagef("--states: %w", err)
		}
		if err := os.MkdirAll(v.directory, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// namesStreams returns an error if a model cannot have named streams.
func namesStreams(m *rnn.Model) error {
	switch s := m.NewSession(); {
	case m.Pooled() || !m.Streamable():
		return errors.New("the model has one answer per sequence, but named streams need one for every line")
	case !carries(s):
		return errors.New("the model has no states to keep")
	}
	return nil
}
