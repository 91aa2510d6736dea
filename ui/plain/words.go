package plain

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"incore/model"
	"incore/model/lang"
)

// Word is a word of the conversation beside the verbs of the language: it looks, and changes nothing.
type Word struct {
	// Name is what is typed. Args is what may follow, as in a line of usage, or "". Help is one sentence.
	Name, Args, Help string
	// answer is given what stands behind the word, with the blank before it. Its error is
	// about the line.
	answer func(p *Conversation, ctx context.Context, rest string) ([]string, error)
}

// Words returns the words, in the order in which help tells them.
func Words() []Word {
	return []Word{
		{"help", "[WORD|TOPIC]", "What there is, or what one word means.", (*Conversation).help},
		{"show", "[all|T]", "Pages of a region, or of all of them, in runs.", (*Conversation).show},
		{"page", "T", "One page in words, and what the kernel says of it: page a[3].", (*Conversation).page},
		{"regions", "", "The regions, one a line.", (*Conversation).regions},
		{"process", "[NAME]", "Act in that process from now on; without a name the processes, one a line.", (*Conversation).process},
		{"meters", "", "Memory, locks, swap and faults of the process, and of the machine.", (*Conversation).meters},
		{"space", "[T]", "The address space of the process, or a part of it: its VMAs, one a line.", (*Conversation).space},
		{"calls", "[N]", "The newest N calls, 5 where nothing is said, oldest first.", (*Conversation).newest},
		{"why", "", "The last call that failed, and why.", (*Conversation).why},
		{"quit", "", "End incore, as ctrl+d does.", (*Conversation).quit},
	}
}

// findWord returns the word of that name, or nil.
func findWord(name string) *Word {
	for _, w := range Words() {
		if w.Name == name {
			return &w
		}
	}
	return nil
}

// lineStarts returns the words and the verbs, which a line can begin with.
func lineStarts() []string {
	names := lang.VerbNames()
	for _, w := range Words() {
		names = append(names, w.Name)
	}
	return names
}

// noArgs returns an error where something follows a word that takes nothing.
func noArgs(name, rest string) error {
	if rest = strings.TrimSpace(rest); rest != "" {
		return fmt.Errorf("column %d: %s takes nothing behind it", len(name)+2, name)
	}
	return nil
}

func (p *Conversation) quit(_ context.Context, rest string) ([]string, error) {
	if err := noArgs("quit", rest); err != nil {
		return nil, err
	}
	p.over = true
	return nil, nil
}

// here returns the process in which commands act.
func (p *Conversation) here() (*model.Process, error) {
	if proc := p.cfg.Lab.State().Process(p.proc); proc != nil {
		return proc, nil
	}
	return nil, fmt.Errorf("there is no process %s any more: process main goes back", p.proc)
}

// target reads what stands behind a word as the language writes memory, and tells which pages of
// which region it is.
func (p *Conversation) target(name, rest string) (*model.Process, *model.Region, model.Range, error) {
	none := model.Range{}
	const verb = "mincore" // takes a target, as the word does
	c, err := lang.Parse(verb + rest)
	if e := new(lang.ParseError); errors.As(err, &e) {
		e.Col += len(name) - len(verb)
		e.Msg, e.Hint = strings.Replace(e.Msg, verb, name, 1), strings.Replace(e.Hint, verb, name, 1)
		return nil, nil, none, errors.New(parseWords(e))
	}
	t := c.(lang.Mincore).T // what Parse makes of that verb
	proc, err := p.here()
	if err != nil {
		return nil, nil, none, err
	}
	span, err := proc.Resolve(t)
	if err != nil {
		return nil, nil, none, fmt.Errorf("%w%s", err, regionsThereAre(proc))
	}
	ps := uint64(proc.PageSize)
	for _, r := range proc.Regions {
		if r.Name != t.Region && (t.Region != "" || span.Addr < r.Base || span.Addr >= r.Base+r.Len) {
			continue
		}
		rg := model.Range{Lo: int64((span.Addr - r.Base) / ps), Hi: int64((span.End() - r.Base + ps - 1) / ps)}
		if rg = rg.Intersect(whole(r)); rg.Len() == 0 {
			return nil, nil, none, fmt.Errorf("%s has %s, from 0 to %d", r.Name, pagesWord(r.Pages.Len()), r.Pages.Len()-1)
		}
		return proc, r, rg, nil
	}
	return nil, nil, none, errors.New("no region is there; space tells what is mapped")
}

// regionsThereAre ends the sentence that says that a region is not there.
func regionsThereAre(proc *model.Process) string {
	var names []string
	for i := range proc.Regions {
		names = append(names, proc.Regions[i].Name)
	}
	switch n := len(names); {
	case n == 0:
		return "; nothing is mapped yet"
	case n > mostLines:
		return fmt.Sprintf("; there are %s and %d more", strings.Join(names[:mostLines], ", "), n-mostLines)
	}
	return "; there is " + strings.Join(names, ", ")
}

// show tells the pages of one region, or of all.
func (p *Conversation) show(ctx context.Context, rest string) ([]string, error) {
	p.look(ctx)
	if all := strings.TrimSpace(rest); all != "" && all != "all" {
		proc, r, rg, err := p.target("show", rest)
		if err != nil {
			return nil, err
		}
		return append(lastSeen(proc), regionWords(proc, r, rg)...), nil
	}
	proc, err := p.here()
	if err != nil {
		return nil, err
	}
	if len(proc.Regions) == 0 {
		return []string{"Nothing is mapped."}, nil
	}
	lines := lastSeen(proc)
	for i := range proc.Regions {
		lines = append(lines, regionWords(proc, proc.Regions[i], whole(proc.Regions[i]))...)
	}
	return bounded(lines, "show a tells one region"), nil
}

// lastSeen says of a process that has ended that its pages are told as they were.
func lastSeen(proc *model.Process) []string {
	if proc.Death == nil {
		return nil
	}
	return []string{fmt.Sprintf("Dead, %s. As it was last seen:", proc.Death)}
}

// regionWords returns what a region, or a part of it, is in words, by what its pages are.
func regionWords(proc *model.Process, r *model.Region, rg model.Range) []string {
	head := fmt.Sprintf("%s: %s, %s.", r.Name, model.DescribeInfo(r.RegionInfo, proc.PageSize), model.TallyWords(r, rg))
	if rg != whole(r) {
		head = fmt.Sprintf("%s: %s.", model.PagesOf(r, rg), model.TallyWords(r, rg))
	}
	lines := []string{head}
	for _, s := range sentences(r, model.DescribeRegion(r, rg), "") {
		lines = append(lines, capital(s))
	}
	return lines
}

// regions tells of each region in a line.
func (p *Conversation) regions(ctx context.Context, rest string) ([]string, error) {
	if err := noArgs("regions", rest); err != nil {
		return nil, err
	}
	p.look(ctx)
	var lines []string
	for _, proc := range p.cfg.Lab.State().Procs {
		in := ""
		if len(p.cfg.Lab.State().Procs) > 1 {
			in = proc.Name + ", "
		}
		for _, r := range proc.Regions {
			vmas := len(proc.VMAsIn(r.Span()))
			lines = append(lines, fmt.Sprintf("%s%s: %s, %s, %d %s, at address %#x.",
				in, r.Name, model.TallyWords(r, whole(r)), model.DescribeInfo(r.RegionInfo, proc.PageSize), vmas, Plural(vmas, "VMA"), r.Base))
		}
	}
	if len(lines) == 0 {
		return []string{"Nothing is mapped."}, nil
	}
	return bounded(lines, "show a tells one"), nil
}

// bounded returns at most as many lines as one can listen to, and how many more there are.
func bounded(lines []string, rest string) []string {
	const most = 4 * mostLines
	if more := len(lines) - most; more > 0 {
		return append(lines[:most:most], fmt.Sprintf("And %d more lines: %s.", more, rest))
	}
	return lines
}

// process chooses the process in which commands act, or tells which there are.
func (p *Conversation) process(ctx context.Context, rest string) ([]string, error) {
	s := p.cfg.Lab.State()
	name := strings.TrimSpace(rest)
	if name == "" {
		p.look(ctx)
		var lines []string
		for _, proc := range p.cfg.Lab.State().Procs {
			lines = append(lines, p.processWords(&proc))
		}
		return lines, nil
	}
	proc := s.Process(name)
	if proc == nil {
		var names []string
		for _, proc := range s.Procs {
			names = append(names, proc.Name)
		}
		return nil, fmt.Errorf("column %d: there is no process %s; there is %s; fork makes one", len("process")+2, name, strings.Join(names, ", "))
	}
	p.proc = proc.Name
	p.look(ctx)
	return []string{p.processWords(p.cfg.Lab.State().Process(name))}, nil
}

// processWords returns a process in one line of words.
func (p *Conversation) processWords(proc *model.Process) string {
	s := proc.Name
	if proc.Name == p.proc {
		s += ", where commands act"
	}
	if proc.Parent != "" {
		s += ", a child of " + proc.Parent
	}
	s += fmt.Sprintf(": pid %d, %d %s", proc.PID, len(proc.Regions), Plural(len(proc.Regions), "region"))
	if proc.Death != nil {
		return s + ", dead: " + proc.Death.String() + "."
	}
	return s + fmt.Sprintf(", RSS %s, VmLck %s.", model.FormatBytes(proc.Stat.RSS), model.FormatBytes(proc.Stat.VmLck))
}

// newest tells the newest calls.
func (p *Conversation) newest(_ context.Context, rest string) ([]string, error) {
	n := 5
	if rest = strings.TrimSpace(rest); rest != "" {
		var err error
		if n, err = strconv.Atoi(rest); err != nil || n < 1 || n > callsKept {
			return nil, fmt.Errorf("column %d: calls takes a number from 1 to %d", len("calls")+2, callsKept)
		}
	}
	if len(p.calls) == 0 {
		return []string{"No call was made yet."}, nil
	}
	var lines []string
	for _, e := range p.calls[max(0, len(p.calls)-n):] {
		line := fmt.Sprintf("%d: %s", e.Seq, strings.ReplaceAll(e.Strace(), "\n", " "))
		if costs := costWords(e); costs != "" && !e.Aside {
			line += " " + costs
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// why tells the last failure again.
func (p *Conversation) why(_ context.Context, rest string) ([]string, error) {
	if err := noArgs("why", rest); err != nil {
		return nil, err
	}
	if p.failure == nil {
		return []string{"No call has failed."}, nil
	}
	lines := append([]string{"The command was: " + p.failure.Item.(model.Event).Line()}, failureWords(p.failure, p.cfg.Lab.State())...)
	if p.failure.Why == "" {
		lines = append(lines, "The cause cannot be told from what is known.")
	}
	return lines, nil
}
