//go:build !amd64

package multiply

// Float32 returns nil: there is no loop for this architecture.
func Float32(string) *Loop { return nil }

// Int8 returns nil: there is no loop for this architecture.
func Int8(string) *Loop { return nil }
