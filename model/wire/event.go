package wire

import (
	"fmt"
	"strconv"
	"time"

	"incore/model"
)

type wireEvent struct {
	wireHead
	Seq     int           `json:"seq"`
	Proc    string        `json:"process"`
	Command string        `json:"command"`
	OK      bool          `json:"ok"` // of Event.OK; not read back, it follows from the others
	Call    string        `json:"call,omitempty"`
	Args    []wireArg     `json:"args,omitempty"`
	Ret     *int64        `json:"return,omitempty"`
	RetAddr *word         `json:"return_address,omitempty"`
	Errno   string        `json:"errno,omitempty"`
	ErrText string        `json:"error,omitempty"`
	Signal  *wireSignal   `json:"signal,omitempty"`
	Elapsed time.Duration `json:"elapsed_ns"`
	Paced   time.Duration `json:"paced_ns,omitempty"`
	Watched bool          `json:"watched"`
	Minor   int64         `json:"minor_faults"`
	Major   int64         `json:"major_faults"`
	RSS     int64         `json:"rss_change_bytes"`
	VmLck   int64         `json:"vmlck_change_bytes"`
	RSSLate bool          `json:"rss_counted_late,omitempty"`
	Copied  int64         `json:"copied_pages,omitempty"`
	Unasked wireUnasked   `json:"unasked,omitzero"`
	Result  string        `json:"result,omitempty"`
	Refused string        `json:"refused,omitempty"`
	Note    string        `json:"note,omitempty"`
	Aside   bool          `json:"aside,omitempty"`
	Latency wireLatencies `json:"latency,omitzero"`
	Looked  *wireLooked   `json:"looked,omitempty"`
	Mapped  *wireRegion   `json:"mapped,omitempty"`
	Gone    []string      `json:"gone,omitempty"`
	Resized []wireResized `json:"resized,omitempty"`
	Segment *wireSegment  `json:"segment,omitempty"`
	Key     *wireKey      `json:"protection_key,omitempty"`
}

// wireKey is the protection key that a call made or freed.
type wireKey struct {
	Name   string          `json:"name"`
	Number int             `json:"number"`
	Rights model.KeyRights `json:"rights,omitempty"`
	Freed  bool            `json:"freed,omitempty"`
}

type wireResized struct {
	Proc    string `json:"process"`
	Region  string `json:"region"`
	FileLen uint64 `json:"file_bytes"`
}

type wireUnasked struct {
	ReadAhead int64 `json:"read_ahead_pages,omitempty"`
	SwapCache int64 `json:"swap_cache_pages,omitempty"`
	Mapped    int64 `json:"mapped_around_pages,omitempty"`
	Huge      int64 `json:"huge_pages,omitempty"`
}

// wireSegment is what IPC_STAT tells of a System V segment.
type wireSegment struct {
	Attached int64  `json:"attached"`
	Mode     string `json:"mode"` // in octal, with SHM_DEST (01000) and SHM_LOCKED (02000)
	Size     uint64 `json:"size_bytes"`
	Creator  int    `json:"creator_pid"`
	Last     int    `json:"last_pid"`
}

func toWireSegment(s model.Segment) *wireSegment {
	return &wireSegment{s.Attached, fmt.Sprintf("0%o", s.Mode), s.Size, s.Creator, s.Last}
}

func (w *wireSegment) segment() (model.Segment, error) {
	mode, err := strconv.ParseUint(w.Mode, 8, 64)
	if err != nil {
		return model.Segment{}, fmt.Errorf("segment: mode %q: %w", w.Mode, err)
	}
	return model.Segment{Attached: w.Attached, Mode: mode, Size: w.Size, Creator: w.Creator, Last: w.Last}, nil
}

type wireArg struct {
	Kind  string `json:"kind"` // word, address, length
	Value word   `json:"value"`
	Text  string `json:"text"`
}

type wireSignal struct {
	Number int    `json:"number"`
	Name   string `json:"name"`
	Code   string `json:"code"`
	Addr   word   `json:"address"`
	Key    int    `json:"protection_key,omitempty"`
}

type wireRegion struct {
	Name       string        `json:"name"`
	Base       word          `json:"address"`
	Len        uint64        `json:"length_bytes"`
	Backing    model.Backing `json:"backing"`
	Shared     bool          `json:"shared"`
	Path       string        `json:"path,omitempty"`
	ShmID      int           `json:"shm_id,omitempty"`
	Unknowable bool          `json:"unknowable,omitempty"` // mincore's answer about what is not mapped means nothing
	FileLen    *uint64       `json:"file_bytes,omitempty"` // of the file behind it when it was mapped, where that is known
	Offset     uint64        `json:"offset_bytes,omitempty"`
	FD         int           `json:"fd,omitempty"`     // the process's descriptor of it
	Malloc     model.Origin  `json:"malloc,omitempty"` // brk, mmap
	Start      word          `json:"block_address,omitempty"`
	Size       uint64        `json:"block_bytes,omitempty"`
}

func toWireRegion(r model.RegionInfo) wireRegion {
	w := wireRegion{
		Name: r.Name, Base: word(r.Base), Len: r.Len, Backing: r.Backing, Shared: r.Shared, Path: r.Path,
		ShmID: r.ShmID, Unknowable: r.Unknowable, Offset: r.Offset, FD: r.FD, Malloc: r.Malloc, Start: word(r.Start), Size: r.Size,
	}
	if r.Sized {
		w.FileLen = &r.FileLen
	}
	return w
}

func (w wireRegion) info() model.RegionInfo {
	r := model.RegionInfo{
		Name: w.Name, Base: uint64(w.Base), Len: w.Len, Backing: w.Backing, Shared: w.Shared, Path: w.Path,
		ShmID: w.ShmID, Unknowable: w.Unknowable, Offset: w.Offset, FD: w.FD, Malloc: w.Malloc, Start: uint64(w.Start), Size: w.Size,
	}
	if w.FileLen != nil {
		r.FileLen, r.Sized = *w.FileLen, true
	}
	return r
}

func toWireRegions(list []model.RegionInfo) (out []wireRegion) {
	for _, r := range list {
		out = append(out, toWireRegion(r))
	}
	return out
}

func fromWireRegions(list []wireRegion) (out []model.RegionInfo) {
	for _, w := range list {
		out = append(out, w.info())
	}
	return out
}

// argKinds are the wire's names of ArgWord, ArgAddr and ArgLen, at their values.
var argKinds = []string{model.ArgWord: "word", model.ArgAddr: "address", model.ArgLen: "length"}

func toWireArg(a model.Arg) wireArg {
	text := a.Text
	if a.Of != 0 {
		text = a.String()
	}
	return wireArg{argKinds[a.Kind], word(a.Value), text}
}

// arg returns the argument. Where the call has flags there, and the text says the same as the value, it is those flags;
// else it is the text, which somebody may have changed.
func (w wireArg) arg(flags model.FlagSet) (model.Arg, error) {
	kind, err := index(argKinds, w.Kind)
	if err != nil {
		return model.Arg{}, err
	}
	a := model.Arg{Kind: model.ArgKind(kind), Value: uint64(w.Value), Text: w.Text}
	if of := flags.Arg(a.Value); flags != 0 && a.Kind == model.ArgWord && of.String() == a.Text {
		return of, nil
	}
	return a, nil
}

func toWireEvent(head wireHead, e model.Event) wireEvent {
	w := wireEvent{
		wireHead: head, Seq: e.Seq, Proc: e.Proc, Command: e.Line(), OK: e.OK(), Call: e.Call,
		Errno: e.Errno, ErrText: e.ErrText, Elapsed: e.Elapsed, Paced: e.Paced, Watched: e.Watched,
		Minor: e.Minor, Major: e.Major, RSS: e.RSS, RSSLate: e.RSSLate, VmLck: e.VmLck, Copied: e.Copied, Unasked: wireUnasked(e.Unasked),
		Result: e.Result, Refused: e.Refused, Note: e.Note, Aside: e.Aside, Gone: e.Gone,
	}
	for _, a := range e.Args {
		w.Args = append(w.Args, toWireArg(a))
	}
	switch {
	case e.RetHex:
		addr := word(e.Ret)
		w.RetAddr = &addr
	case e.Call != "" || e.Ret != 0:
		w.Ret = &e.Ret
	}
	if e.Latency != nil {
		w.Latency = toWireLatencies(e.Latency)
	}
	if s := e.Signal; s != nil {
		w.Signal = &wireSignal{s.Number, s.Name, s.Code, word(s.Addr), s.Key}
	}
	if e.Looked != nil {
		l := toWireLooked(*e.Looked)
		w.Looked = &l
	}
	if m := e.Mapped; m != nil {
		r := toWireRegion(*m)
		w.Mapped = &r
	}
	if e.Key != nil {
		k := wireKey(*e.Key)
		w.Key = &k
	}
	if e.Segment != nil {
		w.Segment = toWireSegment(*e.Segment)
	}
	for _, r := range e.Resized {
		w.Resized = append(w.Resized, wireResized(r))
	}
	return w
}

func (w wireEvent) event() (model.Item, error) {
	e := model.Event{
		Seq: w.Seq, Time: w.Time, Proc: w.Proc, Call: w.Call,
		Errno: w.Errno, ErrText: w.ErrText, Elapsed: w.Elapsed, Paced: w.Paced, Watched: w.Watched,
		Minor: w.Minor, Major: w.Major, RSS: w.RSS, RSSLate: w.RSSLate, VmLck: w.VmLck, Copied: w.Copied, Unasked: model.Unasked(w.Unasked),
		Result: w.Result, Refused: w.Refused, Note: w.Note, Aside: w.Aside, Gone: w.Gone,
	}
	var err error
	if w.Segment != nil {
		s, err := w.Segment.segment()
		if err != nil {
			return nil, err
		}
		e.Segment = &s
	}
	if e.Command, err = fromLine(w.Command); err != nil {
		return nil, err
	}
	for i, a := range w.Args {
		arg, err := a.arg(model.FlagsAt(w.Call, i))
		if err != nil {
			return nil, err
		}
		e.Args = append(e.Args, arg)
	}
	switch {
	case w.RetAddr != nil:
		e.Ret, e.RetHex = int64(*w.RetAddr), true
	case w.Ret != nil:
		e.Ret = *w.Ret
	}
	if w.Latency != nil {
		e.Latency = new(model.Latencies)
		if err := w.Latency.addTo(e.Latency); err != nil {
			return nil, err
		}
	}
	if s := w.Signal; s != nil {
		e.Signal = &model.Signal{Number: s.Number, Name: s.Name, Code: s.Code, Addr: uint64(s.Addr), Key: s.Key}
	}
	if w.Looked != nil {
		l := w.Looked.looked()
		e.Looked = &l
	}
	if m := w.Mapped; m != nil {
		r := m.info()
		e.Mapped = &r
	}
	if w.Key != nil {
		k := model.ProtectionKey(*w.Key)
		e.Key = &k
	}
	for _, r := range w.Resized {
		e.Resized = append(e.Resized, model.Resized(r))
	}
	return e, nil
}
