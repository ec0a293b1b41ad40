package main

import (
	"fmt"
	"syscall"
	"time"
)

type plan struct {
	target                       *syscall.SockaddrInet4
	connections                  int
	seconds, warmup, drain, rate float64
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
