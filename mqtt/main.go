// Command rnnrun-mqtt answers messages of an MQTT broker by a model: each topic is a
// stream of its own.
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

// A config is what the flags ask for.
type config struct {
	model     string
	broker    string
	subscribe []string
	publish   string
	status    string
	qos       byte
	retain    bool
	anomaly   bool
	topics    int // with a stream
	clientID  string
	identity
}

func newCommand() *cobra.Command {
	v := new(config)
	c := &cobra.Command{
		Use:   "rnnrun-mqtt -m MODEL --broker URL --subscribe FILTER --publish TOPIC [flags]",
		Short: "Answer messages of an MQTT broker",
		Long: cli.LongHelp(`Answer messages of an MQTT broker by a model. Each topic is a stream of its own, with a
session of its own, which lives as long as the process. A message is a step or several: a
JSON object of the model's columns, an array of numbers, or CSV, a step a line; of a
model that reads text it is a text. The answer is a JSON object a line, with all that the
message has beside the columns under "kept".

A model that was trained on windows answers as soon as one is full, and another one with
an answer for a sequence answers each message for itself. A step that cannot be read is
left out of the stream; its answer has no outputs, and says why. Messages that the broker
has retained are not answered: they may be old.

In TOPIC, {topic} stands for the message's topic. With --qos 1 a message is acknowledged
after the broker has the answer, and the broker keeps what comes while the process is
away: nothing is lost, but a message may come twice, if the one who sends it or the
broker is killed. With --qos 2 of both it comes once. What a broker had not saved when
it was killed, only it knew. Messages of QoS 0 are left out while 10,000 answers wait.

--status is a topic that says online, or offline also if the process is killed. The
password is read from --password-file or the variable RNNRUN_MQTT_PASSWORD.

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
	f.StringArrayVar(&v.subscribe, "subscribe", nil, "a filter of topics to answer, with + and #; may be given several times")
	f.StringVar(&v.publish, "publish", "", "the topic of the answers, in which {topic} is that of the message")
	f.StringVar(&v.status, "status", "", "a topic that says online or offline; usual: none")
	f.Uint8Var(&v.qos, "qos", 1, "quality of service: 0, 1 or 2")
	f.BoolVar(&v.retain, "retain", false, "have the broker keep the last answer of each topic")
	f.BoolVar(&v.anomaly, "anomaly", false, "add a score and a flag: how unexpected the step was")
	f.IntVar(&v.topics, "max-topics", 1000, "topics with a stream; messages of further ones are left out")
	f.StringVar(&v.clientID, "client-id", "rnnrun", "the name under which the broker keeps messages; each process needs one of its own")
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
		return fmt.Errorf("give the topics to answer: --subscribe 'sensors/#'")
	case v.publish == "":
		return fmt.Errorf("give the topic of the answers: --publish 'answers/{topic}'")
	case v.qos > 2:
		return fmt.Errorf("--qos %d: it is 0, 1 or 2", v.qos)
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
