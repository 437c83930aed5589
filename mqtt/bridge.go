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

// A bridge answers messages. paho calls answer for one message after the other, so the
// streams need no lock.
type bridge struct {
	*config
	m       *rnn.Model
	client  paho.Client
	streams map[string]*stream
	answers *answers
	outbox  *outbox
	leaves  bool // messages are left out, since the answers to others wait
	logs    io.Writer
	mu      sync.Mutex // of logs
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
		SetConnectionLostHandler(func(_ paho.Client, err error) { b.log("the connection is lost: %v", err) })
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

// start connects, now or when the broker is there.
func (b *bridge) start() {
	b.client.Connect()
	go b.answers.run()
}

// connected subscribes. The broker knows the subscriptions of a session that it has kept,
// but may have forgotten it.
func (b *bridge) connected(c paho.Client) {
	b.log("connected to %s", b.broker)
	filters := map[string]byte{}
	for _, filter := range b.subscribe {
		filters[filter] = b.qos
	}
	go func() { // a handler must not wait
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

// answer answers a message, and has it acknowledged when the broker has the answer. A
// message that comes again, since its acknowledgement was lost, is not answered again.
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
	case b.qos == 0: // nobody waits for it
		c.Publish(to, 0, b.retain, payload)
		b.answers.add(m, nil)
	default:
		b.answers.add(m, &answer{to: to, payload: payload})
	}
}

// leaveOut reports whether a message that may be lost is left out, since too many answers
// wait. It says so when that begins.
func (b *bridge) leaveOut(m paho.Message) bool {
	if m.Qos() > 0 || !b.answers.full() {
		b.leaves = false
		return false
	}
	if !b.leaves {
		b.log("%d answers wait for the broker: messages of QoS 0 are left out until it has some", longestQueue)
	}
	b.leaves = true
	return true
}

// send publishes an answer of QoS 1 or 2.
func (b *bridge) send(a *answer) (arrived <-chan struct{}) {
	for {
		token := b.client.Publish(a.to, b.qos, b.retain, a.payload).(*paho.PublishToken)
		if id := token.MessageID(); id != 0 { // paho has taken it, whatever else the token says
			return b.outbox.arrival(id)
		}
		time.Sleep(100 * time.Millisecond) // it is between two connections
	}
}

// reply returns the answer to a message and its topic; nil: there is none.
func (b *bridge) reply(m paho.Message) (to string, payload []byte) {
	to, ok := b.answerTopic(m.Topic())
	if !ok {
		b.log("the answer to %.80q would go to %.80q, which is a topic to answer: it is left out", m.Topic(), to)
		return "", nil
	}
	s := b.streams[m.Topic()]
	if s == nil {
		if len(b.streams) >= b.topics {
			b.log("%d topics have a stream already, and %.80q has none: see --max-topics", len(b.streams), m.Topic())
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

// stop waits for what is under way, says that the client is offline, and disconnects.
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
		return fmt.Errorf("%d answers have not reached the broker, which will send their messages again", left)
	}
	return nil
}

// A messageKey tells a message that is sent again.
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
