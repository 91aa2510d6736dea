package ui

import (
	"fmt"
	"strings"
	"time"

	"incore/model"
)

// call is one entry of the log, as it was when it happened: the addresses are
// named by the regions there were then, the explanation is from the state then.
type call struct {
	time  time.Duration
	name  string   // of the call; "" where none was made
	args  []string // as the kernel got them, addresses counted from their region
	ret   string
	bad   bool
	costs string
	notes []note
	event *model.Event // of a failed call
}

// note is a line below a call.
type note struct {
	text string
	bad  bool
}

// callLog is what the calls panel shows. It is bounded as model.State.Events is.
type callLog struct {
	calls   []call
	regions []model.RegionInfo // those mapped now
	back    int                // how many of the newest are scrolled past
	open    bool               // the newest failed, and no sample after it has come yet
}

// add takes note of an item; before and s are the state without and with it.
func (l *callLog) add(it model.Item, before, s model.State) {
	switch it := it.(type) {
	case model.Started:
		l.regions = nil
	case model.Sample:
		l.explain(s)
	case model.Event:
		l.explain(before)
		if it.Mapped != nil {
			l.regions = append(l.regions[:len(l.regions):len(l.regions)], *it.Mapped)
		}
		l.push(l.entry(&it))
		l.open = !it.OK()
		l.forget(it.Gone)
	case model.Checked:
		e := call{time: it.Time, ret: it.Expect + ": holds"}
		if !it.OK {
			e.bad, e.ret = true, it.Expect+": does not hold"
			e.notes = []note{{text: it.Got}}
		}
		l.push(e)
	}
}

// explain says why the newest call failed. It needs a sample taken after the call,
// for a call that failed can have done a part of what it was asked; where another
// call comes first, what was known before that must do.
func (l *callLog) explain(s model.State) {
	if !l.open {
		return
	}
	l.open = false
	k := &l.calls[len(l.calls)-1]
	if k.event == nil {
		return
	}
	why, try := model.Explain(*k.event, s)
	if why != "" {
		k.notes = append(k.notes, note{text: sentence(why)})
	}
	if try != "" {
		k.notes = append(k.notes, note{text: "Try: " + try})
	}
}

// sentence begins s with a capital where it begins with a plain word, not a name.
func sentence(s string) string {
	word, _, _ := strings.Cut(s, " ")
	if word == "" || strings.ContainsAny(word, "[]+_0123456789") || len(word) == 1 {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (l *callLog) push(e call) {
	if len(l.calls) >= model.EventsKept {
		l.calls = append(l.calls[:0:0], l.calls[model.EventsKept/2:]...)
	}
	l.calls = append(l.calls, e)
	l.back = 0
}

func (l *callLog) forget(gone []string) {
	if len(gone) == 0 {
		return
	}
	var left []model.RegionInfo
	for _, r := range l.regions {
		if !contains(gone, r.Name) {
			left = append(left, r)
		}
	}
	l.regions = left
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// entry is how an event is shown.
func (l *callLog) entry(e *model.Event) call {
	k := call{time: e.Time, name: e.Call, bad: !e.OK(), costs: e.Costs()}
	if k.bad {
		k.event = e
	}
	if e.Call == "" {
		k.ret = e.Strace()
		if !k.bad {
			k.ret = "# " + k.ret
		}
	} else {
		for _, a := range e.Args {
			if a.Kind == model.ArgAddr {
				k.args = append(k.args, l.address(a.Value, a.String()))
			} else {
				k.args = append(k.args, a.String())
			}
		}
		k.ret = returned(e)
	}
	if g := e.Signal; g != nil {
		k.notes = append(k.notes, note{fmt.Sprintf("%s %s at %s", g.Name, g.Code, l.address(g.Addr, fmt.Sprintf("%#x", g.Addr))), true})
	}
	return k
}

// returned is what stands behind the equals sign, without the text of the errno:
// the explanation says more.
func returned(e *model.Event) string {
	if e.Call == "touch" && e.OK() {
		return fmt.Sprint(e.Ret) // that it is of all pages goes without saying
	}
	s := e.Strace()
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		s = s[:i]
	}
	if i := strings.LastIndex(s, ") = "); i >= 0 && e.ErrText == "" {
		return s[i+len(") = "):]
	}
	return "-1 " + e.Errno
}

// address is v counted from the region that it lies in: a+0x3000; text where it
// lies in none.
func (l *callLog) address(v uint64, text string) string {
	for i := range l.regions {
		r := &l.regions[i]
		switch off := v - r.Base; {
		case v == r.Base:
			return r.Name
		case v > r.Base && off < r.Len:
			return fmt.Sprintf("%s+%#x", r.Name, off)
		}
	}
	return text
}

// piece is a part of a line in one style.
type piece struct {
	text string
	st   style
}

// drawCalls draws the newest calls, the last of them at the end.
func (m *Model) drawCalls() {
	a, th := m.lay.calls, m.theme
	if a.empty() {
		return
	}
	l := &m.log
	if a.h >= 3 && m.lay.size != sizeSmall || a.h >= 4 {
		right := "strace-style"
		if l.back > 0 {
			right = fmt.Sprintf("%d newer below", l.back)
		}
		m.canvas.heading(a.row(0), th, "CALLS", right)
		_, a = a.cutTop(1)
	}
	newest := len(l.calls) - l.back
	// Entries are laid out from the newest up until the panel is full.
	var rows [][]piece
	for i := newest - 1; i >= 0 && len(rows) < a.h; i-- {
		entry := m.callLines(&l.calls[i], a, i == newest-1)
		if len(rows)+len(entry) > a.h && len(rows) > 0 {
			// A call of which only a part fits is not shown: its end alone would mislead.
			break
		}
		rows = append(entry, rows...)
	}
	if len(rows) > a.h {
		rows = rows[:a.h]
	}
	for i, row := range rows {
		x := a.x
		for _, p := range row {
			if p.text == "\t" { // the rest is set to the right
				rest := 0
				for _, q := range row[len(row)-1:] {
					rest += textWidth(q.text)
				}
				x = a.x + a.w - rest
				continue
			}
			x += m.canvas.text(x, a.y+i, a.x+a.w-x, p.text, p.st)
		}
	}
	if len(l.calls) < 2 {
		_, a = a.cutTop(len(rows) + 1)
		m.drawFirstSteps(a)
	}
}

// firstSteps is what stands below the first call, where there is nothing else yet.
var firstSteps = []string{
	"w writes this page: a fault brings it in.",
	"l locks it, u unlocks it, p protects it.",
	"v selects more pages, m maps a new region.",
}

func (m *Model) drawFirstSteps(a area) {
	x := a.x + 10
	if a.h < len(firstSteps) || a.w < 52 || m.region() == nil {
		return
	}
	for i, s := range firstSteps {
		m.canvas.text(x, a.y+i, a.x+a.w-x, s, m.theme.dim)
	}
}

// callLines lays an entry out: the call, what it cost beside it or below it, and
// for one that failed what went wrong. Of calls before the newest one only the
// first line of that is shown.
func (m *Model) callLines(k *call, a area, newest bool) [][]piece {
	th := m.theme
	indent, stamp := 10, fmt.Sprintf("%9.3f ", k.time.Seconds())
	if a.w < 50 {
		indent, stamp = 2, ""
	}
	lines := m.callText(k, stamp, a.w, indent)
	tight := a.h < 2
	if k.costs != "" {
		if n := pieceWidth(lines[len(lines)-1]); n+3+textWidth(k.costs) <= a.w {
			lines[len(lines)-1] = append(lines[len(lines)-1], piece{"\t", style{}}, piece{k.costs, th.dim})
		} else if !tight {
			costs := k.costs
			for _, line := range wrap(costs, a.w-indent) {
				lines = append(lines, []piece{{pad(indent), style{}}, {line, th.dim}})
			}
		}
	}
	for i, n := range k.notes {
		st := th.text
		if n.bad {
			st = th.fail
		}
		wrapped := wrap(n.text, a.w-indent)
		if !newest && len(wrapped) > 0 {
			if i > 0 && !n.bad && !k.notes[0].bad || i > 1 {
				break
			}
			wrapped = []string{truncate2(n.text, a.w-indent)}
			if !n.bad {
				st = th.dim
			}
		}
		for _, line := range wrapped {
			lines = append(lines, []piece{{pad(indent), style{}}, {line, st}})
		}
	}
	if tight && len(lines) > 1 {
		lines = lines[:1]
		if k.name != "" {
			lines = m.callText(k.brief(), stamp, a.w, indent)[:1]
		}
	}
	return lines
}

// brief is the call with its result where there is one line: its arguments are
// left out unless they fit.
func (k *call) brief() *call {
	b := *k
	for _, n := range k.notes {
		if n.bad {
			b.ret = n.text
		}
	}
	b.args = nil
	if len(k.args) > 0 {
		b.args = []string{k.args[0]}
	}
	if len(k.args) > 1 {
		b.args = append(b.args, "…")
	}
	return &b
}

const spaces = "                "

func pad(n int) string { return spaces[:min(n, len(spaces))] }

func pieceWidth(line []piece) int {
	n := 0
	for _, p := range line {
		n += textWidth(p.text)
	}
	return n
}

// callText is the call itself: name(args) = ret, on further lines where it is too
// long for one, broken between arguments.
func (m *Model) callText(k *call, stamp string, w, indent int) [][]piece {
	th := m.theme
	ret, retStyle := k.ret, th.ok
	if k.bad {
		retStyle = th.fail
	}
	line := []piece{}
	if stamp != "" {
		line = append(line, piece{stamp, th.mute})
	}
	if k.name == "" {
		var lines [][]piece
		for i, s := range wrap(ret, w-indent) {
			if i > 0 || stamp == "" {
				line = []piece{}
			}
			if i > 0 {
				line = append(line, piece{pad(indent), style{}})
			}
			st := th.dim
			if k.bad {
				st = retStyle
			}
			lines = append(lines, append(line, piece{s, st}))
		}
		if lines == nil {
			lines = [][]piece{line}
		}
		return lines
	}
	line = append(line, piece{k.name, th.text.bold()}, piece{"(", th.dim})
	var lines [][]piece
	used := pieceWidth(line)
	// put adds pieces that stay together, on a new line where they do not fit.
	put := func(pieces ...piece) {
		n := pieceWidth(pieces)
		if used+n > w && used > indent {
			lines = append(lines, line)
			line, used = []piece{{pad(indent), style{}}}, indent
		}
		line, used = append(line, pieces...), used+n
	}
	for i, arg := range k.args {
		if i+1 < len(k.args) {
			put(piece{arg + ", ", th.dim})
		} else {
			put(piece{arg + ")", th.dim})
		}
	}
	if len(k.args) == 0 {
		put(piece{")", th.dim})
	}
	end := []piece{{" = ", th.dim}, {ret, retStyle}}
	if used+pieceWidth(end) > w {
		end[0].text = "= "
	}
	put(end...)
	return append(lines, line)
}
