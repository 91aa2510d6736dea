// Package csource writes a call as a program in C ([C]), which does what the command did, with what its
// answer depends on of the session before it.
package csource

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// C returns a program in C that does what the command of the event did, with what its answer depends on
// of what the session did before (past): it meets the same errno or signal, and prints it. It is ""
// where incore made no call of the command, or C has nothing like it. Where it may answer otherwise,
// its first comment says why.
//
// regions are those of the process before the call, at least those that the command names, for what
// past does not tell of; pageSize is in bytes. The program compiles as it stands with gcc -Wall -Wextra
// on Linux with glibc 2.32.
//
// A call that another one needs first (Aside) has the C of the command: malloc, not its brk.
func C(e model.Event, past Past, regions []model.RegionInfo, pageSize int64) string {
	if e.Call == "" && (e.Note == "" || e.Refused != "") || pageSize <= 0 {
		return ""
	}
	c := lang.Inner(e.Command)
	if c == nil {
		return ""
	}
	p := &cProgram{event: e, pageSize: pageSize, vars: map[int]string{}, files: map[int]string{}}
	p.intro = e.Line()
	if !p.tell(past, regions, c) {
		return ""
	}
	return p.String()
}

// cProgram is a program in C as it is put together.
type cProgram struct {
	event    model.Event
	pageSize int64
	space    *cSpace // the process as it is where the program has come to
	intro    string  // what the call is

	gnu      bool     // needs _GNU_SOURCE
	includes []string // without the brackets
	defines  []string // of what a header may be too old for
	notes    []string // what its first comment says
	top      []string // lines before main
	start    []string // what main begins with
	setup    []string // what has to be there before
	body     []string // what the command does

	inSetup bool              // lines go to setup
	ignored string            // the errno of a call that did a part of what it was asked
	vars    map[int]string    // the variables of the regions, by their number
	files   map[int]string    // those of what lies behind them
	used    []string          // the names that are taken
	begun   int               // the number of the region that is being made
	placed  *model.RegionInfo // where that one lay
	runs    bool              // a page that is executed begins with what touch writes
	missing bool              // a region is named that nothing is known of

	dangles map[int]bool // the blocks that are named after they were freed, by their numbers

	layout         bool // regions are put as far apart as they lay
	roomLo, roomHi uint64
	mallocs        bool // malloc maps a block among them
}

// command adds what a command does, and reports whether C can say it.
func (p *cProgram) command(c model.Command) bool {
	write := verbOf(c).write
	return write != nil && write(p, c) && !p.missing
}

// line adds lines where lines go now.
func (p *cProgram) line(lines ...string) {
	if p.inSetup {
		p.setup = append(p.setup, lines...)
		return
	}
	p.body = append(p.body, lines...)
}

// say adds a comment.
func (p *cProgram) say(text string) { p.line(cComment(text)...) }

// cComment returns a comment. What could end it, or begin another, is taken apart.
func cComment(text string) []string {
	text = apart(model.Visible(text))
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
		lines[i] = begin + s + end
	}
	return lines
}

// cannot says why the program may answer otherwise than the call did.
func (p *cProgram) cannot(why string) {
	if why = Otherwise + why + "."; !slices.Contains(p.notes, why) {
		p.notes = append(p.notes, why)
	}
}

// Otherwise is what the first comment of a program begins with that may answer otherwise than
// the call did.
const Otherwise = "This program may answer otherwise: "

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

// paren puts a product into parentheses.
func paren(s string) string {
	if strings.Contains(s, " ") {
		return "(" + s + ")"
	}
	return s
}

// check makes a call that returns -1 where it fails.
func (p *cProgram) check(name string, args ...string) {
	p.checkAs(name, name, args...)
}

// checkAs is check of a call that is named otherwise where it fails.
func (p *cProgram) checkAs(word, name string, args ...string) {
	switch {
	case p.inSetup && p.ignored == "-":
		p.line(cCall("", name, args, ";")...)
	case p.inSetup && p.ignored != "":
		p.line(cCall("", name, args, "; /* "+p.ignored+"; what it did before that stays */")...)
	default:
		p.line(cCall("if (", name, args, " == -1)"+p.brace())...)
		p.bail(word)
	}
}

// brace begins what is done where a call failed.
func (p *cProgram) brace() string {
	if p.inSetup {
		return ""
	}
	return " {"
}

// unless looks whether a call failed.
func (p *cProgram) unless(failed, word string) {
	p.line("if (" + failed + ")" + p.brace())
	p.bail(word)
}

// bail adds what the program does where a call failed.
func (p *cProgram) bail(word string) {
	if p.inSetup { // the command is nothing without it
		p.header("err.h")
		p.line(cIndent + `err(2, "` + word + `");`)
		return
	}
	p.names()
	p.line(cIndent+`printf("`+word+`: %s\n", strerrorname_np(errno));`+p.outcome(word), cIndent+"return 1;", "}")
}

// names has the program print an errno by its name.
func (p *cProgram) names() {
	p.gnu = true
	p.header("stdio.h", "string.h", "errno.h")
}

// outcome says what the call answered here, behind the call that it was.
func (p *cProgram) outcome(call string) string {
	if p.inSetup || p.event.Call != call || p.event.Errno == "" {
		return ""
	}
	return " /* " + p.event.Errno + " here */"
}

// fresh returns a name of a variable that is not taken yet.
func (p *cProgram) fresh(name string) string {
	v := name
	for i := 2; slices.Contains(p.used, v); i++ {
		v = name + strconv.Itoa(i)
	}
	p.used = append(p.used, v)
	return v
}

// variable returns the name of a new region's variable.
func (p *cProgram) variable(name string) string {
	v := cName(name)
	for i := 2; slices.Contains(p.used, v); i++ {
		v = cName(name) + "_again" + strings.Repeat("_", i-2)
	}
	p.used = append(p.used, v)
	p.vars[p.begun] = v
	return v
}

// region returns what is known of a region that a command names, and its variable.
func (p *cProgram) region(name string) (*model.RegionInfo, string) {
	r, n, gone := p.space.named(name)
	if r == nil {
		p.missing = true
		return nil, ""
	}
	if !gone && p.vars[n] == "" && r.Backing == model.Heap && r.Malloc == "" {
		p.begun = n
		p.heapBase(*r)
	}
	if p.vars[n] == "" {
		p.missing = true
		return nil, ""
	}
	return r, p.vars[n]
}

// cPage finds the variable of the page size, and cNoise what only looks like it.
var (
	cPage  = regexp.MustCompile(`\bpage\b`)
	cNoise = regexp.MustCompile(`(?s)/\*.*?\*/|"(\\.|[^"\\])*"`)
)

// usesPage reports whether main needs the page size.
func (p *cProgram) usesPage() bool {
	text := strings.Join(slices.Concat(p.start, p.setup, p.body), "\n")
	return cPage.MatchString(cNoise.ReplaceAllString(text, ""))
}

// String returns the program as text.
func (p *cProgram) String() string {
	var out []string
	for _, note := range p.notes {
		out = append(out, cComment(note)...)
	}
	if p.gnu {
		out = append(out, "#define _GNU_SOURCE")
	}
	paged := p.usesPage()
	if paged {
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
	if paged {
		blocks = append(blocks, []string{"size_t page = sysconf(_SC_PAGESIZE);"})
	}
	if len(p.start) > 0 {
		blocks = append(blocks, p.start)
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
