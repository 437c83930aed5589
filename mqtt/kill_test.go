package main

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
	"github.com/stretchr/testify/require"
)

// If the broker is killed amid messages and started again, it takes the answer to each step
// that the stream makes, and at QoS 2 no message makes two steps. The broker saves each
// change; of the answers that it has taken and not saved it loses some. The client that
// listens takes an answer for a new one if the broker sends it again, so that answers are
// not counted.
func TestTheBrokerIsKilled(t *testing.T) {
	for _, qos := range []byte{1, 2} {
		t.Run(fmt.Sprintf("QoS %d", qos), func(t *testing.T) {
			b, answers := startBroker(t), newBox()
			subscribe(t, connect(t, b, "listener", answers.put), "answers/#", qos)
			r, _ := startBridge(t, b, forecaster(), func(v *config) { v.qos = qos })
			const senders, messages, kills = 6, 12, 2
			var sending sync.WaitGroup
			for k := range senders {
				c := connect(t, b, fmt.Sprint("sender", k), func(paho.Client, paho.Message) {})
				sending.Go(func() {
					for i := range messages {
						sendUntilTaken(c, qos, fmt.Sprintf(`{"ax":%d,"ay":%d,"id":"%d.%d"}`, i, k, k, i))
					}
				})
			}
			const some = senders * messages / (kills + 2)
			for n := range kills {
				answers.await(t, "answers/sensors/a", (n+1)*some)
				b.kill()
				require.Eventually(t, func() bool { return !r.client.IsConnectionOpen() }, 20*time.Second, time.Millisecond)
				b.start()
			}
			answers.await(t, "answers/sensors/a", (kills+1)*some)
			sending.Wait()
			require.NoError(t, r.stop(10*time.Second))

			made := r.streams["sensors/a"].steps
			var steps map[int]bool
			var of map[string]map[int]bool
			require.Eventually(t, func() bool {
				steps, of = stepsOf(t, answers.of("answers/sensors/a"))
				return len(steps) >= made-kills*window
			}, 10*time.Second, 20*time.Millisecond)
			require.Greater(t, len(of), (kills+1)*some/2)
			if qos == 2 {
				for id, list := range of {
					require.Len(t, list, 1, "message %s: %v", id, list)
				}
			}
		})
	}
}

// sendUntilTaken publishes a message and waits until the broker has it.
func sendUntilTaken(c paho.Client, qos byte, payload string) {
	for {
		token := c.Publish("sensors/a", qos, false, payload).(*paho.PublishToken)
		if token.MessageID() != 0 {
			token.WaitTimeout(10 * time.Second)
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// stepsOf returns the steps that have an answer, and those of each message by its "id".
func stepsOf(t *testing.T, answers []string) (steps map[int]bool, of map[string]map[int]bool) {
	steps, of = map[int]bool{}, map[string]map[int]bool{}
	for _, text := range answers {
		var a struct {
			Step int
			Kept struct{ ID string }
		}
		require.NoError(t, json.Unmarshal([]byte(text), &a))
		steps[a.Step] = true
		if of[a.Kept.ID] == nil {
			of[a.Kept.ID] = map[int]bool{}
		}
		of[a.Kept.ID][a.Step] = true
	}
	return steps, of
}
