// Checks a history of Onset with porcupine, a checker of linearizability: can one fixed window of known
// phase have given these answers, each between the sending of a request and its answer?
//
//	porcupine -scope organization -limit 3000 -window-us 2000000 -phase-us 1234 -seconds 60 -memory-mb 4000 history.ndjson
//
// It prints one JSON object: the operations, the partitions (one a value of the scope), porcupine's result
// ("Ok", "Illegal", or "Unknown" where the time was up; "OutOfMemory" where the memory was) and the seconds
// that checking took. Reading the file is not counted.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"runtime"
	"time"

	"github.com/anishathalye/porcupine"
)

// A line is a header, a record or an event: only the fields of one of them are set.
type line struct {
	StartedAt    *time.Time                   `json:"startedAt"`
	ClockSlackMs float64                      `json:"clockSlackMs"`
	Descriptors  map[string]map[string]string `json:"descriptors"`
	Event        string                       `json:"event"`
	Descriptor   string                       `json:"descriptor"`
	Sent         float64                      `json:"sent"`
	Received     float64                      `json:"received"`
	Status       int                          `json:"status"`
}

// The windows in which a request can have been decided, and whose limit it met.
type request struct {
	key                     string
	firstWindow, lastWindow int64
}

// What a window has counted. A request may fall into one of two windows, so the model's state is the set
// of all that can be.
type counter struct {
	window int64
	count  int
}

func readOperations(path, scope string, windowUs, phaseUs float64) ([]porcupine.Operation, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	var header line
	var operations []porcupine.Operation
	windowOf := func(us int64) int64 { return int64(math.Floor((float64(us) - phaseUs) / windowUs)) }
	for lines.Scan() {
		var read line
		if err := json.Unmarshal(lines.Bytes(), &read); err != nil {
			return nil, err
		}
		if header.StartedAt == nil {
			header = read
			if header.StartedAt == nil {
				return nil, fmt.Errorf("%s has no header", path)
			}
			continue
		}
		key, limited := header.Descriptors[read.Descriptor][scope]
		if read.Event != "" || !limited {
			continue
		}
		if read.Status != 200 && read.Status != 429 {
			return nil, fmt.Errorf("%s: this model knows the statuses 200 and 429, got %d", path, read.Status)
		}
		startMs, slackUs := float64(header.StartedAt.UnixMilli()), header.ClockSlackMs*1000
		call := int64(math.Round((read.Sent-startMs)*1000 - slackUs))
		end := int64(math.Round((read.Received-startMs)*1000 + slackUs))
		operations = append(operations, porcupine.Operation{
			Input:  request{key, windowOf(call), windowOf(end)},
			Call:   call,
			Output: read.Status == 200,
			Return: end,
		})
	}
	return operations, lines.Err()
}

func partition(operations []porcupine.Operation) [][]porcupine.Operation {
	byKey := map[string][]porcupine.Operation{}
	for _, operation := range operations {
		key := operation.Input.(request).key
		byKey[key] = append(byKey[key], operation)
	}
	var partitions [][]porcupine.Operation
	for _, of := range byKey {
		partitions = append(partitions, of)
	}
	return partitions
}

// A request is let through if and only if its window has counted less than the limit; one that is refused
// counts for nothing.
func fixedWindow(limit int) porcupine.Model {
	return porcupine.Model{
		Partition: partition,
		Init:      func() interface{} { return []counter{{math.MinInt64, 0}} },
		Step: func(state, input, output interface{}) (bool, interface{}) {
			met, accepted := input.(request), output.(bool)
			var next []counter
			for _, before := range state.([]counter) {
				for window := max(before.window, met.firstWindow); window <= met.lastWindow; window++ {
					after := counter{window, 0}
					if window == before.window {
						after.count = before.count
					}
					if accepted != (after.count < limit) {
						continue
					}
					if accepted {
						after.count++
					}
					next = with(next, after)
				}
			}
			return len(next) > 0, next
		},
		Equal: func(one, other interface{}) bool {
			a, b := one.([]counter), other.([]counter)
			if len(a) != len(b) {
				return false
			}
			for i := range a {
				if a[i] != b[i] {
					return false
				}
			}
			return true
		},
		Hash: func(state interface{}) uint64 {
			var hash uint64
			for _, one := range state.([]counter) {
				hash = (hash ^ uint64(one.window)*31 ^ uint64(one.count)) * 0x9e3779b97f4a7c15
			}
			return hash
		},
	}
}

// Adds a counter to a set that is kept in order, so that equal sets look alike.
func with(set []counter, one counter) []counter {
	at := 0
	for at < len(set) && (set[at].window < one.window || set[at].window == one.window && set[at].count < one.count) {
		at++
	}
	if at < len(set) && set[at] == one {
		return set
	}
	set = append(set, counter{})
	copy(set[at+1:], set[at:])
	set[at] = one
	return set
}

func main() {
	log.SetFlags(0)
	scope := flag.String("scope", "", "what the limit counts by")
	limit := flag.Int("limit", 0, "requests in a window")
	windowUs := flag.Float64("window-us", 0, "length of the window")
	phaseUs := flag.Float64("phase-us", 0, "an instant, since the history's start, at which a window starts")
	seconds := flag.Float64("seconds", 60, "how long checking may take")
	memoryMb := flag.Uint64("memory-mb", 4000, "how much memory checking may take")
	flag.Parse()
	if flag.NArg() != 1 || *limit <= 0 || *windowUs <= 0 || *seconds <= 0 {
		log.Fatal("expected -scope, -limit, -window-us, -phase-us, -seconds, -memory-mb and a history")
	}
	operations, err := readOperations(flag.Arg(0), *scope, *windowUs, *phaseUs)
	if err != nil {
		log.Fatal(err)
	}
	model := fixedWindow(*limit)
	begun := time.Now()
	tell := func(result string) {
		if err := json.NewEncoder(os.Stdout).Encode(map[string]any{
			"operations": len(operations),
			"partitions": len(partition(operations)),
			"result":     result,
			"seconds":    time.Since(begun).Seconds(),
		}); err != nil {
			log.Fatal(err)
		}
		os.Exit(0)
	}
	done := make(chan porcupine.CheckResult)
	go func() {
		done <- porcupine.CheckOperationsTimeout(model, operations, time.Duration(*seconds*float64(time.Second)))
	}()
	var memory runtime.MemStats
	for {
		select {
		case result := <-done:
			tell(string(result))
		case <-time.After(200 * time.Millisecond):
			if runtime.ReadMemStats(&memory); memory.HeapAlloc > *memoryMb<<20 {
				tell("OutOfMemory")
			}
		}
	}
}
