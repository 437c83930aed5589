package runtime_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Run with -race.
func TestAModelIsSafeForConcurrentUse(t *testing.T) {
	for _, s := range shapes() {
		t.Run(s.String(), func(t *testing.T) {
			m := model(t, s)
			in := inputOf(s, 40)
			want := run(t, s, in)
			var group sync.WaitGroup
			got := make([][]uint32, 4)
			for i := range got {
				group.Go(func() {
					session := m.NewSession()
					y, err := in.run(session)
					if err == nil {
						got[i] = append(bits(y), position(session)...)
					}
					if m.Streamable() {
						_, _ = session.AppendBinary(nil)
					}
				})
			}
			group.Wait()
			for i := range got {
				require.Equal(t, want, got[i])
			}
		})
	}
}
