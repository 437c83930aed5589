// Command rnnrun-mqtt answers the messages of an MQTT broker with a model. Each topic is
// a separate stream.
package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/rnnrun/rnnrun/internal/cli"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run runs a command line and returns its exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return cli.Execute(newCommand(), args, stdin, stdout, stderr)
}

// A config has the values of the flags.
type config struct {
	model     string
	broker    string
	subscribe []string
	publish   string
	status    string
	qos       byte
	retain    bool
	anomaly   bool
	topics    int // most topics with a stream
	clientID  string
	identity
}

func newCommand() *cobra.Command {
	v := new(config)
	c := &cobra.Command{
		Use:   "rnnrun-mqtt -m MODEL --broker URL --subscribe FILTER --publish TOPIC [flags]",
		Short: "Answer messages of an MQTT broker with a model",
		Long: cli.LongHelp(`Answer the messages of an MQTT broker with a model. Each topic is a separate stream with
its own session, which lasts until the process ends. A message has one or more steps: a
JSON object with the model's columns, an array of numbers, or lines of CSV, one step per
line. If the model reads text, a message is a text. The answer is a JSON object per line;
other columns of a message are in its member "kept".

A model that was trained on windows answers as soon as a window is full. Any other model
with one answer per sequence answers each message separately. A step that cannot be read
is skipped; its answer has no outputs, but the reason. Messages that the broker has
retained are not answered, since they may be old.

In TOPIC, {topic} stands for the topic of the message. With --qos 1, a message is
acknowledged when the broker has its answer, and the broker keeps the messages that
arrive while the process is not running. No message is lost, but an answer may be
published twice if the publisher or the broker is killed. If the publisher also uses QoS
2, --qos 2 publishes each answer once. A broker that is killed loses what it has not
saved. Messages of QoS 0 are dropped while 10,000 answers wait.

--status names a topic to which online and offline are published; offline also if the
process is killed. The password is read from --password-file or the environment variable
RNNRUN_MQTT_PASSWORD.

`),
		Example: `  rnnrun-mqtt -m pump.rnn --broker tcp://localhost:1883 --subscribe 'plant/+/pump' --publish 'answers/{topic}' --anomaly
  rnnrun-mqtt -m activity.rnn --broker ssl://broker:8883 --ca ca.pem --username device7 --subscribe 'wrist/#' --publish '{topic}/activity'`,
		Version: cli.BuildVersion(),
		Args:    cobra.NoArgs,
		PreRunE: v.check,
		RunE:    v.run,
	}
	cli.ModelFlag(c, &v.model, "")
	f := c.Flags()
	f.StringVar(&v.broker, "broker", "tcp://localhost:1883", "tcp://HOST:PORT, ssl://HOST:PORT, ws:// or wss://")
	f.StringArrayVar(&v.subscribe, "subscribe", nil, "`FILTER` of the topics to read, with + and #; may be repeated")
	f.StringVar(&v.publish, "publish", "", "`TOPIC` of the answers; {topic} stands for the topic of the message")
	f.StringVar(&v.status, "status", "", "`TOPIC` to publish online and offline to (default: none)")
	f.Uint8Var(&v.qos, "qos", 1, "quality of service: 0, 1 or 2")
	f.BoolVar(&v.retain, "retain", false, "make the broker keep the last answer of each topic")
	f.BoolVar(&v.anomaly, "anomaly", false, "add a score and a flag to the answers: how unexpected the step was")
	f.IntVar(&v.topics, "max-topics", 1000, "most topics with a stream; messages of other topics are ignored")
	f.StringVar(&v.clientID, "client-id", "rnnrun", "name under which the broker keeps messages; each process needs a different one")
	v.identity.add(f)
	cli.GroupFlags(c, flagGroups())
	c.AddCommand(builders()...)
	return c
}

// flagGroups returns the sections of flags in the help.
func flagGroups() []cli.FlagGroup {
	return []cli.FlagGroup{
		{Title: "Main flags", Flags: []string{"model", "broker", "subscribe", "publish", "anomaly"}},
		{Title: "Messages", Flags: []string{"qos", "retain", "status", "client-id", "max-topics"}},
		{Title: "Security", Flags: []string{"username", "password-file", "ca", "cert", "key"}},
	}
}

func (v *config) check(*cobra.Command, []string) error {
	switch {
	case v.model == "":
		return fmt.Errorf("give a model: -m MODEL")
	case len(v.subscribe) == 0:
		return fmt.Errorf("give the topics to read: --subscribe 'sensors/#'")
	case v.publish == "":
		return fmt.Errorf("give the topic of the answers: --publish 'answers/{topic}'")
	case v.qos > 2:
		return fmt.Errorf("--qos %d: give 0, 1 or 2", v.qos)
	case v.topics < 1:
		return fmt.Errorf("--max-topics %d: give at least 1", v.topics)
	case v.clientID == "":
		return fmt.Errorf("--client-id: give a name")
	}
	for _, filter := range v.subscribe {
		if err := checkFilter(filter); err != nil {
			return fmt.Errorf("--subscribe: %w", err)
		}
	}
	return checkTopic("--publish", v.publish)
}

func (v *config) run(c *cobra.Command, _ []string) error {
	m, err := cli.OpenModel(v.model)
	if err != nil {
		return err
	}
	defer m.Close()
	if v.anomaly {
		if _, err := m.NewDetector(); err != nil {
			return cli.Usagef("--anomaly: %w", err)
		}
	}
	b, err := newBridge(v, m, c.ErrOrStderr())
	if err != nil {
		return err
	}
	ctx, stop := cli.UntilInterrupted(c.Context())
	defer stop()
	b.start()
	<-ctx.Done()
	return b.stop(10 * time.Second)
}
