package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"syscall"
)

// One request as it goes over the wire. The end of its tab and its n are overwritten before each send, so that no two
// events of a run have the same id.
type request struct {
	wire   []byte
	first  int // so many bytes are written first, the rest on their own
	tab    []byte
	n      []byte
	events int
}

// Chromium writes head and body of a request together when they have at most so many bytes.
const browserWrites = 1400

// How many batches a tab sends before the next one begins.
const batchesOfTab = 8

func (r *request) number(sequence int) {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	for tab, i := sequence/batchesOfTab, len(r.tab)-1; i >= 0; i-- {
		r.tab[i] = digits[tab%36]
		tab /= 36
	}
	for n, i := 101+sequence%batchesOfTab*r.events, len(r.n)-1; i >= 0; i-- {
		r.n[i] = digits[n%10]
		n /= 10
	}
}

// What stands in a line of the corpus. The body's tab has at least 16 characters and its n three.
type sample struct {
	UserAgent string
	Language  string
	Origin    string
	Events    int
	Body      string
}

func readCorpus(file, host, path, headers string) ([]*request, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var requests []*request
	lines := bufio.NewScanner(bytes.NewReader(content))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var s sample
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		head := head(s, host, path, headers)
		r := &request{wire: []byte(head + s.Body), events: s.Events}
		r.first = len(r.wire)
		if headers == "browser" && r.first > browserWrites {
			r.first = len(head)
		}
		if r.tab, err = field(r.wire, `"tab":"`, `"`); err != nil {
			return nil, err
		}
		if r.n, err = field(r.wire, `"n":`, `,`); err != nil {
			return nil, err
		}
		r.tab = r.tab[len(r.tab)-7:]
		requests = append(requests, r)
	}
	if len(requests) == 0 {
		return nil, fmt.Errorf("%s holds no bodies", file)
	}
	return requests, nil
}

func head(s sample, host, path, headers string) string {
	lines := []string{
		"POST " + path + " HTTP/1.1",
		"Host: " + host,
		"Connection: keep-alive",
		fmt.Sprintf("Content-Length: %d", len(s.Body)),
		"User-Agent: " + s.UserAgent,
		"Content-Type: text/plain;charset=UTF-8",
		"Accept: */*",
		"Origin: " + s.Origin,
		"Accept-Language: " + s.Language,
	}
	if headers == "browser" {
		lines = append(lines,
			`sec-ch-ua-platform: "Linux"`,
			`sec-ch-ua: "Chromium";v="147", "Not.A/Brand";v="24"`,
			"sec-ch-ua-mobile: ?0",
			"Sec-Fetch-Site: cross-site",
			"Sec-Fetch-Mode: cors",
			"Sec-Fetch-Dest: empty",
			"Referer: "+s.Origin+"/",
			"Accept-Encoding: gzip, deflate, br, zstd",
		)
	}
	return strings.Join(lines, "\r\n") + "\r\n\r\n"
}

// The bytes between two marks, in place.
func field(wire []byte, before, after string) ([]byte, error) {
	_, rest, found := bytes.Cut(wire, []byte(before))
	end := bytes.Index(rest, []byte(after))
	if !found || end < 0 {
		return nil, fmt.Errorf("a body without %s", before)
	}
	return rest[:end], nil
}

func parseAddress(text string) (*syscall.SockaddrInet4, error) {
	address, err := netip.ParseAddrPort(text)
	if err != nil || !address.Addr().Is4() {
		return nil, fmt.Errorf("%s is no IPv4 address with a port", text)
	}
	return &syscall.SockaddrInet4{Addr: address.Addr().As4(), Port: int(address.Port())}, nil
}
