package main

import (
	"fmt"
	"sync"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"
)

// An outbox keeps what is published until the broker has it, and tells when it has. paho
// sends what is in it again, in its order, after the connection was lost. paho's tokens do
// not tell: they end when the connection breaks, with an error or without.
type outbox struct {
	*paho.OrderedMemoryStore
	mu   sync.Mutex
	open map[string]chan struct{} // by the key of a message; closed when the broker has it
}

func newOutbox() *outbox {
	return &outbox{OrderedMemoryStore: paho.NewOrderedMemoryStore(), open: map[string]chan struct{}{}}
}

// Put keeps a packet, as paho asks for.
func (o *outbox) Put(key string, p packets.ControlPacket) {
	if m, ok := p.(*packets.PublishPacket); ok && key == keyOfAnswer(m.MessageID) {
		o.mu.Lock()
		o.open[key] = make(chan struct{})
		o.mu.Unlock()
	}
	o.OrderedMemoryStore.Put(key, p)
}

// Del leaves a packet, which has been acknowledged.
func (o *outbox) Del(key string) {
	o.OrderedMemoryStore.Del(key)
	o.mu.Lock()
	defer o.mu.Unlock()
	if arrived, ok := o.open[key]; ok {
		close(arrived)
		delete(o.open, key)
	}
}

// arrival returns what is closed when the broker has the message of that number.
func (o *outbox) arrival(id uint16) <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	if arrived, ok := o.open[keyOfAnswer(id)]; ok {
		return arrived
	}
	arrived := make(chan struct{})
	close(arrived)
	return arrived
}

// keyOfAnswer is paho's key of a message that goes out.
func keyOfAnswer(id uint16) string { return fmt.Sprint("o.", id) }
