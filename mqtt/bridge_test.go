package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/format"
	"github.com/rnnrun/rnnrun/internal/modeltest"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// forecaster predicts its two columns.
func forecaster() *format.Model {
	d := modeltest.Spec{Cell: format.CellLSTM, Input: 2, Hidden: 4, Outputs: 2, Seed: 1}.Model()
	d.Data = &format.Data{Columns: []string{"ax", "ay"}, Targets: []string{"ax", "ay"}, Horizon: 1}
	return d
}

func save(t *testing.T, d *format.Model) string {
	path := filepath.Join(t.TempDir(), "model.rnn")
	require.NoError(t, format.WriteFile(path, d))
	return path
}

// connect returns a client of the broker, which comes again by itself if it listens.
func connect(t *testing.T, b *testBroker, id string, handler paho.MessageHandler) paho.Client {
	o := paho.NewClientOptions().AddBroker("tcp://" + b.address).SetClientID(id).SetUsername("device").SetPassword("secret").
		SetCleanSession(false).SetStore(paho.NewOrderedMemoryStore()).SetConnectRetry(true).SetConnectRetryInterval(50 * time.Millisecond).SetMaxReconnectInterval(50 * time.Millisecond).
		SetDefaultPublishHandler(handler).SetWriteTimeout(5 * time.Second).SetAutoReconnect(handler != nil)
	c := paho.NewClient(o)
	token := c.Connect()
	require.True(t, token.WaitTimeout(20*time.Second))
	require.NoError(t, token.Error())
	t.Cleanup(func() { c.Disconnect(0) })
	return c
}

// startBridge answers sensors/… at answers/….
func startBridge(t *testing.T, b *testBroker, d *format.Model, change func(v *config)) (*bridge, *bytes.Buffer) {
	t.Setenv("RNNRUN_MQTT_PASSWORD", "secret")
	v := &config{model: save(t, d), broker: "tcp://" + b.address, subscribe: []string{"sensors/#"}, publish: "answers/{topic}", status: "status", qos: 1, topics: 3, clientID: "rnnrun"}
	v.username = "device"
	if change != nil {
		change(v)
	}
	m, err := rnn.Open(v.model)
	require.NoError(t, err)
	logs := new(bytes.Buffer)
	r, err := newBridge(v, m, logs)
	require.NoError(t, err)
	r.start()
	require.Eventually(t, func() bool { return r.client.IsConnectionOpen() }, 20*time.Second, 10*time.Millisecond)
	return r, logs
}

// A box keeps messages by their topics.
type box struct {
	mu   sync.Mutex
	list map[string][]string
}

func newBox() *box { return &box{list: map[string][]string{}} }

func (b *box) put(_ paho.Client, m paho.Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list[m.Topic()] = append(b.list[m.Topic()], string(m.Payload()))
}

func (b *box) of(topic string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.list[topic]...)
}

func subscribe(t *testing.T, c paho.Client, filter string, qos byte) {
	token := c.Subscribe(filter, qos, nil)
	require.True(t, token.WaitTimeout(20*time.Second))
	require.NoError(t, token.Error())
}

func publish(t *testing.T, c paho.Client, topic, payload string) {
	token := c.Publish(topic, 1, false, payload)
	require.True(t, token.WaitTimeout(20*time.Second))
	require.NoError(t, token.Error())
}

func (b *box) await(t *testing.T, topic string, n int) []string {
	require.Eventually(t, func() bool { return len(b.of(topic)) >= n }, 20*time.Second, 10*time.Millisecond, "%s: %v", topic, b.of(topic))
	return b.of(topic)
}

func TestEachTopicIsAStream(t *testing.T) {
	b, d := startBroker(t), forecaster()
	answers := newBox()
	c := connect(t, b, "test", answers.put)
	subscribe(t, c, "answers/#", 1)
	subscribe(t, c, "status", 1)
	r, logs := startBridge(t, b, d, nil)
	require.Equal(t, online, answers.await(t, "status", 1)[0])
	for i, message := range []string{`{"ax":1,"ay":2,"time":"10:07"}`, "[3,4.5]", "1,x", `{"ay":1,"ax":30}`, "1,2\n3,4"} {
		publish(t, c, "sensors/a", message)
		answers.await(t, "answers/sensors/a", i+1)
	}
	publish(t, c, "sensors/b", "1,2")
	answers.await(t, "answers/sensors/b", 1)

	m, err := rnn.New(d)
	require.NoError(t, err)
	s := m.NewSession()
	y := func(x ...float32) string {
		y, err := s.Step(x)
		require.NoError(t, err)
		text, err := json.Marshal(y)
		require.NoError(t, err)
		return string(text)
	}
	first := y(1, 2)
	got := answers.of("answers/sensors/a")
	require.Equal(t, `{"kept":{"time":"10:07"},"step":0,"outputs":`+first+"}", got[0])
	require.Equal(t, `{"step":1,"outputs":`+y(3, 4.5)+"}", got[1])
	require.Contains(t, got[2], `{"outputs":null,"error":"the message, line 1: `)
	require.Equal(t, `{"step":2,"outputs":`+y(30, 1)+"}", got[3])
	require.Equal(t, `{"step":3,"outputs":`+y(1, 2)+"}\n"+`{"step":4,"outputs":`+y(3, 4)+"}", got[4])
	require.Equal(t, `{"step":0,"outputs":`+first+"}", answers.of("answers/sensors/b")[0], "another topic, another session")

	publish(t, c, "sensors/c", "1,2")
	answers.await(t, "answers/sensors/c", 1)
	publish(t, c, "sensors/d", "1,2")
	require.Eventually(t, func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return strings.Contains(logs.String(), `messages of "sensors/d" are ignored: see --max-topics`)
	}, 20*time.Second, 10*time.Millisecond)
	require.NoError(t, r.stop(10*time.Second))
	require.Equal(t, offline, answers.await(t, "status", 2)[1])
}

// What is under way when the broker ends has an answer when it is back.
func TestNothingIsLostWithTheBroker(t *testing.T) {
	b := startBroker(t)
	answers := newBox()
	subscribe(t, connect(t, b, "listener", answers.put), "answers/#", 1)
	r, _ := startBridge(t, b, forecaster(), nil)
	sender := connect(t, b, "sender", nil)
	publish(t, sender, "sensors/a", `{"ax":0,"ay":0,"id":"first"}`)
	answers.await(t, "answers/sensors/a", 1)
	const rounds, messages = 2, 40
	id := func(round, i int) string { return fmt.Sprintf(`"id":"n%d-%d"`, round, i) }
	for round := range rounds {
		for i := range messages {
			sender.Publish("sensors/a", 1, false, fmt.Sprintf(`{"ax":%d,"ay":1,%s}`, i, id(round, i)))
		}
		time.Sleep(5 * time.Millisecond) // some have arrived, and some answers
		b.end()
		require.Eventually(t, func() bool { return !sender.IsConnectionOpen() && !r.client.IsConnectionOpen() }, 20*time.Second, time.Millisecond)
		b.start()
		require.Eventually(t, r.client.IsConnectionOpen, 20*time.Second, 10*time.Millisecond)
		require.True(t, sender.Connect().WaitTimeout(20*time.Second))
	}
	missing := func() (list []string) {
		all := strings.Join(answers.of("answers/sensors/a"), "")
		for round := range rounds {
			for i := range messages {
				if !strings.Contains(all, id(round, i)) {
					list = append(list, id(round, i))
				}
			}
		}
		return list
	}
	assert.Eventually(t, func() bool { return len(missing()) == 0 }, 20*time.Second, 20*time.Millisecond)
	require.Empty(t, missing())
	require.NoError(t, r.stop(10*time.Second))
}

func TestTextsAndWindows(t *testing.T) {
	d := modeltest.Spec{Cell: format.CellLSTM, Input: 2, Hidden: 4, Outputs: 2, Seed: 1, Pool: format.PoolLast}.Model()
	d.Task, d.Labels, d.Data = format.TaskClassify, []string{"still", "moves"}, &format.Data{Columns: []string{"ax", "ay"}, Window: 4}
	m, err := rnn.New(d)
	require.NoError(t, err)
	s, err := newStream(m, false)
	require.NoError(t, err)
	require.Empty(t, s.answer([]byte("1,2\n3,4\n5,6")))
	require.Contains(t, string(s.answer([]byte(`{"ax":7,"ay":8,"t":1}`))), `{"kept":{"t":"1"},"step":3,"outputs":[`)
	require.Empty(t, s.answer([]byte("1,2")), "half a window further")
	require.Contains(t, string(s.answer([]byte("1,2"))), `"step":5,"outputs":[`)
	require.Contains(t, string(s.answer([]byte("1,2\n3,4"))), `"label":"`)
	require.Contains(t, string(s.answer(nil)), `{"error":"the message is empty"}`)
}

func TestTopics(t *testing.T) {
	for _, c := range []struct {
		filter, topic string
		want          bool
	}{
		{"a/+/c", "a/b/c", true}, {"a/+/c", "a/b/d", false}, {"a/+", "a/b/c", false}, {"a/#", "a/b/c", true}, {"a/#", "a", true},
		{"#", "a/b", true}, {"#", "$SYS/x", false}, {"+/x", "$SYS/x", false}, {"a/b", "a/b", true}, {"a/b/c", "a/b", false},
	} {
		require.Equal(t, c.want, matches(c.filter, c.topic), "%s %s", c.filter, c.topic)
	}
	for _, filter := range []string{"", "a#", "a/#/b", "a+/b"} {
		require.Error(t, checkFilter(filter), filter)
	}
	require.NoError(t, checkFilter("+/a/#"))
	v := &config{subscribe: []string{"sensors/#"}, publish: "{topic}/answer"}
	_, ok := v.answerTopic("sensors/a")
	require.False(t, ok, "an answer that would be answered")
}

func TestMisuse(t *testing.T) {
	path := save(t, forecaster())
	for args, want := range map[string]string{
		"":                              "give a model",
		"-m " + path:                    "give the topics to read",
		"-m " + path + " --subscribe a": "give the topic of the answers",
		"-m " + path + " --subscribe a --publish b/#":          "the topic must not have + or #",
		"-m " + path + " --subscribe a#b --publish b":          "is not a topic filter",
		"-m " + path + " --subscribe a --publish b --qos 3":    "--qos 3",
		"-m " + path + " --subscribe a --publish b --ca x.pem": "x.pem",
		"-m " + path + " --subscribe a --publish b --anomaly":  "--anomaly",
	} {
		var out, errs bytes.Buffer
		require.NotZero(t, run(strings.Fields(args), nil, &out, &errs), args)
		require.Contains(t, errs.String(), want)
	}
}
