package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"incore/model/calls"
	"incore/ui/canvas"
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
	pieces []piece
	do     func(host) tea.Cmd
}

func (p *callPage) add(pieces ...piece) { p.lines = append(p.lines, pageLine{pieces: pieces}) }

// section begins a part, with a blank line before it and its title; right is what the key
// beside it does.
func (p *callPage) section(title, right string) {
	if len(p.lines) > 0 {
		p.add()
	}
	line := []piece{{title, p.m.look.Heading}}
	if n := canvas.Width(title) + 3 + canvas.Width(right); right != "" && n <= p.w {
		key, what, _ := strings.Cut(right, " ")
		line = append(line, piece{strings.Repeat(" ", p.w-n+3), canvas.Style{}}, piece{key, p.m.look.Key}, piece{" " + what, p.m.look.Dim})
	}
	p.add(line...)
}

// text adds a paragraph, indented.
func (p *callPage) text(indent int, s string, st canvas.Style) {
	for _, line := range canvas.Wrap(s, p.w-indent) {
		p.add(piece{pad(indent), canvas.Style{}}, piece{line, st})
	}
}

// pageIndent is how far what a section says stands in.
const pageIndent = 2

// call is what is to be said of an entry.
func (p *callPage) call(k *call) {
	th, e := p.m.look, k.event
	for _, line := range callText(p.m.look, k, "", p.w, pageIndent+2, true) {
		p.add(line...)
	}
	when := fmt.Sprintf("at %.3f s", k.time.Seconds())
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
	for i, s := range calls.Returned(*e, k.regions, k.pageSize) {
		st := th.Text
		if i == 0 && k.bad {
			st = th.Fail
		}
		p.text(pageIndent, s, st)
	}
	p.notes(k)
	if changes := calls.Changes(*e, k.pageSize); len(changes) > 0 {
		p.section("CHANGED", "")
		p.text(pageIndent, strings.Join(changes, " "), th.Text)
	}
}

// notes says why an entry failed, and what to try; a signal is told with what was returned.
func (p *callPage) notes(k *call) {
	var told []string
	for _, n := range k.notes {
		if !n.bad {
			told = append(told, n.text)
		}
	}
	if len(told) == 0 {
		return
	}
	p.section("WHY", "")
	for _, s := range told {
		st := p.m.look.Text
		if strings.HasPrefix(s, "Try: ") {
			st = p.m.look.OK
		}
		p.text(pageIndent, s, st)
	}
}

// widestValue is how wide a value of an argument may be for the words behind those of the
// others to stand below each other.
const widestValue = 20

// arguments explains each on lines of its own: its name, its value, and in words what that
// means; flags bit by bit.
func (p *callPage) arguments(k *call) {
	th := p.m.look
	args := calls.Arguments(*k.event, k.regions, k.pageSize)
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
		name := piece{pad(pageIndent) + a.Name, th.Accent}
		head := []piece{name, {strings.Repeat(" ", max(1, indent-canvas.Width(name.text))), canvas.Style{}}}
		words := a.Words
		if len(a.Bits) == 1 {
			words = a.Bits[0].Words
		}
		room := p.w - pieceWidth(head)
		apart := max(0, values-canvas.Width(a.Value)) + 2
		if canvas.Width(a.Value)+apart+canvas.Width(words) <= room && len(a.Bits) < 2 {
			p.add(append(head, piece{a.Value + strings.Repeat(" ", apart), th.Text}, piece{words, th.Dim})...)
			continue
		}
		for i, line := range canvas.Wrap(a.Value, room) {
			if i > 0 {
				head = []piece{{pad(indent), canvas.Style{}}}
			}
			p.add(append(head, piece{line, th.Text})...)
		}
		p.text(indent, words, th.Dim)
		if len(a.Bits) > 1 {
			p.bits(a.Bits, indent)
		}
	}
}

// bits explains flags one by one.
func (p *callPage) bits(bits []calls.Bit, indent int) {
	th, names := p.m.look, 0
	for _, b := range bits {
		names = max(names, canvas.Width(b.Name))
	}
	under := indent + names + 2
	if p.w-under < 24 { // too narrow to stand beside their names
		under = indent + 2
	}
	for _, b := range bits {
		head := []piece{{pad(indent), canvas.Style{}}, {b.Name, th.Text}}
		lines := canvas.Wrap(b.Words, p.w-under)
		if under > indent+2 && len(lines) > 0 {
			p.add(append(head, piece{strings.Repeat(" ", under-pieceWidth(head)), canvas.Style{}}, piece{lines[0], th.Dim})...)
			lines = lines[1:]
		} else {
			p.add(head...)
		}
		for _, line := range lines {
			p.add(piece{strings.Repeat(" ", under), canvas.Style{}}, piece{line, th.Dim})
		}
	}
}

// asCommand adds the command line and the C that do the same; a click on either copies it.
func (p *callPage) asCommand(k *call) {
	th := p.m.look
	if command := plain(k.command, false); command != "" {
		from := p.begin("COMMAND", "y copies it")
		for _, line := range canvas.Wrap(command, p.w-pageIndent) {
			p.add(piece{pad(pageIndent), canvas.Style{}}, piece{line, th.Text})
		}
		p.onClick(from, func(h host) tea.Cmd { return copyCommand(h.(SheetHost), p.m.opened()) })
	}
	text := p.m.cOf(k)
	if text == "" {
		if k.command != "" {
			p.section("C", "")
			p.text(pageIndent, "There is no C that does the same.", th.Dim)
		}
		return
	}
	from := p.begin("C", "Y copies it")
	for line := range strings.Lines(text) {
		p.code(strings.TrimSuffix(line, "\n"))
	}
	p.onClick(from, func(h host) tea.Cmd { return p.m.copyC(h.(SheetHost)) })
}

// begin is section, and returns the line that its title is on.
func (p *callPage) begin(title, right string) int {
	p.section(title, right)
	return len(p.lines) - 1
}

// onClick has the lines from one on do something where they are clicked.
func (p *callPage) onClick(from int, do func(host) tea.Cmd) {
	for i := from; i < len(p.lines); i++ {
		p.lines[i].do = do
	}
}

// code adds a line of C, broken between words where it is too long, with its comments and
// what is for the preprocessor set off.
func (p *callPage) code(line string) {
	th := p.m.look
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
		pieces := []piece{{pad(pageIndent), canvas.Style{}}, {strings.Repeat(" ", at), canvas.Style{}}}
		if !p.comment {
			code, rest, begins := strings.Cut(s, "/*")
			pieces = append(pieces, piece{code, st})
			p.comment = begins
			if s = ""; begins {
				s = "/*" + rest
			}
		}
		if p.comment = p.comment && !strings.Contains(s, "*/"); s != "" {
			pieces = append(pieces, piece{s, th.Dim})
		}
		p.add(pieces...)
	}
	if len(lines) == 0 {
		p.add()
	}
}
