package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSensor(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(&out))
	require.Equal(t, `18.0 °C, next 17.9
18.0 °C, next 18.0
resumed after 50 steps from 60 bytes
18.2 °C, next 18.2
18.5 °C, next 18.7
19.1 °C, next 19.3
19.8 °C, next 20.3
20.7 °C, next 21.3
21.8 °C, next 22.5
22.9 °C, next 23.6
24.0 °C, next 24.6
25.0 °C, next 25.5
25.9 °C, next 26.1
`, out.String())
}
