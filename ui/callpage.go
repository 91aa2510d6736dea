package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"incore/model/calls"
)

// callPage is the text of a call that is open, in lines of a column.
type callPage struct {
	m     *Model
	w     int
	lines []pageLine

	comment bool // code is within a comment
}

// pageLine is a line, and what a click on it does.
type pageLine struct {
	pieces []piece
	do     func(*Model) tea.Cmd
}

func (p *callPage) add(pieces ...piece) { p.lines = append(p.lines, pageLine{pieces: pieces}) }

// section begins a part, with a blank line before it and its title; right is what the key
// beside it does.
func (p *callPage) section(title, right string) {
	if len(p.lines) > 0 {
		p.add()
	}
	line := []piece{{title, p.m.theme.heading}}
	if n := textWidth(title) + 3 + textWidth(right); right != "" && n <= p.w {
		key, what, _ := strings.Cut(right, " ")
		line = append(line, piece{strings.Repeat(" ", p.w-n+3), style{}}, piece{key, p.m.theme.key}, piece{" " + what, p.m.theme.dim})
	}
	p.add(line...)
}

// text adds a paragraph, indented.
func (p *callPage) text(indent int, s string, st style) {
	for _, line := range wrap(s, p.w-indent) {
		p.add(piece{pad(indent), style{}}, piece{line, st})
	}
}

// pageIndent is how far what a section says stands in.
const pageIndent = 2

// call is what is to be said of an entry.
func (p *callPage) call(k *call) {
	th, e := p.m.theme, k.event
	for _, line := range p.m.callText(k, "", p.w, pageIndent+2, true) {
		p.add(line...)
	}
	when := fmt.Sprintf("at %.3f s", k.time.Seconds())
	if e == nil || e.Call == "" {
		p.text(pageIndent, when, th.dim)
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
	p.text(pageIndent, fmt.Sprintf("made by %s %s", who, when), th.dim)
	if page, what := calls.Manual(*e); page != "" {
		p.text(pageIndent, page+". "+what, th.text)
	}
	p.arguments(k)
	p.section("RETURNED", "")
	for i, s := range calls.Returned(*e, k.regions, k.pageSize) {
		st := th.text
		if i == 0 && k.bad {
			st = th.fail
		}
		p.text(pageIndent, s, st)
	}
	p.notes(k)
	if changes := calls.Changes(*e, k.pageSize); len(changes) > 0 {
		p.section("CHANGED", "")
		p.text(pageIndent, strings.Join(changes, " "), th.text)
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
		st := p.m.theme.text
		if strings.HasPrefix(s, "Try: ") {
			st = p.m.theme.ok
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
	th := p.m.theme
	args := calls.Arguments(*k.event, k.regions, k.pageSize)
	if len(args) == 0 {
		return
	}
	p.section("ARGUMENTS", "")
	names, values := 0, 0
	for _, a := range args {
		names = max(names, textWidth(a.Name))
		if n := textWidth(a.Value); n <= widestValue {
			values = max(values, n)
		}
	}
	indent := pageIndent + names + 2
	if p.w < 50 {
		indent = pageIndent + 2
	}
	for _, a := range args {
		name := piece{pad(pageIndent) + a.Name, th.accent}
		head := []piece{name, {strings.Repeat(" ", max(1, indent-textWidth(name.text))), style{}}}
		words := a.Words
		if len(a.Bits) == 1 {
			words = a.Bits[0].Words
		}
		room := p.w - pieceWidth(head)
		apart := max(0, values-textWidth(a.Value)) + 2
		if textWidth(a.Value)+apart+textWidth(words) <= room && len(a.Bits) < 2 {
			p.add(append(head, piece{a.Value + strings.Repeat(" ", apart), th.text}, piece{words, th.dim})...)
			continue
		}
		for i, line := range wrap(a.Value, room) {
			if i > 0 {
				head = []piece{{pad(indent), style{}}}
			}
			p.add(append(head, piece{line, th.text})...)
		}
		p.text(indent, words, th.dim)
		if len(a.Bits) > 1 {
			p.bits(a.Bits, indent)
		}
	}
}

// bits explains flags one by one.
func (p *callPage) bits(bits []calls.Bit, indent int) {
	th, names := p.m.theme, 0
	for _, b := range bits {
		names = max(names, textWidth(b.Name))
	}
	under := indent + names + 2
	if p.w-under < 24 { // too narrow to stand beside their names
		under = indent + 2
	}
	for _, b := range bits {
		head := []piece{{pad(indent), style{}}, {b.Name, th.text}}
		lines := wrap(b.Words, p.w-under)
		if under > indent+2 && len(lines) > 0 {
			p.add(append(head, piece{strings.Repeat(" ", under-pieceWidth(head)), style{}}, piece{lines[0], th.dim})...)
			lines = lines[1:]
		} else {
			p.add(head...)
		}
		for _, line := range lines {
			p.add(piece{strings.Repeat(" ", under), style{}}, piece{line, th.dim})
		}
	}
}

// asCommand adds the command line and the C that do the same; a click on either copies it.
func (p *callPage) asCommand(k *call) {
	th := p.m.theme
	if command := plain(k.command, false); command != "" {
		from := p.begin("COMMAND", "y copies it")
		for _, line := range wrap(command, p.w-pageIndent) {
			p.add(piece{pad(pageIndent), style{}}, piece{line, th.text})
		}
		p.onClick(from, func(m *Model) tea.Cmd { return m.copyCommand(m.openedCall()) })
	}
	text := p.m.cOf(k)
	if text == "" {
		if k.command != "" {
			p.section("C", "")
			p.text(pageIndent, "There is no C that does the same.", th.dim)
		}
		return
	}
	from := p.begin("C", "Y copies it")
	for line := range strings.Lines(text) {
		p.code(strings.TrimSuffix(line, "\n"))
	}
	p.onClick(from, func(m *Model) tea.Cmd { return m.copyC(m.openedCall()) })
}

// begin is section, and returns the line that its title is on.
func (p *callPage) begin(title, right string) int {
	p.section(title, right)
	return len(p.lines) - 1
}

// onClick has the lines from one on do something where they are clicked.
func (p *callPage) onClick(from int, do func(*Model) tea.Cmd) {
	for i := from; i < len(p.lines); i++ {
		p.lines[i].do = do
	}
}

// code adds a line of C, broken between words where it is too long, with its comments and
// what is for the preprocessor set off.
func (p *callPage) code(line string) {
	th := p.m.theme
	indent := len(line) - len(strings.TrimLeft(line, " "))
	st := th.text
	if strings.HasPrefix(line, "#") {
		st = th.dim
	}
	at, room := min(indent, p.w/3), p.w-pageIndent
	lines := wrap(line, room-at)
	if len(lines) != 1 { // what does not fit stands further in
		lines = wrap(line, max(1, room-at-4))
	}
	for i, s := range lines {
		if i == 1 {
			at += 4
		}
		pieces := []piece{{pad(pageIndent), style{}}, {strings.Repeat(" ", at), style{}}}
		if !p.comment {
			code, rest, begins := strings.Cut(s, "/*")
			pieces = append(pieces, piece{code, st})
			p.comment = begins
			if s = ""; begins {
				s = "/*" + rest
			}
		}
		if p.comment = p.comment && !strings.Contains(s, "*/"); s != "" {
			pieces = append(pieces, piece{s, th.dim})
		}
		p.add(pieces...)
	}
	if len(lines) == 0 {
		p.add()
	}
}
