// The simulated vCenter of our tests: govmomi's simulator behind a door of our own.
//
// The door adds what the stock simulator lacks and injects faults; see door.go for what comes
// through it. What is said here of vSphere is cited from VMware's "vSphere Web Services API"
// reference by the name of the object and the method.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/vmware/govmomi/simulator"
)

type options struct {
	directory string
	kind      string
	api       string
	listen    string
	password  string
	taskDelay time.Duration
}

func main() {
	log.SetFlags(0)
	var o options
	flag.StringVar(&o.directory, "directory", ".", "where certificates and ready.json are written")
	flag.StringVar(&o.kind, "kind", "vcenter", "vcenter or esxi")
	flag.StringVar(&o.api, "api", "7.0.3.0", "the API version that is announced")
	flag.StringVar(&o.listen, "listen", "127.0.0.1:0", "where to listen")
	flag.DurationVar(&o.taskDelay, "task-delay", 20*time.Millisecond, "how long a task is queued and runs")
	other := flag.String("client", "", "be a client of this address instead, trusting the authority in -directory")
	flag.Parse()
	o.password = os.Getenv("VCSIM_PASSWORD")
	if o.password == "" {
		log.Fatal("vcsim: VCSIM_PASSWORD names the password of every user")
	}
	if *other != "" {
		if err := client(context.Background(), *other, filepath.Join(o.directory, "ca.pem"), flag.Args()); err != nil {
			log.Fatalf("vcsim: %s", err)
		}
		return
	}
	if err := serve(o); err != nil {
		log.Fatalf("vcsim: %s", err)
	}
}

func serve(o options) error {
	service, err := inventory(o)
	if err != nil {
		return err
	}
	certificate, err := certificates(o.directory)
	if err != nil {
		return err
	}
	// The stock server makes the routes; its own listener is of no use to us.
	service.ServeMux = http.NewServeMux()
	service.Listen = &url.URL{Host: "127.0.0.1:0"}
	stock := service.NewServer()
	stock.Close()

	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return err
	}
	door := newDoor(service.ServeMux, o)
	server := &http.Server{Handler: door, TLSConfig: certificate, ErrorLog: log.Default()}
	ready := map[string]interface{}{
		"address": listener.Addr().String(),
		"ca":      filepath.Join(o.directory, "ca.pem"),
		"pid":     os.Getpid(),
	}
	if err := announce(filepath.Join(o.directory, "ready.json"), ready); err != nil {
		return err
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-ended
		_ = server.Shutdown(context.Background())
	}()
	if err := server.ServeTLS(listener, "", ""); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// announce writes the file under another name first: whoever sees it sees all of it.
func announce(path string, document interface{}) error {
	text, err := json.Marshal(document)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

var registry = func() *simulator.Registry { return simulator.Map }
