package wire

import (
	"fmt"
	"time"

	"incore/model"
)

type wireAccessed struct {
	wireHead
	Proc    string          `json:"process"`
	Runs    []wireAccessRun `json:"runs"`
	Latency wireLatencies   `json:"latency,omitzero"`
}

type wireAccessRun struct {
	Addr   word   `json:"address"`
	Stride uint64 `json:"stride_bytes,omitempty"`
	Count  int64  `json:"accesses"`
	Fault  string `json:"fault"`
}

// wireLatencies has the classes in which there is something.
type wireLatencies []wireLatency

type wireLatency struct {
	Fault string        `json:"fault"`
	From  time.Duration `json:"from_ns"` // the shortest time of the class
	Count int64         `json:"accesses"`
}

// faultWords are the wire's words for the values of FaultKind, at their values.
var faultWords = []string{model.NoFault: "none", model.MinorFault: "minor", model.MajorFault: "major"}

func toWireLatencies(l *model.Latencies) wireLatencies {
	w := wireLatencies{}
	for kind := range l {
		for class, n := range l[kind] {
			if n != 0 {
				w = append(w, wireLatency{faultWords[kind], model.LatencyOf(class), n})
			}
		}
	}
	return w
}

func (w wireLatencies) addTo(l *model.Latencies) error {
	for _, c := range w {
		kind, err := index(faultWords, c.Fault)
		if err != nil {
			return err
		}
		class := model.LatencyBucket(c.From)
		if model.LatencyOf(class) != c.From {
			return fmt.Errorf("no class of times begins at %v", c.From)
		}
		l[kind][class] += c.Count
	}
	return nil
}

func toWireAccessed(head wireHead, a model.Accessed) wireAccessed {
	w := wireAccessed{wireHead: head, Proc: a.Proc, Runs: make([]wireAccessRun, 0, len(a.Runs))}
	for _, r := range a.Runs {
		w.Runs = append(w.Runs, wireAccessRun{word(r.Addr), r.Stride, r.Count, faultWords[r.Fault]})
	}
	if a.Latencies != (model.Latencies{}) {
		w.Latency = toWireLatencies(&a.Latencies)
	}
	return w
}

func (w wireAccessed) accessed() (model.Item, error) {
	a := model.Accessed{Time: w.Time, Proc: w.Proc}
	for _, r := range w.Runs {
		kind, err := index(faultWords, r.Fault)
		if err != nil {
			return nil, err
		}
		a.Runs = append(a.Runs, model.AccessRun{Addr: uint64(r.Addr), Stride: r.Stride, Count: r.Count, Fault: model.FaultKind(kind)})
	}
	return a, w.Latency.addTo(&a.Latencies)
}
