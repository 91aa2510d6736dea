package wire

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"incore/model"
	"incore/model/lang"
)

// Record is an item as it is written in JSON Lines, one object a line. Its wire
// form keeps to three rules: a field's name says its unit (time_ns, rss_bytes),
// an address or a machine word is a string of hexadecimal digits because JSON's
// numbers lose the low bits of large ones, and a field that does not apply is left
// out. Decoding what was encoded gives the same Record.
type Record struct {
	Line int        // of the file that the item's command came from, from 1; 0 where there is none
	Item model.Item // without one nothing is encoded
	Why  string     // a call failed: the words of calls.Explain, or ""
	Try  string     // what to try then, in words of calls.Explain too, or ""
}

// The values of a record's type field.
const (
	typeStarted  = "started"
	typeEvent    = "event"
	typeSample   = "sample"
	typeAccessed = "accessed"
	typeChecked  = "checked"
	typeAsked    = "asked"
	typeRunning  = "running"
	typeDied     = "died"
)

// MarshalJSON implements json.Marshaler. It returns an error for a Record without an Item.
func (r Record) MarshalJSON() ([]byte, error) {
	head := wireHead{Line: r.Line, Why: r.Why, Try: r.Try}
	switch it := r.Item.(type) {
	case model.Started:
		head.Type, head.Time = typeStarted, it.Time
		return json.Marshal(wireStarted{head, it.Proc, it.Parent, it.PID, it.PageSize, it.Kernel, it.User, toWireLimits(it.Limits), it.Missing, toWireRegions(it.Regions)})
	case model.Event:
		head.Type, head.Time = typeEvent, it.Time
		return json.Marshal(toWireEvent(head, it))
	case model.Sample:
		head.Type, head.Time = typeSample, it.Time
		return json.Marshal(toWireSample(head, it))
	case model.Accessed:
		head.Type, head.Time = typeAccessed, it.Time
		return json.Marshal(toWireAccessed(head, it))
	case model.Checked:
		head.Type, head.Time = typeChecked, it.Time
		return json.Marshal(toWireChecked(head, it))
	case model.Asked:
		head.Type, head.Time = typeAsked, it.Time
		return json.Marshal(toWireAsked(head, it))
	case model.Running:
		head.Type, head.Time = typeRunning, it.Time
		return json.Marshal(wireRunning{head, it.Line(), it.Queued})
	case model.Died:
		head.Type, head.Time = typeDied, it.Time
		return json.Marshal(wireDied{head, it.Proc, it.Signal, it.Code, it.Cause, it.Asked})
	}
	return nil, fmt.Errorf("no wire form for an item of type %T", r.Item)
}

// UnmarshalJSON implements json.Unmarshaler. It returns an error for a type that
// this version does not know, and for words that are not of their field's set.
func (r *Record) UnmarshalJSON(b []byte) error {
	var head wireHead
	if err := json.Unmarshal(b, &head); err != nil {
		return err
	}
	item, err := decodeItem(head.Type, b)
	if err != nil {
		return err
	}
	*r = Record{Line: head.Line, Item: item, Why: head.Why, Try: head.Try}
	return nil
}

func decodeItem(kind string, b []byte) (model.Item, error) {
	switch kind {
	case typeStarted:
		return decode(b, func(w wireStarted) (model.Item, error) {
			return model.Started{
				Time: w.Time, Proc: w.Proc, Parent: w.Parent, PID: w.PID, Regions: fromWireRegions(w.Regions), PageSize: w.PageSize,
				Limits: w.Limits.limits(), Kernel: w.Kernel, User: w.User, Missing: w.Missing,
			}, nil
		})
	case typeEvent:
		return decode(b, wireEvent.event)
	case typeSample:
		return decode(b, wireSample.sample)
	case typeAccessed:
		return decode(b, wireAccessed.accessed)
	case typeChecked:
		return decode(b, func(w wireChecked) (model.Item, error) { return w.checked(), nil })
	case typeAsked:
		return decode(b, wireAsked.asked)
	case typeRunning:
		return decode(b, func(w wireRunning) (model.Item, error) {
			c, err := fromLine(w.Command)
			return model.Running{Time: w.Time, Command: c, Queued: w.Queued}, err
		})
	case typeDied:
		return decode(b, func(w wireDied) (model.Item, error) {
			return model.Died{Time: w.Time, Proc: w.Proc, Signal: w.Signal, Code: w.Code, Cause: w.Cause, Asked: w.Asked}, nil
		})
	}
	return nil, fmt.Errorf("unknown record type %q", kind)
}

// fromLine returns the command of a line; none of "".
func fromLine(line string) (model.Command, error) {
	if line == "" {
		return nil, nil
	}
	return lang.Parse(line)
}

// decode reads b as the wire form W and turns that into an item.
func decode[W any](b []byte, item func(W) (model.Item, error)) (model.Item, error) {
	var w W
	if err := json.Unmarshal(b, &w); err != nil {
		return nil, err
	}
	return item(w)
}

// wireHead is what every record begins with.
type wireHead struct {
	Type string        `json:"type"`
	Line int           `json:"line,omitempty"`
	Time time.Duration `json:"time_ns"` // since the session began
	Why  string        `json:"why,omitempty"`
	Try  string        `json:"try,omitempty"`
}

type wireStarted struct {
	wireHead
	Proc     string       `json:"process"`
	Parent   string       `json:"parent,omitempty"`
	PID      int          `json:"pid"`
	PageSize int64        `json:"page_size_bytes"`
	Kernel   string       `json:"kernel"`
	User     string       `json:"user"`
	Limits   wireLimits   `json:"limits"`
	Missing  []string     `json:"missing,omitempty"`
	Regions  []wireRegion `json:"regions,omitempty"`
}

// wireLimits has no field for a limit that is not set.
type wireLimits struct {
	Soft    *int64 `json:"memlock_soft_bytes,omitempty"`
	Hard    *int64 `json:"memlock_hard_bytes,omitempty"`
	IPCLock bool   `json:"cap_ipc_lock"`

	SysResource bool   `json:"cap_sys_resource,omitempty"`
	InNamespace bool   `json:"user_namespace,omitempty"`
	Known       bool   `json:"others_known,omitempty"` // those that follow were read
	Space       *int64 `json:"as_soft_bytes,omitempty"`
	Data        *int64 `json:"data_soft_bytes,omitempty"`
	Stack       *int64 `json:"stack_soft_bytes,omitempty"`
	FileSize    *int64 `json:"fsize_soft_bytes,omitempty"`
	SpaceHard   *int64 `json:"as_hard_bytes,omitempty"`
	DataHard    *int64 `json:"data_hard_bytes,omitempty"`
	StackHard   *int64 `json:"stack_hard_bytes,omitempty"`
	AddressEnd  word   `json:"address_end,omitempty"`
	TagBits     int    `json:"address_tag_bits,omitempty"`
	Keys        int    `json:"protection_keys,omitempty"`
	Secrets     string `json:"secret_memory,omitempty"`
}

// others returns the limits beside that of locking, and where the wire has them.
func (w *wireLimits) others(l *model.Limits) map[**int64]*int64 {
	return map[**int64]*int64{
		&w.Space: &l.Space, &w.Data: &l.Data, &w.Stack: &l.Stack, &w.FileSize: &l.FileSize,
		&w.SpaceHard: &l.SpaceHard, &w.DataHard: &l.DataHard, &w.StackHard: &l.StackHard,
	}
}

type wireRunning struct {
	wireHead
	Command string `json:"command,omitempty"`
	Queued  int    `json:"queued"`
}

type wireDied struct {
	wireHead
	Proc   string `json:"process"`
	Signal string `json:"signal,omitempty"`
	Code   int    `json:"exit_code"`
	Cause  string `json:"cause,omitempty"`
	Asked  bool   `json:"asked"`
}

func toWireLimits(l model.Limits) wireLimits {
	w := wireLimits{IPCLock: l.IPCLock, SysResource: l.SysResource, InNamespace: l.InNamespace, Known: l.Known, AddressEnd: word(l.AddressEnd), TagBits: l.TagBits, Keys: l.ProtectionKeys, Secrets: string(l.Secrets)}
	if l.Known {
		for on, limit := range w.others(&l) {
			if *limit != model.Unlimited {
				*on = limit
			}
		}
	}
	if l.MemlockSoft != model.Unlimited {
		w.Soft = &l.MemlockSoft
	}
	if l.MemlockHard != model.Unlimited {
		w.Hard = &l.MemlockHard
	}
	return w
}

func (w wireLimits) limits() model.Limits {
	l := model.Limits{
		MemlockSoft: model.Unlimited, MemlockHard: model.Unlimited, IPCLock: w.IPCLock, SysResource: w.SysResource,
		InNamespace: w.InNamespace, Known: w.Known, AddressEnd: uint64(w.AddressEnd), TagBits: w.TagBits, ProtectionKeys: w.Keys, Secrets: model.SecretRule(w.Secrets),
	}
	if l.Known {
		for on, limit := range w.others(&l) {
			if *limit = model.Unlimited; *on != nil {
				*limit = **on
			}
		}
	}
	if w.Soft != nil {
		l.MemlockSoft = *w.Soft
	}
	if w.Hard != nil {
		l.MemlockHard = *w.Hard
	}
	return l
}

// word is an address or a machine word: "0x7f1234567000".
type word uint64

// MarshalText implements encoding.TextMarshaler.
func (a word) MarshalText() ([]byte, error) {
	return strconv.AppendUint([]byte("0x"), uint64(a), 16), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *word) UnmarshalText(b []byte) error {
	v, err := strconv.ParseUint(string(b), 0, 64)
	*a = word(v)
	return err
}
