package main

import (
	"fmt"
	"sync"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/eclipse/paho.mqtt.golang/packets"
)

// An outbox keeps published messages until the broker has them, and reports when it has.
// After the connection was lost, paho sends them again in order. paho's tokens do not
// report this: they end when the connection breaks, with or without an error.
type outbox struct {
	*paho.OrderedMemoryStore
	mu   sync.Mutex
	open map[string]chan struct{} // by the key of the message; closed when the broker has it
}

func newOutbox() *outbox {
	return &outbox{OrderedMemoryStore: paho.NewOrderedMemoryStore(), open: map[string]chan struct{}{}}
}

// Put keeps a packet for paho.
func (o *outbox) Put(key string, p packets.ControlPacket) {
	if m, ok := p.(*packets.PublishPacket); ok && key == keyOfAnswer(m.MessageID) {
		o.mu.Lock()
		o.open[key] = make(chan struct{})
		o.mu.Unlock()
	}
	o.OrderedMemoryStore.Put(key, p)
}

// Del forgets a packet, which has been acknowledged.
func (o *outbox) Del(key string) {
	o.OrderedMemoryStore.Del(key)
	o.mu.Lock()
	defer o.mu.Unlock()
	if arrived, ok := o.open[key]; ok {
		close(arrived)
		delete(o.open, key)
	}
}

// arrival returns a channel that is closed when the broker has the message with this
// number.
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

// keyOfAnswer returns paho's key for an outgoing message.
func keyOfAnswer(id uint16) string { return fmt.Sprint("o.", id) }
