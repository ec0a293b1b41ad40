// The load generator: HTTP/1.1 with keep-alive and without pipelining, from one thread, as cheap as the kernel allows,
// so that it saturates a server on another core. Prints one JSON object.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
)

func main() {
	var plan plan
	address := flag.String("address", "127.0.0.1:8080", "IPv4 address and port of the server")
	path := flag.String("path", "/v1/events", "where to post")
	corpus := flag.String("corpus", "", "file of bodies, one JSON object a line")
	headers := flag.String("headers", "plain", "plain, or browser: all that Chromium sends, in as many writes")
	flag.IntVar(&plan.connections, "connections", 64, "sockets")
	flag.Float64Var(&plan.seconds, "seconds", 3, "how long it measures")
	flag.Float64Var(&plan.warmup, "warmup", 1, "seconds before that, which aren't counted")
	flag.Float64Var(&plan.drain, "drain", 10, "seconds that answers may take after the end of an open loop")
	flag.Float64Var(&plan.rate, "rate", 0, "events a second on a fixed schedule; 0: a closed loop, as fast as answers come")
	flag.Parse()

	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(-1)
	requests, err := readCorpus(*corpus, *address, *path, *headers)
	if err == nil {
		plan.target, err = parseAddress(*address)
	}
	var result report
	if err == nil {
		result, err = run(plan, requests)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
	json.NewEncoder(os.Stdout).Encode(result)
}
