// Package prometheus counts the events of a server, and writes the counts in
// Prometheus' text format, version 0.0.4. (Its own client library would double a
// small binary.)
package prometheus
