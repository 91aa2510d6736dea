package plain

import (
	"context"
	"fmt"
	"strings"

	"incore/assets"
	"incore/model/lang"
	"incore/ui/manual"
)

// topic is a page of the help.
type topic struct {
	name  string
	lines []string
}

// topics returns what help tells beside verbs and words: how this mode is used, the topics of the screen's help, and
// what of the reference is not about the screen.
func topics() []topic {
	all := ownTopics()
	for _, t := range assets.Help() {
		if t.Name != "reading" { // of cells: what states are here, the topic of that name says
			all = append(all, topic{t.Name, manual.Parse(t.Text).Spoken("To try it, type:")})
		}
	}
	for _, t := range assets.Reference() {
		switch t.Name {
		case "language", "json", "exit", "environment":
			all = append(all, topic{t.Name, manual.Parse(t.Text).Spoken("")})
		}
	}
	return all
}

func ownTopics() []topic {
	var verbs []string
	for _, v := range lang.Verbs() {
		verbs = append(verbs, v.Name)
	}
	return []topic{
		{"verbs", []string{
			"Verbs are the calls' own names: " + strings.Join(verbs, ", ") + ".",
			"help mlock tells what one takes. One command a line; # begins a comment.",
		}},
		{"targets", []string{
			"T names memory. a: the whole region. a[3]: page 3, the first is 0. a[4..7]: pages 4 to 7, both included. a[4..]: page 4 to the last.",
			"a+100,50: 50 bytes from byte 100 of a. a[1]+16,32: 32 bytes from byte 16 of page 1. 0x7f1234567000,4096: address and length in bytes.",
			"SIZE is in pages, as 64, or has a unit: 4096B, 64K, 1M, 2G.",
		}},
		{"states", []string{
			"resident: in memory, as mincore says. absent: not. swapped out: in swap.",
			"anonymous: memory of the process's own. the zero page: read and never written, shared by all, no memory of its own.",
			"of a file: of the page cache. mapped by this process alone: exclusive. shared copy-on-write: copied at the next write.",
			"locked: kept in memory. to be locked when touched: mlock2 with onfault, and not there yet.",
			"unmapped (a hole): no VMA, an access is SIGSEGV. guarded: a guard page, the same.",
		}},
		{"keys", []string{
			"ctrl+c ends a command that runs, between two pages of a touch; on a prompt it ends incore.",
			"ctrl+d or quit ends incore. The line is edited as the terminal does it.",
		}},
		{"processes", []string{
			"fork child makes a process. process child: commands act there from now on, and the prompt says so. process main goes back.",
			"in child touch a acts there once. process alone tells which there are.",
		}},
	}
}

// help tells what there is, or one thing of it.
func (p *Conversation) help(_ context.Context, rest string) ([]string, error) {
	name := strings.TrimSpace(rest)
	if name == "" {
		return helpAll(), nil
	}
	var lines []string
	if w := findWord(name); w != nil {
		lines = append(lines, w.Usage()+". "+w.Help)
	}
	for _, v := range lang.Verbs() {
		if v.Name == name {
			lines = append(lines, v.Usage+". "+v.Help)
		}
	}
	names := lineStarts()
	for _, t := range topics() {
		if t.name == name { // fork is a verb and a topic
			lines = append(lines, t.lines...)
		}
		names = append(names, t.name)
	}
	if len(lines) > 0 {
		return lines, nil
	}
	hint := "help alone tells what there is"
	if like := lang.Nearest(name, names); like != "" {
		hint = "did you mean " + like + "?"
	}
	return nil, fmt.Errorf("column %d: no help on %s; %s", len("help")+2, name, hint)
}

// Usage returns the word with what may stand behind it.
func (w Word) Usage() string {
	if w.Args == "" {
		return w.Name
	}
	return w.Name + " " + w.Args
}

// helpAll returns the help in brief.
func helpAll() []string {
	lines := []string{"To do something, type a command: mmap a 64, touch a[4..7], mlock a, munmap a. help verbs tells all. To look:"}
	for _, w := range Words() {
		lines = append(lines, w.Usage()+": "+strings.ToLower(w.Help[:1])+w.Help[1:])
	}
	var names []string
	for _, t := range topics() {
		names = append(names, t.name)
	}
	return append(lines, "Topics: "+strings.Join(names, ", ")+". As in: help targets.")
}
