// Package systemd speaks with the service manager that has started a process: it takes
// the sockets that the manager listens at (sd_listen_fds(3)), and tells it the state of
// the service (sd_notify(3)). Without a manager it does nothing.
//
// (The package github.com/coreos/go-systemd/v22/activation does the first, too, in
// 700 kB: it links TLS.)
package systemd
