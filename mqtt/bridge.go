package main

import (
	"fmt"
	"hash/maphash"
	"io"
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"github.com/rnnrun/rnnrun/internal/systemd"
	rnn "github.com/rnnrun/rnnrun/runtime"
)

// A bridge answers messages. paho calls answer for one message at a time, so the streams
// need no lock.
type bridge struct {
	*config
	m       *rnn.Model
	client  paho.Client
	streams map[string]*stream
	answers *answers
	outbox  *outbox
	leaves  bool // messages are dropped because too many answers wait
	logs    io.Writer
	mu      sync.Mutex // guards logs
}

const (
	online  = "online"
	offline = "offline"
)

func newBridge(v *config, m *rnn.Model, logs io.Writer) (*bridge, error) {
	b := &bridge{config: v, m: m, streams: map[string]*stream{}, outbox: newOutbox(), logs: logs}
	b.answers = newAnswers(b.send)
	password, err := v.password()
	if err != nil {
		return nil, err
	}
	secure, err := v.tls()
	if err != nil {
		return nil, err
	}
	o := paho.NewClientOptions().AddBroker(v.broker).SetClientID(v.clientID).SetUsername(v.username).SetPassword(password).SetTLSConfig(secure).
		SetCleanSession(false).SetStore(b.outbox).SetAutoAckDisabled(true).SetOrderMatters(true).
		SetConnectRetry(true).SetConnectRetryInterval(time.Second).SetAutoReconnect(true).SetMaxReconnectInterval(30 * time.Second).
		SetDefaultPublishHandler(b.answer).SetOnConnectHandler(b.connected).
		SetConnectionLostHandler(func(_ paho.Client, err error) { b.log("lost the connection: %v", err) })
	if v.status != "" {
		o.SetWill(v.status, offline, 1, true)
	}
	b.client = paho.NewClient(o)
	return b, nil
}

func (b *bridge) log(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	fmt.Fprintf(b.logs, "rnnrun-mqtt: "+format+"\n", args...)
}

// start connects as soon as the broker is available.
func (b *bridge) start() {
	b.client.Connect()
	go b.answers.run()
}

// connected subscribes. The broker remembers the subscriptions of a kept session, but may
// have lost the session.
func (b *bridge) connected(c paho.Client) {
	b.log("connected to %s", b.broker)
	filters := map[string]byte{}
	for _, filter := range b.subscribe {
		filters[filter] = b.qos
	}
	go func() { // a handler must not block
		token := c.SubscribeMultiple(filters, nil)
		if token.Wait(); token.Error() != nil {
			b.log("the broker refuses to subscribe: %v", token.Error())
			return
		}
		if b.status != "" {
			c.Publish(b.status, 1, true, online)
		}
		if err := systemd.Notify(systemd.Ready); err != nil {
			b.log("%v", err)
		}
	}()
}

// answer answers a message. The message is acknowledged when the broker has the answer. A
// message that is sent again, because its acknowledgement was lost, is not answered
// again.
func (b *bridge) answer(c paho.Client, m paho.Message) {
	if b.answers.ended() || b.answers.repeated(m) || b.leaveOut(m) {
		return
	}
	var to string
	var payload []byte
	if !m.Retained() {
		to, payload = b.reply(m)
	}
	switch {
	case payload == nil:
		b.answers.add(m, nil)
	case b.qos == 0: // no acknowledgement is expected
		c.Publish(to, 0, b.retain, payload)
		b.answers.add(m, nil)
	default:
		b.answers.add(m, &answer{to: to, payload: payload})
	}
}

// leaveOut reports whether a message of QoS 0 is dropped because too many answers wait.
// It logs when dropping begins.
func (b *bridge) leaveOut(m paho.Message) bool {
	if m.Qos() > 0 || !b.answers.full() {
		b.leaves = false
		return false
	}
	if !b.leaves {
		b.log("%d answers wait for the broker: dropping messages of QoS 0 until it accepts some", longestQueue)
	}
	b.leaves = true
	return true
}

// send publishes an answer of QoS 1 or 2.
func (b *bridge) send(a *answer) (arrived <-chan struct{}) {
	for {
		token := b.client.Publish(a.to, b.qos, b.retain, a.payload).(*paho.PublishToken)
		if id := token.MessageID(); id != 0 { // paho has accepted it, whatever else the token says
			return b.outbox.arrival(id)
		}
		time.Sleep(100 * time.Millisecond) // there is no connection at the moment
	}
}

// reply returns the topic and the answer to a message; nil: no answer.
func (b *bridge) reply(m paho.Message) (to string, payload []byte) {
	to, ok := b.answerTopic(m.Topic())
	if !ok {
		b.log("the answer to %.80q would go to %.80q, which --subscribe matches: not published", m.Topic(), to)
		return "", nil
	}
	s := b.streams[m.Topic()]
	if s == nil {
		if len(b.streams) >= b.topics {
			b.log("%d topics already have a stream, so messages of %.80q are ignored: see --max-topics", len(b.streams), m.Topic())
			return "", nil
		}
		var err error
		if s, err = newStream(b.m, b.anomaly); err != nil {
			b.log("%v", err)
			return "", nil
		}
		b.streams[m.Topic()] = s
	}
	if payload = s.answer(m.Payload()); len(payload) == 0 {
		return "", nil
	}
	return to, payload
}

// stop waits for the answers in flight, publishes that the client is offline, and
// disconnects.
func (b *bridge) stop(wait time.Duration) error {
	if err := systemd.Notify(systemd.Stopping); err != nil {
		b.log("%v", err)
	}
	left := b.answers.stop(wait)
	if b.status != "" && b.client.IsConnectionOpen() {
		b.client.Publish(b.status, 1, true, offline).WaitTimeout(wait)
	}
	b.client.Disconnect(250)
	if left > 0 {
		return fmt.Errorf("%d answers have not reached the broker; it will send their messages again", left)
	}
	return nil
}

// A messageKey identifies a message that is sent again.
type messageKey struct {
	id   uint16
	hash uint64
}

var seed = maphash.MakeSeed()

func keyOf(m paho.Message) messageKey {
	var h maphash.Hash
	h.SetSeed(seed)
	h.WriteString(m.Topic())
	h.WriteByte(0)
	h.Write(m.Payload())
	return messageKey{m.MessageID(), h.Sum64()}
}
