package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
	"github.com/rnnrun/rnnrun/internal/ports"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A serving is what the flags of serve ask for.
type serving struct {
	conversion
	listen      string
	connections int
	idle, every time.Duration
	directory   string // of the states of named streams
	streams     int
}

func serveCommand() *cobra.Command {
	v := new(serving)
	c := &cobra.Command{
		Use:   "serve -m MODEL --listen ADDRESS [flags]",
		Short: "Answer many streams at once over a socket",
		Long: `Answer many streams at once. Each connection is a stream of its own, with a session of
its own, and is answered as 'rnnrun run' answers its standard input: a line for each
line, as soon as it is in, or an object with --json. A line without its end is no step:
what breaks with a connection is left out. ADDRESS is HOST:PORT or unix:PATH. Whoever
reaches the address may use the model: leave it at 127.0.0.1 or a socket's permissions.

A stream that goes on over several connections has a name, and its states lie in the
directory --states. Its first line says the name and how many answers the client has
had of it, and the first line of the answer how many lines the server has answered:

    client  #stream NAME ANSWERS
    server  #answers LINES

The server writes the answers after ANSWERS again, up to the last 256, and the client goes
on with the line after LINES. So nothing is lost and no line counts twice, whichever of the two
was killed. States are saved when a connection ends and every --save-every; a new
connection takes a stream over from an older one. A named stream is one sequence.

A connection is closed after --idle without a line, or if it does not read its answers
for half a minute, or after an error, which the line #error: MESSAGE says.

` + cli.ModelHelp,
		Example: `  rnnrun serve -m forecast.rnn --listen unix:/run/rnnrun.sock
  rnnrun serve -m gestures.rnn --listen 127.0.0.1:7000 --json --states /var/lib/rnnrun
  nc -U /run/rnnrun.sock < week.csv`,
		Args:              cobra.NoArgs,
		PreRunE:           v.check,
		RunE:              v.run,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cli.ModelFlag(c, &v.model, "")
	f := c.Flags()
	f.StringVar(&v.listen, "listen", "", "HOST:PORT or unix:PATH")
	f.IntVar(&v.connections, "max-connections", 1024, "connections at once; further ones are told to come later")
	f.DurationVar(&v.idle, "idle", time.Hour, "time without a line after which a connection is closed")
	f.StringVar(&v.directory, "states", "", "a directory for the states of named streams")
	f.IntVar(&v.streams, "max-streams", 10000, "named streams in the directory")
	f.DurationVar(&v.every, "save-every", time.Minute, "time after which the states of a named stream are saved again")
	v.addSound(f)
	v.addLines(f)
	v.window.add(f)
	v.hysteresis.hold = 1
	return c
}

func (v *serving) check(c *cobra.Command, args []string) error {
	switch {
	case v.listen == "":
		return fmt.Errorf("give an address: --listen 127.0.0.1:7000 or --listen unix:/run/rnnrun.sock")
	case v.connections < 1:
		return fmt.Errorf("--max-connections %d: give at least 1", v.connections)
	case v.streams < 1:
		return fmt.Errorf("--max-streams %d: give at least 1", v.streams)
	case v.idle <= 0 || v.every < 0:
		return fmt.Errorf("--idle and --save-every are times, such as 10m")
	case v.directory != "" && v.raw != "":
		return fmt.Errorf("--states is for lines, not for --raw")
	case v.directory != "" && v.keep != "":
		return fmt.Errorf("--keep is not for --states: the answers that are written again lack the lines' other columns")
	}
	return v.conversion.check(c, args)
}

func (v *serving) run(c *cobra.Command, _ []string) error {
	m, err := openSteps(v.model)
	if err != nil {
		return err
	}
	defer m.Close()
	if err := v.prepare(m); err != nil {
		return err
	}
	l, err := v.open()
	if err != nil {
		return err
	}
	ctx, stop := cli.UntilInterrupted(c.Context())
	defer stop()
	s := newServer(v, m, c.ErrOrStderr())
	s.log("rnnrun: %s is served at %s", v.model, v.listen)
	return s.serve(ctx, l)
}

// prepare connects the inputs and outputs of the model with a connection.
func (v *serving) prepare(m *rnn.Model) error {
	v.inputFlags, v.outputFlags = []string{"-"}, []string{"-"}
	if err := v.connect(m); err != nil {
		return err
	}
	v.input, v.output = ports.Files{All: "-"}, ports.Files{All: "-"}
	if v.directory != "" {
		switch s := m.NewSession(); {
		case m.Pooled() || !m.Streamable():
			return cli.Usagef("--states: the model has one answer for a sequence, and named streams need one for every line")
		case !carries(s):
			return cli.Usagef("--states: the model carries no states on")
		}
		if err := os.MkdirAll(v.directory, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// open listens. A socket that nobody listens at any more is taken over.
func (v *serving) open() (net.Listener, error) {
	path, unix := strings.CutPrefix(v.listen, "unix:")
	if !unix {
		return net.Listen("tcp", v.listen)
	}
	l, err := net.Listen("unix", path)
	if info, failed := os.Stat(path); err != nil && failed == nil && info.Mode()&os.ModeSocket != 0 {
		if c, dead := net.Dial("unix", path); dead == nil {
			c.Close()
			return nil, fmt.Errorf("%s: another process serves there", v.listen)
		}
		if os.Remove(path) == nil {
			return net.Listen("unix", path)
		}
	}
	return l, err
}

// serve answers until the context ends.
func (s *server) serve(ctx context.Context, l net.Listener) error {
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	for {
		conn, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				conn.Close()
			}
			s.end()
			return nil
		case err != nil: // too many open files, for instance
			s.log("rnnrun: %v", err)
			time.Sleep(100 * time.Millisecond)
		default:
			s.accept(conn)
		}
	}
}
