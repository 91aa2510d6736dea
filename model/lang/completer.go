package lang

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"incore/model"
)

// Completer offers the words that may follow in a line that is said of a process.
type Completer struct {
	State *model.State // whose names are offered; never nil
	Proc  string       // the process that the line is said of where no in names another
	// Pages are those of a region that a part of it is most likely to be: what is selected. nil
	// means the first page.
	Pages func(proc, region string) model.Range
	// Fresh is a name that nothing has, of a region or a process; nil means that none is offered.
	Fresh func(Names) string
	// Files are the files whose names begin so; nil means that none is offered.
	Files func(begin string) []string
}

// Words returns the words that may stand where the line ends and that begin as its last word does.
// Each comes once, in the order of the language.
func (c *Completer) Words(line string) (out []string) {
	has := map[string]bool{}
	for w := range c.Fitting(line) {
		if !has[w] {
			out, has[w] = append(out, w), true
		}
	}
	return out
}

// Fitting yields those words, some of them more than once.
func (c *Completer) Fitting(line string) iter.Seq[string] {
	a := LookAhead(line)
	proc := c.Proc
	if a.Proc != "" {
		proc = a.Proc
	}
	return func(yield func(string) bool) {
		for i := range a.Next {
			for _, w := range c.words(&a.Next[i], a.Word, proc) {
				if strings.HasPrefix(w, a.Word) && !yield(w) {
					return
				}
			}
		}
	}
}

// words are those that a kind has to offer, said of a process, where begin is written already.
func (c *Completer) words(k *Kind, begin, proc string) []string {
	switch k.Names {
	case OfRegion:
		return c.regions(proc, k.Fits)
	case OfTarget:
		return slices.Concat(c.regions(proc, nil), c.parts(begin, proc), c.gone(proc))
	case OfProcess:
		return c.processes()
	case NewRegion, NewProcess:
		if c.Fresh != nil {
			return []string{c.Fresh(k.Names)}
		}
		return nil
	case OfKey:
		return c.keys(proc)
	case NewKey:
		return c.newKey(proc)
	case OfFile:
		if c.Files != nil {
			return c.Files(begin)
		}
		return nil
	}
	return k.Words
}

func (c *Completer) processes() (out []string) {
	for i := range c.State.Procs {
		out = append(out, c.State.Procs[i].Name)
	}
	return out
}

// regions are those of a process, all of them or those that fit.
func (c *Completer) regions(proc string, fits func(*model.Region) bool) (out []string) {
	p := c.State.Process(proc)
	if p == nil {
		return nil
	}
	for i := range p.Regions {
		if fits == nil || fits(p.Regions[i]) {
			out = append(out, p.Regions[i].Name)
		}
	}
	return out
}

// gone are the names that stand for where a region lay. They come last.
func (c *Completer) gone(proc string) []string {
	if p := c.State.Process(proc); p != nil {
		return p.GoneNames()
	}
	return nil
}

// keys are the protection keys of a process, freed ones with them: what the kernel says of those can be asked.
func (c *Completer) keys(proc string) (out []string) {
	if p := c.State.Process(proc); p != nil {
		for i := range p.Keys {
			if name := p.Keys[i].Name; name != "" { // that is the kernel's
				out = append(out, name)
			}
		}
	}
	return out
}

// newKey is a name that no protection key of a process has.
func (c *Completer) newKey(proc string) []string {
	has := c.keys(proc)
	name := "k"
	for n := 2; slices.Contains(has, name); n++ {
		name = fmt.Sprintf("k%d", n)
	}
	return []string{name}
}

// parts are the targets of a part of a region, once the word names the region and goes on: the
// page under the cursor or what is selected, all from there on, the last page; and bytes that are
// not whole pages.
func (c *Completer) parts(word, proc string) []string {
	at := strings.IndexAny(word, "[+")
	p := c.State.Process(proc)
	if at < 1 || p == nil {
		return nil
	}
	r := p.Region(word[:at])
	if r == nil || r.Pages.Len() == 0 {
		return nil
	}
	if word[at] == '+' {
		return []string{r.Name + "+0,100", r.Name + "+100,100", fmt.Sprintf("%s+%d,2", r.Name, p.PageSize-1)}
	}
	if page, _, ok := strings.Cut(word, "]+"); ok && isDigits(page[at+1:]) {
		return []string{page + "]+0,100", page + "]+100,100", fmt.Sprintf("%s]+%d,2", page, p.PageSize-1)}
	}
	n := r.Pages.Len()
	here := model.Range{Hi: 1}
	if c.Pages != nil {
		here = c.Pages(proc, r.Name)
	}
	page := func(rg model.Range) string {
		return model.Target{Form: model.PageSpan, Region: r.Name, First: rg.Lo, Last: rg.Hi - 1}.String()
	}
	out := []string{page(here)}
	if here.Lo > 0 {
		out = append(out, model.Target{Form: model.PageTail, Region: r.Name, First: here.Lo}.String())
	}
	return append(out, page(model.Range{Hi: 1}), page(model.Range{Lo: n - 1, Hi: n}), page(model.Range{Hi: n}))
}

// Unknown returns the error of the first finished word that names a region or a process that does not
// exist, or nil.
func (c *Completer) Unknown(line string) *ParseError {
	a := LookAhead(line)
	return c.UnknownOf(&a)
}

// UnknownOf is Unknown of a line that has been read ahead.
func (c *Completer) UnknownOf(a *Ahead) *ParseError {
	for _, s := range a.Said {
		if err := c.unknown(s); err != nil {
			return err
		}
	}
	return nil
}

func (c *Completer) unknown(s Said) *ParseError {
	proc := c.Proc
	if s.Proc != "" {
		proc = s.Proc
	}
	w := token{text: s.Word, col: s.Col}
	p := c.State.Process(proc)
	switch s.Kind.Names {
	case OfProcess:
		if c.State.Process(s.Word) == nil {
			return w.wrong(c.State.NoProcess(s.Word), Nearest(s.Word, c.processes()))
		}
	case OfKey:
		if p == nil || p.Key(s.Word) != nil {
			return nil
		}
		return w.wrong(p.NoKey(s.Word).Error(), Nearest(s.Word, c.keys(proc)))
	case OfRegion, OfTarget:
		name := s.Word[:nameLen(s.Word)]
		if name == "" || p == nil || p.Region(name) != nil || s.Kind.Names == OfTarget && p.GoneRegion(name) != nil {
			return nil
		}
		return w.wrong(p.NoRegion(name).Error(), Nearest(name, c.regions(proc, s.Kind.Fits)))
	}
	return nil
}
