package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
)

// inBrowser serves a folder to a browser without a window, and returns what its page
// sends back.
func inBrowser(browser, folder string) ([]byte, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	reports := make(chan []byte, 1)
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir(folder)))
	mux.HandleFunc("POST /results", func(_ http.ResponseWriter, r *http.Request) {
		report, _ := io.ReadAll(r.Body)
		select {
		case reports <- report:
		default:
		}
	})
	server := &http.Server{Handler: mux}
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	profile, err := os.MkdirTemp("", "wasm-profile")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(profile)
	c := exec.Command(browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir="+profile, "http://"+listener.Addr().String()+"/")
	if err := c.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case report := <-reports:
		_ = c.Process.Kill()
		<-ended
		return report, nil
	case err := <-ended:
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
}
