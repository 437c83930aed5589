package main

import (
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// An answer is published to a topic; nil: the message has no answer.
type answer struct {
	to      string
	payload []byte
	arrived <-chan struct{} // closed when the broker has it; nil: not sent yet
}

// An answered is a message that has been answered.
type answered struct {
	message paho.Message
	answer  *answer
}

// window is the most answers that may be in flight. Brokers close a connection that
// exceeds their own limit: 20 for Mosquitto, 10 for HiveMQ.
const window = 8

// longestQueue is the most answers that may wait for those in flight. Beyond it, messages
// of QoS 0 are dropped; for other messages, the broker limits the number without
// acknowledgement.
const longestQueue = 10_000

// answers publishes answers in order, and acknowledges each message when the broker has
// its answer. Adding an answer never blocks, because the caller reads from the broker.
type answers struct {
	send func(a *answer) (arrived <-chan struct{}) // publishes

	mu      sync.Mutex
	changed *sync.Cond
	queue   []answered
	left    int // messages without an acknowledgement
	ending  bool
	done    chan struct{}

	// recent are messages by number that the broker may send again, because it has no
	// acknowledgement, or because the connection broke before the acknowledgement
	// arrived.
	recent map[uint16]recent
}

// A recent is a message that has been answered.
type recent struct {
	key    messageKey
	answer *answer
}

func newAnswers(send func(a *answer) <-chan struct{}) *answers {
	a := &answers{send: send, done: make(chan struct{}), recent: map[uint16]recent{}}
	a.changed = sync.NewCond(&a.mu)
	return a
}

// repeated reports whether a message has been received before. If so, its answer also
// acknowledges this copy.
func (a *answers) repeated(m paho.Message) bool {
	if !m.Duplicate() {
		return false
	}
	key := keyOf(m)
	a.mu.Lock()
	k, ok := a.recent[key.id]
	a.mu.Unlock()
	if !ok || k.key != key {
		return false
	}
	a.add(m, k.answer)
	return true
}

// add adds the answer to a message; nil: no answer.
func (a *answers) add(m paho.Message, r *answer) {
	key := keyOf(m)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ending {
		return
	}
	if m.Qos() > 0 {
		a.recent[key.id] = recent{key, r}
	}
	a.queue = append(a.queue, answered{m, r})
	a.left++
	a.changed.Signal()
}

// ended reports whether stop was called. Later messages stay with the broker, which keeps
// them for the next process.
func (a *answers) ended() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.ending
}

// full reports whether the queue has no room for a message that may be dropped.
func (a *answers) full() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.queue) >= longestQueue
}

// next returns the next message; false: stop was called and no message is left.
func (a *answers) next() (answered, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.queue) == 0 && !a.ending {
		a.changed.Wait()
	}
	if len(a.queue) == 0 {
		return answered{}, false
	}
	k := a.queue[0]
	a.queue = a.queue[1:]
	return k, true
}

// run publishes answers and acknowledges messages until stop is called and no message is
// left.
func (a *answers) run() {
	places := make(chan struct{}, window)
	sent := make(chan func(), window)
	go func() {
		defer close(a.done)
		for acknowledge := range sent {
			acknowledge()
		}
	}()
	defer close(sent)
	for {
		k, ok := a.next()
		if !ok {
			return
		}
		first := k.answer != nil && k.answer.arrived == nil // otherwise the message was received again
		if first {
			places <- struct{}{}
			k.answer.arrived = a.send(k.answer)
		}
		sent <- func() {
			if k.answer != nil {
				<-k.answer.arrived
			}
			if first {
				<-places
			}
			k.message.Ack()
			a.mu.Lock()
			a.left--
			a.mu.Unlock()
		}
	}
}

// stop waits until all messages are acknowledged, at most for the time wait, and returns
// the number of messages that are not.
func (a *answers) stop(wait time.Duration) (left int) {
	a.mu.Lock()
	a.ending = true
	a.changed.Signal()
	a.mu.Unlock()
	select {
	case <-a.done:
	case <-time.After(wait):
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.left
}
