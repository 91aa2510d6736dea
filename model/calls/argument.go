package calls

import (
	"fmt"

	"incore/model"
)

// Argument is one argument of a call in words.
type Argument struct {
	Name  string // as the man page of the call has it
	Value string // as strace prints it, an address counted from its region: a+0x3000
	Words string // "" where its bits say all
	Bits  []Bit  // of flags, one each; also the one value of a list of constants
}

// Bit is a constant of the C headers by its Name, such as MAP_FIXED. Words say what it asks for; they are "" of one
// that nothing is known of.
type Bit struct{ Name, Words string }

// Arguments explains the arguments of the event's call, by its man page. regions are those of
// the process then, at least those that the call was about; pageSize is in bytes.
func Arguments(e model.Event, regions []model.RegionInfo, pageSize int64) []Argument {
	d := ofCall(e.Call)
	named := d.args
	out := make([]Argument, len(e.Args))
	for i, a := range e.Args {
		out[i] = Argument{Name: fmt.Sprintf("argument %d", i+1), Value: model.Visible(a.String())}
		w := asked{event: &e, regions: regions, pageSize: uint64(max(pageSize, 0)), nth: i, Arg: a, round: d.round}
		if a.Kind == model.ArgAddr {
			out[i].Value = w.counted(a.Value)
		}
		if i >= len(named) {
			continue
		}
		out[i].Name = named[i].name
		out[i].Words, out[i].Bits = named[i].explain(w)
	}
	return out
}

// asked is an argument of a call that is to be explained.
type asked struct {
	event    *model.Event
	regions  []model.RegionInfo
	pageSize uint64
	nth      int
	round    rounding
	model.Arg
}

// rounding is what the kernel does to a range that is not of whole pages.
type rounding uint8

const (
	roundsNothing rounding = iota // the bytes count
	roundsLength                  // the length up; an address within a page is refused
	roundsOutward                 // the address down, and the end up
	reachesPages                  // nothing, but what counts are the pages that it lies on
)

// region returns the innermost one that an address lies in, or nil.
func (w asked) region(addr uint64) *model.RegionInfo {
	var found *model.RegionInfo
	for i := range w.regions {
		r := &w.regions[i]
		if at := r.Exact(); addr >= at.Addr && addr-at.Addr < at.Len && (found == nil || at.Addr > found.Exact().Addr) {
			found = r
		}
	}
	return found
}

// regionOfPage returns the last region that has the page of an address: a block that malloc gave
// does not begin where its first page does.
func (w asked) regionOfPage(addr uint64) *model.RegionInfo {
	for i := len(w.regions) - 1; i >= 0; i-- {
		if r := &w.regions[i]; addr >= r.Base && addr-r.Base < r.Len {
			return r
		}
	}
	return nil
}

// counted returns an address counted from its region.
func (w asked) counted(addr uint64) string {
	r := w.region(addr)
	switch {
	case r == nil:
		return fmt.Sprintf("%#x", addr)
	case addr == r.Exact().Addr:
		return r.Name
	}
	return fmt.Sprintf("%s+%#x", r.Name, addr-r.Exact().Addr)
}

// explainedAs explains an argument that is the same each time.
func explainedAs(s string) func(asked) (string, []Bit) {
	return func(asked) (string, []Bit) { return s, nil }
}

// explainAddress explains where a range begins.
func explainAddress(w asked) (string, []Bit) {
	if w.Kind != model.ArgAddr {
		return "", nil
	}
	hex := fmt.Sprintf("%#x", w.Value)
	r := w.region(w.Value)
	if r == nil {
		r = w.regionOfPage(w.Value)
	}
	if r == nil {
		return "in no region" + w.crooked(), nil
	}
	if w.pageSize == 0 {
		return hex, nil
	}
	base := r.Base
	page, off := (w.Value-base)/w.pageSize, (w.Value-base)%w.pageSize
	at := fmt.Sprintf("%s: page %d of %s", hex, page, r.Name)
	switch {
	case r.Malloc != "" && w.Value == r.Start:
		at = fmt.Sprintf("%s: the first byte that malloc gave, byte %d of a page", hex, off)
	case off != 0:
		at = fmt.Sprintf("%s: byte %d of page %d of %s", hex, off, page, r.Name)
	case page == 0 && r.Malloc == "":
		at = fmt.Sprintf("%s: where %s begins", hex, r.Name)
	}
	return at + w.crooked(), nil
}

// crooked says of an address within a page what the call makes of that.
func (w asked) crooked() string {
	if w.pageSize == 0 || w.Value%w.pageSize == 0 {
		return ""
	}
	switch w.round {
	case roundsLength:
		return "; it has to be a multiple of the page size"
	case roundsOutward:
		return "; the kernel rounds it down to its page"
	}
	return ""
}

// explainLength explains how long a range is, from the address before it on.
func explainLength(w asked) (string, []Bit) {
	ps := w.pageSize
	if ps == 0 {
		return "", nil
	}
	n := w.Value
	text := fmt.Sprintf("%s, %s", model.FormatBytes(clampBytes(n)), model.Plural(int64(n/ps), "page"))
	if n%ps != 0 || n == 0 {
		text = model.Plural(clampBytes(n), "byte")
	}
	addr, ok := w.start()
	if !ok || n == 0 {
		if (w.round == roundsLength || w.round == roundsOutward) && n%ps != 0 {
			text += fmt.Sprintf("; the kernel rounds up to %s", model.Plural(int64(n/ps+1), "page"))
		}
		return text, nil
	}
	if w.round == roundsNothing {
		return text, nil
	}
	lo, end := addr, addr+n
	if end < addr || end > ^uint64(0)-ps {
		return text + ", past the last address", nil
	}
	if w.round != roundsLength {
		lo -= lo % ps
	} else if lo%ps != 0 {
		return text, nil
	}
	hi := (end + ps - 1) / ps * ps
	if lo != addr || hi != end {
		if w.round == reachesPages {
			return text + ", on " + w.pages(lo, hi), nil
		}
		how := "rounds up"
		if w.round == roundsOutward {
			how = "rounds outwards"
		}
		return fmt.Sprintf("%s; the kernel %s to whole pages: %s", text, how, w.pages(lo, hi)), nil
	}
	return text + ": " + w.pages(lo, hi), nil
}

func clampBytes(n uint64) int64 { return int64(min(n, 1<<63-1)) }

// start returns the address that a length counts from: that before it.
func (w asked) start() (uint64, bool) {
	if w.nth == 0 || w.event.Args[w.nth-1].Kind != model.ArgAddr {
		return 0, false
	}
	return w.event.Args[w.nth-1].Value, true
}

// pages returns a range of whole pages, by their numbers in their region.
func (w asked) pages(lo, hi uint64) string {
	r := w.region(lo)
	if r == nil {
		r = w.regionOfPage(lo)
	}
	n := int64((hi - lo) / w.pageSize)
	if r == nil {
		return fmt.Sprintf("%s from %#x on", model.Plural(n, "page"), lo)
	}
	first := (lo - r.Base) / w.pageSize
	last := (hi-r.Base)/w.pageSize - 1
	text := fmt.Sprintf("pages %d to %d of %s", first, last, r.Name)
	if first == last {
		text = fmt.Sprintf("page %d of %s", first, r.Name)
	} else if lo == r.Base && hi == r.Base+r.Len {
		text = "all of " + r.Name
	}
	if hi > r.Base+r.Len {
		text += fmt.Sprintf(", which has %d", r.Len/w.pageSize)
	}
	return text
}

// explainFlags explains each flag of an argument by itself. The text none explains an argument without any.
func explainFlags(none string) func(asked) (string, []Bit) {
	return func(w asked) (string, []Bit) {
		if w.Of == 0 {
			return explainConstant(w)
		}
		var list []Bit
		held, rest := w.Flags()
		for _, f := range held {
			list = append(list, Bit{f.String(), flagWords[f]})
		}
		if rest != 0 {
			list = append(list, Bit{Name: fmt.Sprintf("%#x", rest)})
		}
		if list == nil {
			return none, nil
		}
		return "", list
	}
}

// explainConstant explains the one constant that an argument is.
func explainConstant(w asked) (string, []Bit) {
	return "", []Bit{{model.Visible(w.String()), constants[w.String()]}}
}

// explainFile explains a descriptor, or the -1 that stands for none.
func explainFile(w asked) (string, []Bit) {
	if int64(w.Value) == -1 {
		return "no file", nil
	}
	return "the descriptor of the file", nil
}

// addressOr explains an address that may be left to the kernel.
func addressOr(null string) func(asked) (string, []Bit) {
	return func(w asked) (string, []Bit) {
		if w.Kind == model.ArgAddr {
			return explainAddress(w)
		}
		return null, nil
	}
}
