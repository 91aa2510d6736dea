package model

import (
	"slices"
	"strings"
)

// C is a program in C that does what the command of the event did, "" where incore made no
// call of it or C has nothing like it. regions are those of the process before the call, at
// least those that the command names, and pageSize is in bytes. It compiles as it stands with
// gcc -Wall on Linux with glibc. Regions are variables of their names, as they were mapped and
// not as they are by now: what was done to them before is left out.
//
// A call that another one needs first (Aside) has the C of the command: malloc, not its brk.
func (e Event) C(regions []RegionInfo, pageSize int64) string {
	if e.Call == "" && (e.Note == "" || e.Refused != "") {
		return ""
	}
	c, _ := Parse(e.Command)
	in, within := c.(In)
	if within {
		c = in.Do
	}
	p := &cProgram{event: e, regions: regions, pageSize: pageSize}
	if advice, ok := p.advisedAside(); ok {
		c, within = advice, false
		p.say("incore does this for " + e.Command)
	} else if c != nil {
		p.say(c.String())
	}
	if c == nil || pageSize <= 0 {
		return ""
	}
	do := p.command
	if within {
		do = func(c Command) bool { return p.inChild(in.Proc, c) }
	}
	if !do(c) {
		return ""
	}
	return p.String()
}

// cProgram is a program in C as it is put together.
type cProgram struct {
	event    Event
	regions  []RegionInfo
	pageSize int64

	gnu      bool     // needs _GNU_SOURCE
	includes []string // without the brackets
	defines  []string // of what a header may be too old for
	top      []string // lines before main
	setup    []string // what has to be there before
	body     []string // what the command does

	inSetup bool // lines go to setup
	paged   bool // page is used
	fd, id  bool // the variables of a descriptor and of a segment are there
	made    []string
	missing bool // a region is named that nothing is known of
}

// command adds what a command does, and reports whether C can say it.
func (p *cProgram) command(c Command) bool {
	ok := p.mapping(c) || p.pages(c) || p.bytes(c) || p.process(c)
	return ok && !p.missing
}

// advisedAside is the madvise that incore adds to a mapping of its own accord.
func (p *cProgram) advisedAside() (Command, bool) {
	e := &p.event
	if !e.Aside || e.Call != "madvise" || len(e.Args) != 3 {
		return nil, false
	}
	advice := Advice(strings.ToLower(strings.TrimPrefix(e.Args[2].Text, "MADV_")))
	for _, r := range p.regions {
		if r.Base == e.Args[0].Value && r.Len == e.Args[1].Value {
			return Madvise{Target{Region: r.Name}, advice}, true
		}
	}
	return nil, false
}

// line adds lines where lines go now.
func (p *cProgram) line(lines ...string) {
	if p.inSetup {
		p.setup = append(p.setup, lines...)
		return
	}
	p.body = append(p.body, lines...)
}

// say adds a comment. What could end it, or begin another, is taken apart.
func (p *cProgram) say(text string) {
	text = apart(Visible(text))
	const most = cWidth - 6
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		if *last != "" && len(*last)+1+len(word) > most {
			lines = append(lines, word)
			continue
		}
		*last = strings.TrimPrefix(*last+" "+word, " ")
	}
	for i, s := range lines {
		begin, end := "   ", ""
		if i == 0 {
			begin = "/* "
		}
		if i == len(lines)-1 {
			end = " */"
		}
		p.line(begin + s + end)
	}
}

// apart puts a blank between a star and a slash that stand beside each other, in either order.
func apart(text string) string {
	var b strings.Builder
	was := rune(0)
	for _, r := range text {
		if was == '*' && r == '/' || was == '/' && r == '*' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		was = r
	}
	return b.String()
}

// header notes what has to be included.
func (p *cProgram) header(names ...string) {
	for _, name := range names {
		if !slices.Contains(p.includes, name) {
			p.includes = append(p.includes, name)
		}
	}
}

// define gives a constant that the headers of an older glibc do not have.
func (p *cProgram) define(name, value, why string) {
	p.defines = append(p.defines, "#ifndef "+name, "#define "+name+" "+value+" /* "+why+" */", "#endif")
}

// cWidth is how long a line may be before a call is broken between its arguments.
const cWidth = 76

// cIndent is a level of indentation.
const cIndent = "    "

// cCall is begin name(args)end, broken between its arguments where it is long.
func cCall(begin, name string, args []string, end string) []string {
	head := begin + name + "("
	whole := head + strings.Join(args, ", ") + ")" + end
	if len(whole) <= cWidth {
		return []string{whole}
	}
	var lines []string
	line := head
	for i, arg := range args {
		stop := ", "
		if i+1 == len(args) {
			stop = ")" + end
		}
		if len(line)+len(arg)+len(strings.TrimRight(stop, " ")) > cWidth && strings.TrimSpace(line) != "" && line != head {
			lines = append(lines, strings.TrimRight(line, " "))
			line = strings.Repeat(" ", len(head))
		}
		line += arg + stop
	}
	return append(lines, line)
}

// check makes a call that returns -1 where it fails.
func (p *cProgram) check(name string, args ...string) {
	p.checkAs(name, name, "== -1", args...)
}

// checkAs is check of a call that perror names otherwise, with what its failure looks like.
func (p *cProgram) checkAs(word, name, failed string, args ...string) {
	p.line(cCall("if (", name, args, " "+failed+")")...)
	p.failed(word)
}

// failed is what is done where a call failed.
func (p *cProgram) failed(word string) {
	if p.inSetup { // the command is nothing without it
		p.header("err.h")
		p.line(cIndent + `err(1, "` + word + `");`)
		return
	}
	p.header("stdio.h")
	p.line(cIndent + `perror("` + word + `");` + p.outcome(word))
}

// outcome says what the call answered here, behind the call that it was.
func (p *cProgram) outcome(call string) string {
	if p.inSetup || p.event.Call != call || p.event.Errno == "" {
		return ""
	}
	return " /* " + p.event.Errno + " here */"
}

// has looks for a region as it was before the command.
func (p *cProgram) has(name string) *RegionInfo {
	for i := range p.regions {
		if p.regions[i].Name == name {
			return &p.regions[i]
		}
	}
	return nil
}

// String is the program.
func (p *cProgram) String() string {
	var out []string
	if p.gnu {
		out = append(out, "#define _GNU_SOURCE")
	}
	if p.paged {
		p.header("unistd.h")
	}
	slices.Sort(p.includes)
	for _, name := range p.includes {
		out = append(out, "#include <"+name+">")
	}
	if len(p.defines) > 0 {
		out = append(append(out, ""), p.defines...)
	}
	if len(p.top) > 0 {
		out = append(append(out, ""), p.top...)
	}
	if len(out) > 0 {
		out = append(out, "")
	}
	out = append(out, "int main(void)", "{")
	var blocks [][]string
	if p.paged {
		blocks = append(blocks, []string{"size_t page = sysconf(_SC_PAGESIZE);"})
	}
	if len(p.setup) > 0 {
		blocks = append(blocks, p.setup)
	}
	for i, block := range append(blocks, p.body) {
		if i > 0 {
			out = append(out, "")
		}
		for _, s := range block {
			if s != "" {
				s = cIndent + s
			}
			out = append(out, s)
		}
	}
	return strings.Join(append(out, "}"), "\n") + "\n"
}
