package main

import (
	"errors"
	"fmt"
	"syscall"
	"time"
	"unsafe"
)

type plan struct {
	target                       *syscall.SockaddrInet4
	connections                  int
	seconds, warmup, drain, rate float64
}

type connection struct {
	id       int
	fd       int
	busy     bool // a request is on its way
	free     bool // it is among the idle
	due      int64
	sent     int64
	events   int
	unsent   []byte
	waiting  bool // for room to write
	arrived  [32 << 10]byte
	received int
}

type loop struct {
	plan
	requests                      []*request
	epoll                         int
	all                           []*connection
	idle                          chan *connection
	begin, counted, end, interval int64
	scheduled, total, sequence    int
	tally                         tally
	report                        report
	outstanding                   int
	lastAnswer                    int64
}

var started = time.Now()

// Nanoseconds of the monotonic clock.
func now() int64 { return int64(time.Since(started)) }

func run(p plan, requests []*request) (report, error) {
	epoll, err := syscall.EpollCreate1(0)
	if err != nil {
		return report{}, err
	}
	l := &loop{plan: p, requests: requests, epoll: epoll, idle: make(chan *connection, p.connections)}
	for i := range p.connections {
		c := &connection{id: i}
		if err := l.connect(c); err != nil {
			return report{}, fmt.Errorf("can't connect: %w", err)
		}
		l.all = append(l.all, c)
		l.release(c)
	}
	l.begin = now()
	l.counted = l.begin + int64(p.warmup*1e9)
	l.end = l.counted + int64(p.seconds*1e9)
	if p.rate > 0 {
		perSecond := p.rate / float64(requests[0].events)
		l.interval = int64(1e9 / perSecond)
		l.total = int((p.warmup + p.seconds) * perSecond)
	}
	if err := l.loop(); err != nil {
		return report{}, err
	}
	l.report.Seconds = float64(l.lastAnswer-l.counted) / 1e9
	l.report.Unanswered = l.outstanding
	l.report.Unsent = l.total - l.scheduled
	if p.rate == 0 {
		l.report.Unsent = 0
	}
	l.report.Answers = l.tally.report(p.seconds)
	return l.report, nil
}

func (l *loop) loop() error {
	var events [512]syscall.EpollEvent
	for {
		at := now()
		timeout, err := l.sendDue(at)
		if err != nil {
			return err
		}
		over := at >= l.end && (l.rate == 0 || l.scheduled >= l.total || at >= l.end+int64(l.drain*1e9))
		if over && (l.outstanding == 0 || l.rate == 0 || at >= l.end+int64(l.drain*1e9)) {
			return nil
		}
		count, err := wait(l.epoll, events[:], timeout)
		if err != nil {
			return err
		}
		for _, event := range events[:count] {
			if err := l.ready(l.all[event.Fd], event.Events); err != nil {
				return err
			}
		}
	}
}

// Sends what is due on the sockets that are free, and says how long to wait for the next, in nanoseconds.
func (l *loop) sendDue(at int64) (int64, error) {
	const tick = int64(10e6)
	if l.rate == 0 {
		for at < l.end && len(l.idle) > 0 {
			if err := l.send(l.take(), at); err != nil {
				return 0, err
			}
		}
		return tick, nil
	}
	for l.scheduled < l.total {
		due := l.begin + int64(l.scheduled)*l.interval
		if due > at {
			return min(due-at, tick), nil
		}
		if len(l.idle) == 0 {
			return tick, nil
		}
		l.scheduled++
		if err := l.send(l.take(), due); err != nil {
			return 0, err
		}
	}
	return tick, nil
}

func (l *loop) send(c *connection, due int64) error {
	r := l.requests[l.sequence%len(l.requests)]
	r.number(l.sequence)
	l.sequence++
	l.outstanding++
	c.busy, c.due, c.sent, c.events = true, due, now(), r.events
	written, err := syscall.Write(c.fd, r.wire)
	if err == nil && written == len(r.wire) {
		return nil
	}
	if err != nil && !errors.Is(err, syscall.EAGAIN) {
		return l.reconnect(c)
	}
	// the wire bytes are used again: what is left needs a copy
	c.unsent = append([]byte(nil), r.wire[max(written, 0):]...)
	return l.watch(c, syscall.EPOLL_CTL_MOD, syscall.EPOLLIN|syscall.EPOLLOUT)
}

func (l *loop) ready(c *connection, events uint32) error {
	if events&syscall.EPOLLOUT != 0 && len(c.unsent) > 0 {
		written, err := syscall.Write(c.fd, c.unsent)
		if err != nil && !errors.Is(err, syscall.EAGAIN) {
			return l.reconnect(c)
		}
		c.unsent = c.unsent[max(written, 0):]
		if len(c.unsent) == 0 {
			if err := l.watch(c, syscall.EPOLL_CTL_MOD, syscall.EPOLLIN); err != nil {
				return err
			}
		}
	}
	if events&^uint32(syscall.EPOLLOUT) == 0 {
		return nil
	}
	count, err := syscall.Read(c.fd, c.arrived[c.received:])
	if errors.Is(err, syscall.EAGAIN) {
		return nil
	}
	if err != nil || count <= 0 {
		return l.reconnect(c)
	}
	c.received += count
	a, complete := parseAnswer(c.arrived[:c.received])
	if !complete {
		return nil
	}
	c.received = copy(c.arrived[:], c.arrived[a.bytes:c.received])
	l.count(c, a.status)
	if a.close {
		return l.reconnect(c)
	}
	l.release(c)
	return nil
}

func (l *loop) count(c *connection, status int) {
	at := now()
	c.busy = false
	l.outstanding--
	l.lastAnswer = at
	if status == 204 {
		l.report.AllEvents += c.events
	}
	if at >= l.counted && at < l.end {
		l.tally.of(status).inWindow += c.events
	}
	if c.due < l.counted {
		return
	}
	a := l.tally.of(status)
	a.Requests++
	a.Events += c.events
	a.waits = append(a.waits, at-c.due)
	a.sends = append(a.sends, at-c.sent)
}

func (l *loop) reconnect(c *connection) error {
	if c.busy {
		l.report.Cut++
		l.outstanding--
	} else {
		l.report.Reconnects++
	}
	// one that the server closed while it was free is among the free ones already
	free := c.free
	syscall.Close(c.fd)
	*c = connection{id: c.id, free: free}
	if err := l.connect(c); err != nil {
		return fmt.Errorf("can't connect again: %w", err)
	}
	if !free {
		l.release(c)
	}
	return nil
}

func (l *loop) release(c *connection) {
	c.free = true
	l.idle <- c
}

func (l *loop) take() *connection {
	c := <-l.idle
	c.free = false
	return c
}

func (l *loop) connect(c *connection) error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return err
	}
	if err := syscall.Connect(fd, l.target); err != nil {
		syscall.Close(fd)
		return err
	}
	c.fd = fd
	if err := syscall.SetNonblock(fd, true); err != nil {
		return err
	}
	if err := syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1); err != nil {
		return err
	}
	return syscall.EpollCtl(l.epoll, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(c.id)})
}

func (l *loop) watch(c *connection, operation int, events uint32) error {
	return syscall.EpollCtl(l.epoll, operation, c.fd, &syscall.EpollEvent{Events: events, Fd: int32(c.id)})
}

// epoll_pwait2 (Linux 5.11), whose timeout is in nanoseconds: epoll_wait would round the schedule to milliseconds.
func wait(epoll int, events []syscall.EpollEvent, nanoseconds int64) (int, error) {
	const epollPwait2 = 441
	timeout := syscall.NsecToTimespec(max(nanoseconds, 0))
	count, _, errno := syscall.Syscall6(epollPwait2, uintptr(epoll), uintptr(unsafe.Pointer(&events[0])),
		uintptr(len(events)), uintptr(unsafe.Pointer(&timeout)), 0, 0)
	if errno == syscall.EINTR {
		return 0, nil
	}
	if errno != 0 {
		return 0, errno
	}
	return int(count), nil
}
