package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"
)

// An identity is how the client and the broker prove who they are.
type identity struct {
	username, passwordFile string
	ca, cert, key          string // files in PEM
}

func (v *identity) add(f *pflag.FlagSet) {
	f.StringVar(&v.username, "username", os.Getenv("RNNRUN_MQTT_USERNAME"), "name for the broker; usual: the variable RNNRUN_MQTT_USERNAME")
	f.StringVar(&v.passwordFile, "password-file", "", "a file with the password; usual: the variable RNNRUN_MQTT_PASSWORD")
	f.StringVar(&v.ca, "ca", "", "a PEM file of the authorities that may sign the broker's certificate; usual: the system's")
	f.StringVar(&v.cert, "cert", "", "a PEM file of the client's certificate")
	f.StringVar(&v.key, "key", "", "a PEM file of its key")
}

func (v *identity) password() (string, error) {
	if v.passwordFile == "" {
		return os.Getenv("RNNRUN_MQTT_PASSWORD"), nil
	}
	data, err := os.ReadFile(v.passwordFile)
	return strings.TrimRight(string(data), "\r\n"), err
}

func (v *identity) tls() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if v.ca != "" {
		data, err := os.ReadFile(v.ca)
		if err != nil {
			return nil, err
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(data) {
			return nil, fmt.Errorf("--ca %s: no certificate in PEM", v.ca)
		}
	}
	if v.cert+v.key != "" {
		pair, err := tls.LoadX509KeyPair(v.cert, v.key)
		if err != nil {
			return nil, fmt.Errorf("--cert, --key: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}
