// A plain collector in Go: net/http, encoding/json and franz-go. `PORT=… KAFKA_BROKERS=… TOPIC=… peer`
package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mileusna/useragent"
	"github.com/twmb/franz-go/pkg/kgo"
)

type page struct{ URL, Referrer, Title, Language string }

type batch struct {
	Site   string
	Tab    string
	N      int
	Page   page
	Action string
	Events []struct {
		Ago        int
		Action     string
		Properties map[string]any
	}
}

type object = map[string]any

type agent struct {
	Original string `json:"original"`
	Name     string `json:"name,omitempty"`
	Version  string `json:"version,omitempty"`
	OS       object `json:"os"`
	Device   object `json:"device"`
	Bot      bool   `json:"bot"`
}

type record struct {
	Timestamp string `json:"@timestamp"`
	Event     struct {
		ID       string `json:"id"`
		Action   string `json:"action"`
		Sequence int    `json:"sequence"`
		Created  string `json:"created"`
	} `json:"event"`
	Site       string `json:"site"`
	Tab        object `json:"tab"`
	User       object `json:"user"`
	URL        object `json:"url"`
	Page       object `json:"page"`
	HTTP       object `json:"http"`
	UserAgent  *agent `json:"user_agent"`
	Properties object `json:"properties,omitempty"`
}

const format = "2006-01-02T15:04:05.000Z"

var agents sync.Map

func agentOf(header string) *agent {
	if known, ok := agents.Load(header); ok {
		return known.(*agent)
	}
	p := useragent.Parse(header)
	device := object{"type": "desktop"}
	if p.Mobile {
		device["type"] = "mobile"
	}
	if p.Device != "" {
		device["name"] = p.Device
	}
	a := &agent{header, p.Name, p.Version, object{"name": p.OS, "version": p.OSVersion}, device, p.Bot}
	agents.Store(header, a)
	return a
}

func main() {
	topic := os.Getenv("TOPIC")
	client, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(os.Getenv("KAFKA_BROKERS"), ",")...),
		kgo.RequiredAcks(kgo.LeaderAck()), kgo.DisableIdempotentWrite(),
		kgo.ProducerLinger(5*time.Millisecond), kgo.ProducerBatchMaxBytes(512<<10),
		kgo.ProducerBatchCompression(kgo.NoCompression()),
		kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.MaxBufferedRecords(200_000),
	)
	if err != nil {
		log.Fatal(err)
	}
	const partitions = 3
	http.HandleFunc("POST /v1/events", func(w http.ResponseWriter, r *http.Request) {
		received := time.Now().UTC()
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
		var b batch
		if err != nil || json.Unmarshal(body, &b) != nil || len(b.Events) == 0 {
			w.WriteHeader(400)
			return
		}
		place, err := url.Parse(b.Page.URL)
		if err != nil {
			w.WriteHeader(400)
			return
		}
		ua := agentOf(r.UserAgent())
		language, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
		address, _, _ := net.SplitHostPort(r.RemoteAddr)
		mac := hmac.New(sha256.New, []byte("a secret of the bench"))
		io.WriteString(mac, received.Format(time.DateOnly)+"\n"+b.Site+"\n"+address+"\n"+ua.Original)
		hash := fnv.New32a()
		io.WriteString(hash, b.Tab)

		shared := record{
			Site: b.Site, Tab: object{"id": b.Tab}, UserAgent: ua,
			User: object{"id": base64.RawURLEncoding.EncodeToString(mac.Sum(nil))[:16]},
			URL:  object{"full": b.Page.URL, "domain": place.Hostname(), "path": place.Path},
			Page: object{"title": b.Page.Title, "language": language},
			HTTP: object{"request": object{"referrer": b.Page.Referrer}},
		}
		shared.Event.Created = received.Format(format)
		var open sync.WaitGroup
		var failed atomic.Bool
		open.Add(len(b.Events))
		for i, e := range b.Events {
			one := shared
			one.Timestamp = received.Add(-time.Duration(e.Ago) * time.Millisecond).Format(format)
			one.Event.Action, one.Event.Sequence = b.Action, b.N+i
			if e.Action != "" {
				one.Event.Action = e.Action
			}
			one.Event.ID = b.Tab + "-" + strconv.Itoa(b.N+i)
			one.Properties = e.Properties
			value, err := json.Marshal(one)
			if err != nil {
				failed.Store(true)
				open.Done()
				continue
			}
			produced := &kgo.Record{Topic: topic, Partition: int32(hash.Sum32() % partitions), Value: value}
			client.Produce(context.Background(), produced, func(_ *kgo.Record, err error) {
				if err != nil {
					failed.Store(true)
				}
				open.Done()
			})
		}
		open.Wait()
		if failed.Load() {
			w.WriteHeader(503)
			return
		}
		w.WriteHeader(204)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
