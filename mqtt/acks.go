package main

import (
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// An ack is a message to acknowledge after its answer has arrived.
type ack struct {
	message paho.Message
	key     messageKey
	answer  paho.Token // nil: there is none
}

// An answered is a message that has its answer.
type answered struct {
	key    messageKey
	answer paho.Token
}

// acks acknowledges messages in their order. It never has the one wait who adds: there
// are no more of them than messages that the broker sends without an acknowledgement.
type acks struct {
	mu      sync.Mutex
	changed *sync.Cond
	list    []ack
	ending  bool
	done    chan struct{}

	// recent are messages by their number that the broker may send again, since it has no
	// acknowledgement, or since the connection broke before it arrived.
	recent map[uint16]answered
}

func newAcks() *acks {
	a := &acks{done: make(chan struct{}), recent: map[uint16]answered{}}
	a.changed = sync.NewCond(&a.mu)
	return a
}

func (a *acks) add(k ack) {
	if k.message.Qos() == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.recent[k.key.id] = answered{k.key, k.answer}
	a.list = append(a.list, k)
	a.changed.Broadcast()
}

// known returns the answer to a message that has one already.
func (a *acks) known(key messageKey) (paho.Token, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k, ok := a.recent[key.id]
	return k.answer, ok && k.key == key && (k.answer == nil || k.answer.Error() == nil)
}

// run acknowledges until stop is called and nothing is left.
func (a *acks) run() {
	defer close(a.done)
	for {
		a.mu.Lock()
		for len(a.list) == 0 && !a.ending {
			a.changed.Wait()
		}
		if len(a.list) == 0 {
			a.mu.Unlock()
			return
		}
		k := a.list[0]
		a.mu.Unlock()
		if k.answer != nil {
			k.answer.Wait()
		}
		if k.answer == nil || k.answer.Error() == nil {
			k.message.Ack()
		}
		a.mu.Lock()
		a.list = a.list[1:]
		a.mu.Unlock()
	}
}

// stop waits until all is acknowledged, up to a time, and returns how many are not.
func (a *acks) stop(wait time.Duration) (left int) {
	a.mu.Lock()
	a.ending = true
	a.changed.Broadcast()
	a.mu.Unlock()
	select {
	case <-a.done:
	case <-time.After(wait):
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.list)
}
