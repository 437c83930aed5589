package format

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadGivesWhatWasWritten(t *testing.T) {
	for name, m := range everyFormat() {
		t.Run(name, func(t *testing.T) {
			data, err := m.Append(nil)
			require.NoError(t, err)
			require.Zero(t, len(data)%Alignment)
			got, err := Read(data)
			require.NoError(t, err)
			require.Equal(t, m, got)
			again, err := got.Append(nil)
			require.NoError(t, err)
			require.Equal(t, data, again)
		})
	}
}
