package main

import (
	"fmt"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/require"
)

// A fakeMessage is one of QoS 1 of that number.
type fakeMessage struct {
	paho.Message
	id        uint16
	payload   string
	duplicate bool
	ack       func()
}

func (m *fakeMessage) Duplicate() bool   { return m.duplicate }
func (m *fakeMessage) Qos() byte         { return 1 }
func (m *fakeMessage) Topic() string     { return "a" }
func (m *fakeMessage) MessageID() uint16 { return m.id }
func (m *fakeMessage) Payload() []byte   { return []byte(m.payload) }
func (m *fakeMessage) Ack()              { m.ack() }

// Of many answers so many are under way as a broker takes, and each message is acknowledged
// when its answer has arrived, and no sooner.
func TestAnswersUnderWay(t *testing.T) {
	var mu sync.Mutex
	var arrivals []chan struct{}
	var acknowledged []string
	sent := func() int { mu.Lock(); defer mu.Unlock(); return len(arrivals) }
	acks := func() []string { mu.Lock(); defer mu.Unlock(); return append([]string(nil), acknowledged...) }
	arrive := func(i int) { mu.Lock(); defer mu.Unlock(); close(arrivals[i]) }
	a := newAnswers(func(*answer) <-chan struct{} {
		mu.Lock()
		defer mu.Unlock()
		arrivals = append(arrivals, make(chan struct{}))
		return arrivals[len(arrivals)-1]
	})
	message := func(id uint16, payload string, duplicate bool) *fakeMessage {
		m := &fakeMessage{id: id, payload: payload, duplicate: duplicate}
		m.ack = func() {
			mu.Lock()
			defer mu.Unlock()
			acknowledged = append(acknowledged, fmt.Sprint(id, payload, duplicate))
		}
		return m
	}
	go a.run()
	for id := range uint16(window + 3) {
		require.False(t, a.repeated(message(id, "x", false)))
		a.add(message(id, "x", false), &answer{to: "b"})
	}
	require.Eventually(t, func() bool { return sent() == window }, 10*time.Second, time.Millisecond)
	require.False(t, a.repeated(message(1, "x", false)), "a new message of an old number")
	require.False(t, a.repeated(message(1, "y", true)), "another message")
	require.True(t, a.repeated(message(1, "x", true)))
	require.Empty(t, acks())
	arrive(1)
	require.Equal(t, window, sent())
	require.Empty(t, acks(), "message 0 is first")
	arrive(0)
	require.Eventually(t, func() bool { return len(acks()) == 2 && sent() == window+2 }, 10*time.Second, time.Millisecond)
	require.Equal(t, window+2, a.stop(0), "the rest, and the one that came again")
	for i := 2; i < window+3; i++ {
		require.Eventually(t, func() bool { return sent() > i }, 10*time.Second, time.Millisecond)
		arrive(i)
	}
	require.Zero(t, a.stop(10*time.Second))
	require.Equal(t, window+4, len(acks()))
	require.Equal(t, "1xtrue", acks()[window+3])
}
