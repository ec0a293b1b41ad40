package main

import "bytes"

// The head of an answer and how many bytes of the buffer it takes with its body.
type answer struct {
	status int
	close  bool
	bytes  int
}

// Reads the answer at the start of what has arrived; false while it isn't all there.
func parseAnswer(arrived []byte) (answer, bool) {
	end := bytes.Index(arrived, []byte("\r\n\r\n"))
	if end < 0 || end < 12 {
		return answer{}, false
	}
	head := arrived[:end+2]
	a := answer{status: int(head[9]-'0')*100 + int(head[10]-'0')*10 + int(head[11]-'0'), bytes: end + 4}
	length := 0
	chunked := false
	for at := bytes.IndexByte(head, '\n') + 1; at < len(head); {
		line := head[at:]
		line = line[:bytes.IndexByte(line, '\n')+1]
		at += len(line)
		switch {
		case startsWith(line, "content-length:"):
			for _, c := range line[15:] {
				if c >= '0' && c <= '9' {
					length = length*10 + int(c-'0')
				}
			}
		case startsWith(line, "connection:"):
			a.close = bytes.Contains(line, []byte("lose"))
		case startsWith(line, "transfer-encoding:"):
			chunked = true
		}
	}
	if chunked {
		last := bytes.Index(arrived[end:], []byte("\r\n0\r\n\r\n"))
		if last < 0 {
			return answer{}, false
		}
		length = last - 4 + 7
	}
	a.bytes += length
	return a, len(arrived) >= a.bytes
}

func startsWith(line []byte, name string) bool {
	if len(line) < len(name) {
		return false
	}
	for i := range len(name) {
		c := line[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != name[i] {
			return false
		}
	}
	return true
}
