package main

import (
	"errors"
	"fmt"
	"syscall"
	"unsafe"
)

type connection struct {
	id       int
	fd       int
	busy     bool // a request is on its way
	free     bool // it is among the idle
	due      int64
	sent     int64
	events   int
	unsent   []byte
	arrived  [32 << 10]byte
	received int
}

func (l *loop) send(c *connection, due int64) error {
	r := l.requests[l.sequence%len(l.requests)]
	r.number(l.sequence)
	l.sequence++
	l.outstanding++
	c.busy, c.due, c.sent, c.events = true, due, now(), r.events
	written, err := syscall.Write(c.fd, r.wire[:r.first])
	if err == nil && written == r.first && r.first < len(r.wire) {
		var rest int
		if rest, err = syscall.Write(c.fd, r.wire[r.first:]); err == nil {
			written += rest
		}
	}
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
	if !c.busy {
		// nobody asked: the 408 with which Node closes a connection that has been silent
		return l.reconnect(c)
	}
	l.count(c, a.status)
	if a.close {
		return l.reconnect(c)
	}
	l.release(c)
	return nil
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
