package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"
)

// An identity is the credentials of the client and the authorities that sign the broker's
// certificate.
type identity struct {
	username, passwordFile string
	ca, cert, key          string // files in PEM
}

func (v *identity) add(f *pflag.FlagSet) {
	f.StringVar(&v.username, "username", os.Getenv("RNNRUN_MQTT_USERNAME"), "user name for the broker (default: the variable RNNRUN_MQTT_USERNAME)")
	f.StringVar(&v.passwordFile, "password-file", "", "file with the password (default: the variable RNNRUN_MQTT_PASSWORD)")
	f.StringVar(&v.ca, "ca", "", "PEM file with the authorities that sign the broker's certificate (default: those of the system)")
	f.StringVar(&v.cert, "cert", "", "PEM file with the client's certificate")
	f.StringVar(&v.key, "key", "", "PEM file with the key of the client's certificate")
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
			return nil, fmt.Errorf("--ca %s: the file has no certificate in PEM format", v.ca)
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
