package main

import (
	"slices"
	"strconv"
)

// What came back with one status. Latency counts from the moment that the schedule asked for, not from the send: a
// server that stalls doesn't get its load put off (coordinated omission). In a closed loop both are the same.
type answers struct {
	Requests int     `json:"requests"`
	Events   int     `json:"events"`
	PerS     float64 `json:"eventsPerSecond"`
	AvgMs    float64 `json:"averageMs"`
	P50Ms    float64 `json:"p50Ms"`
	P90Ms    float64 `json:"p90Ms"`
	P99Ms    float64 `json:"p99Ms"`
	MaxMs    float64 `json:"maxMs"`
	// from the send, where the schedule isn't the question
	SendP99Ms float64 `json:"sendP99Ms"`

	inWindow int
	waits    []int64
	sends    []int64
}

type report struct {
	// from the start of what is counted to the last answer
	Seconds    float64             `json:"seconds"`
	Answers    map[string]*answers `json:"answers"`
	Unanswered int                 `json:"unanswered"`
	// with 204, the time before what is counted included
	AllEvents int `json:"allEvents"`
	// sockets that the server closed with a request on its way, and without one
	Cut        int `json:"cut"`
	Reconnects int `json:"reconnects"`
	// requests of the schedule that were never sent: no socket was free until the end
	Unsent int `json:"unsent"`
}

type tally struct {
	byStatus [600]*answers
}

func (t *tally) of(status int) *answers {
	if status < 0 || status >= len(t.byStatus) {
		status = 0
	}
	if t.byStatus[status] == nil {
		t.byStatus[status] = &answers{waits: make([]int64, 0, 1<<16), sends: make([]int64, 0, 1<<16)}
	}
	return t.byStatus[status]
}

func (t *tally) report(seconds float64) map[string]*answers {
	all := map[string]*answers{}
	for status, a := range t.byStatus {
		if a == nil {
			continue
		}
		all[strconv.Itoa(status)] = a
		a.PerS = float64(a.inWindow) / seconds
		if len(a.waits) == 0 {
			continue
		}
		slices.Sort(a.waits)
		slices.Sort(a.sends)
		sum := 0.0
		for _, wait := range a.waits {
			sum += float64(wait)
		}
		a.AvgMs = sum / float64(len(a.waits)) / 1e6
		a.P50Ms, a.P90Ms, a.P99Ms = quantile(a.waits, .5), quantile(a.waits, .9), quantile(a.waits, .99)
		a.MaxMs = quantile(a.waits, 1)
		a.SendP99Ms = quantile(a.sends, .99)
	}
	return all
}

// In milliseconds, of sorted nanoseconds.
func quantile(sorted []int64, q float64) float64 {
	return float64(sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]) / 1e6
}
