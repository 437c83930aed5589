package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rnnrun/rnnrun/internal/atomicfile"
)

// A shelf keeps the states of named streams that no client has.
type shelf interface {
	load(name string) ([]byte, error) // the error is fs.ErrNotExist if there are none
	store(name string, states []byte) error
	remove(name string) error // fs.ErrNotExist, too
	count() (int, error)
	full() bool // whether no new stream may begin, however few there are
}

// shelf returns the shelf for the states of named streams.
func (v *serving) shelf() shelf {
	if v.directory != "" {
		return directoryShelf(v.directory)
	}
	return newMemoryShelf(v.idle)
}

// A directoryShelf keeps states in files, for ever.
type directoryShelf string

func (d directoryShelf) path(name string) string          { return filepath.Join(string(d), name+".stream") }
func (d directoryShelf) load(name string) ([]byte, error) { return os.ReadFile(d.path(name)) }
func (d directoryShelf) remove(name string) error         { return os.Remove(d.path(name)) }
func (d directoryShelf) full() bool                       { return false } // the disk reports it

func (d directoryShelf) store(name string, states []byte) error {
	return atomicfile.Write(d.path(name), func(w io.Writer) error { _, err := w.Write(states); return err })
}

func (d directoryShelf) count() (int, error) {
	list, err := os.ReadDir(string(d))
	return len(list), err
}

// A memoryShelf keeps states until they have been unused for a time, or the server ends.
type memoryShelf struct {
	idle time.Duration
	mu   sync.Mutex
	kept map[string]remembered
	last time.Time // last cleanup
	size int       // bytes
}

type remembered struct {
	states []byte
	since  time.Time
}

// mostRemembered is how many bytes of states may be in memory when another stream begins.
const mostRemembered = 64 << 20

func newMemoryShelf(idle time.Duration) *memoryShelf {
	return &memoryShelf{idle: idle, kept: map[string]remembered{}}
}

func (m *memoryShelf) load(name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r, ok := m.kept[name]; ok && time.Since(r.since) <= m.idle {
		return r.states, nil
	}
	return nil, fs.ErrNotExist
}

func (m *memoryShelf) store(name string, states []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.size += len(states) - len(m.kept[name].states)
	m.kept[name] = remembered{states, time.Now()}
	return nil
}

func (m *memoryShelf) remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.kept[name]
	if !ok {
		return fs.ErrNotExist
	}
	m.size -= len(r.states)
	delete(m.kept, name)
	return nil
}

func (m *memoryShelf) count() (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget()
	return len(m.kept), nil
}

func (m *memoryShelf) full() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.size >= mostRemembered
}

// forget drops unused states now and then.
func (m *memoryShelf) forget() {
	if time.Since(m.last) < min(m.idle/4, time.Second) {
		return
	}
	m.last = time.Now()
	for name, r := range m.kept {
		if time.Since(r.since) > m.idle {
			m.size -= len(r.states)
			delete(m.kept, name)
		}
	}
}

// isNone reports whether an error means that a shelf does not have the states.
func isNone(err error) bool { return errors.Is(err, fs.ErrNotExist) }
