package prometheus_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rnnrun/rnnrun/internal/prometheus"
)

func TestText(t *testing.T) {
	var requests, none prometheus.Counters
	requests.Add(2, "path", "b", "code", "200")
	requests.Add(1, "path", "a\"\\\n")
	requests.Add(3, "path", "b", "code", "200")
	var steps prometheus.Histogram
	steps.Observe(4*time.Microsecond, 2)
	steps.Observe(3*time.Microsecond, 1)
	steps.Observe(time.Minute, 1)
	steps.Observe(time.Minute, 0)
	var text prometheus.Text
	text.Counters("requests_total", "Requests.", &requests)
	text.Counters("none_total", "None.", &none)
	text.Gauge("open", "Open connections.", 1.5, "model", "m")
	text.Histogram("step_seconds", "Time of a step.", &steps)
	require.Equal(t, `# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{path="a\"\\\n"} 1
requests_total{path="b",code="200"} 5
# HELP none_total None.
# TYPE none_total counter
# HELP open Open connections.
# TYPE open gauge
open{model="m"} 1.5
# HELP step_seconds Time of a step.
# TYPE step_seconds histogram
step_seconds_bucket{le="1e-06"} 0
step_seconds_bucket{le="3e-06"} 3
step_seconds_bucket{le="1e-05"} 3
step_seconds_bucket{le="3e-05"} 3
step_seconds_bucket{le="0.0001"} 3
step_seconds_bucket{le="0.0003"} 3
step_seconds_bucket{le="0.001"} 3
step_seconds_bucket{le="0.003"} 3
step_seconds_bucket{le="0.01"} 3
step_seconds_bucket{le="0.03"} 3
step_seconds_bucket{le="0.1"} 3
step_seconds_bucket{le="0.3"} 3
step_seconds_bucket{le="1"} 3
step_seconds_bucket{le="3"} 3
step_seconds_bucket{le="10"} 3
step_seconds_bucket{le="+Inf"} 4
step_seconds_sum 60.000007
step_seconds_count 4
`, string(text))
}
