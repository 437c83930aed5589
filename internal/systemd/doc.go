// Package systemd communicates with the service manager that started the process. It
// takes over the sockets on which the manager listens (sd_listen_fds(3)), and notifies it
// of the state of the service (sd_notify(3)). Without a manager, it does nothing.
//
// (The package github.com/coreos/go-systemd/v22/activation also takes over sockets, but
// adds 700 kB, because it links TLS.)
package systemd
