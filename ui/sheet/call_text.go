package sheet

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"incore/model/calls"
	"incore/ui/canvas"
	"incore/ui/panel"
	"incore/ui/scene"
)

// callPage is the text of a call that is open, in lines of a column.
type callPage struct {
	m     *Call
	w     int
	lines []pageLine

	comment bool // code is within a comment
}

// pageLine is a line, and what a click on it does.
type pageLine struct {
	text canvas.Line
	do   func(scene.Clicks) tea.Cmd
}

func (p *callPage) add(pieces ...canvas.Span) { p.lines = append(p.lines, pageLine{text: pieces}) }

// section begins a part, with a blank line before it and its title; right is what the key
// beside it does.
func (p *callPage) section(title, right string) {
	if len(p.lines) > 0 {
		p.add()
	}
	line := canvas.Line{p.m.Look.Heading.Span(title)}
	if n := canvas.Width(title) + 3 + canvas.Width(right); right != "" && n <= p.w {
		key, what, _ := strings.Cut(right, " ")
		line = append(line, canvas.Pad(p.w-n+3), p.m.Look.Key.Span(key), p.m.Look.Dim.Span(" "+what))
	}
	p.add(line...)
}

// text adds a paragraph, indented.
func (p *callPage) text(indent int, s string, st canvas.Style) {
	for _, line := range canvas.Wrap(s, p.w-indent) {
		p.add(canvas.Pad(indent), st.Span(line))
	}
}

// pageIndent is how far what a section says stands in.
const pageIndent = 2

// call adds what is to be said of an entry.
func (p *callPage) call(k *panel.Call) {
	th, e := p.m.Look, k.Event
	for _, line := range panel.CallText(p.m.Look, k, "", p.w, pageIndent+2, true) {
		p.add(line...)
	}
	when := fmt.Sprintf("at %.3f s", k.Time.Seconds())
	if e == nil || e.Call == "" {
		p.text(pageIndent, when, th.Dim)
		p.notes(k)
		return
	}
	who := e.Proc
	if who == "" {
		who = "main"
	}
	if e.Aside {
		when += ", because another call needs it"
	}
	p.text(pageIndent, fmt.Sprintf("made by %s %s", who, when), th.Dim)
	if page, what := calls.Manual(*e); page != "" {
		p.text(pageIndent, page+". "+what, th.Text)
	}
	p.arguments(k)
	p.section("RETURNED", "")
	for i, s := range calls.Returned(*e, k.Regions, k.PageSize) {
		st := th.Text
		if i == 0 && k.Bad {
			st = th.Fail
		}
		p.text(pageIndent, s, st)
	}
	p.notes(k)
	if changes := calls.Changes(*e, k.PageSize); len(changes) > 0 {
		p.section("CHANGED", "")
		p.text(pageIndent, strings.Join(changes, " "), th.Text)
	}
}

// notes says why an entry failed, and what to try; a signal is told with what was returned.
func (p *callPage) notes(k *panel.Call) {
	var told []string
	for _, n := range k.Notes {
		if !n.Bad {
			told = append(told, n.Text)
		}
	}
	if len(told) == 0 {
		return
	}
	p.section("WHY", "")
	for _, s := range told {
		st := p.m.Look.Text
		if strings.HasPrefix(s, "Try: ") {
			st = p.m.Look.OK
		}
		p.text(pageIndent, s, st)
	}
}

// widestValue is how wide a value of an argument may be for the words behind those of the
// others to stand below each other.
const widestValue = 20

// arguments explains each on lines of its own: its name, its value, and in words what that
// means; flags bit by bit.
func (p *callPage) arguments(k *panel.Call) {
	th := p.m.Look
	args := calls.Arguments(*k.Event, k.Regions, k.PageSize)
	if len(args) == 0 {
		return
	}
	p.section("ARGUMENTS", "")
	names, values := 0, 0
	for _, a := range args {
		names = max(names, canvas.Width(a.Name))
		if n := canvas.Width(a.Value); n <= widestValue {
			values = max(values, n)
		}
	}
	indent := pageIndent + names + 2
	if p.w < 50 {
		indent = pageIndent + 2
	}
	for _, a := range args {
		name := th.Accent.Span("  " + a.Name)
		head := canvas.Line{name, canvas.Pad(max(1, indent-canvas.Width(name.Text)))}
		words := a.Words
		if len(a.Bits) == 1 {
			words = a.Bits[0].Words
		}
		room := p.w - head.Width()
		apart := max(0, values-canvas.Width(a.Value)) + 2
		if canvas.Width(a.Value)+apart+canvas.Width(words) <= room && len(a.Bits) < 2 {
			p.add(append(head, th.Text.Span(a.Value+strings.Repeat(" ", apart)), th.Dim.Span(words))...)
			continue
		}
		for i, line := range canvas.Wrap(a.Value, room) {
			if i > 0 {
				head = canvas.Line{canvas.Pad(indent)}
			}
			p.add(append(head, th.Text.Span(line))...)
		}
		p.text(indent, words, th.Dim)
		if len(a.Bits) > 1 {
			p.bits(a.Bits, indent)
		}
	}
}

// bits explains flags one by one.
func (p *callPage) bits(bits []calls.Bit, indent int) {
	th, names := p.m.Look, 0
	for _, b := range bits {
		names = max(names, canvas.Width(b.Name))
	}
	under := indent + names + 2
	if p.w-under < 24 { // too narrow to stand beside their names
		under = indent + 2
	}
	for _, b := range bits {
		head := canvas.Line{canvas.Pad(indent), th.Text.Span(b.Name)}
		lines := canvas.Wrap(b.Words, p.w-under)
		if under > indent+2 && len(lines) > 0 {
			p.add(append(head, canvas.Pad(under-head.Width()), th.Dim.Span(lines[0]))...)
			lines = lines[1:]
		} else {
			p.add(head...)
		}
		for _, line := range lines {
			p.add(canvas.Pad(under), th.Dim.Span(line))
		}
	}
}

// asCommand adds the command line and the C that do the same; a click on either copies it.
func (p *callPage) asCommand(k *panel.Call) {
	th := p.m.Look
	if command := Plain(k.Command, false); command != "" {
		from := p.begin("COMMAND", "y copies it")
		for _, line := range canvas.Wrap(command, p.w-pageIndent) {
			p.add(canvas.Pad(pageIndent), th.Text.Span(line))
		}
		p.onClick(from, func(h scene.Clicks) tea.Cmd { return CopyCommand(h.(Host), p.m.Opened()) })
	}
	text := p.m.COf(k)
	if text == "" {
		if k.Command != "" {
			p.section("C", "")
			p.text(pageIndent, "There is no C that does the same.", th.Dim)
		}
		return
	}
	from := p.begin("C", "Y copies it")
	for line := range strings.Lines(text) {
		p.code(strings.TrimSuffix(line, "\n"))
	}
	p.onClick(from, func(h scene.Clicks) tea.Cmd { return p.m.copyC(h.(Host)) })
}

// begin begins a part as section does, and returns the line that its title is on.
func (p *callPage) begin(title, right string) int {
	p.section(title, right)
	return len(p.lines) - 1
}

// onClick has the lines from one on do something where they are clicked.
func (p *callPage) onClick(from int, do func(scene.Clicks) tea.Cmd) {
	for i := from; i < len(p.lines); i++ {
		p.lines[i].do = do
	}
}

// code adds a line of C, broken between words where it is too long, with its comments and
// what is for the preprocessor set off.
func (p *callPage) code(line string) {
	th := p.m.Look
	indent := len(line) - len(strings.TrimLeft(line, " "))
	st := th.Text
	if strings.HasPrefix(line, "#") {
		st = th.Dim
	}
	at, room := min(indent, p.w/3), p.w-pageIndent
	lines := canvas.Wrap(line, room-at)
	if len(lines) != 1 { // what does not fit stands further in
		lines = canvas.Wrap(line, max(1, room-at-4))
	}
	for i, s := range lines {
		if i == 1 {
			at += 4
		}
		pieces := canvas.Line{canvas.Pad(pageIndent), canvas.Pad(at)}
		if !p.comment {
			code, rest, begins := strings.Cut(s, "/*")
			pieces = append(pieces, st.Span(code))
			p.comment = begins
			if s = ""; begins {
				s = "/*" + rest
			}
		}
		if p.comment = p.comment && !strings.Contains(s, "*/"); s != "" {
			pieces = append(pieces, th.Dim.Span(s))
		}
		p.add(pieces...)
	}
	if len(lines) == 0 {
		p.add()
	}
}
