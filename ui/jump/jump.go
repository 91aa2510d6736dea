// Package jump finds what a text names of what is on the screen: pages, addresses, regions, processes and calls.
package jump

import (
	"fmt"
	"strconv"
	"strings"

	"incore/model"
	"incore/model/lang"
	"incore/ui/scene"
)

// Place is where a text leads.
type Place struct {
	scene.Place        // no region: the process
	Page        int64  // -1 leaves the cursor where it is
	Says        string // what is there
}

// To returns where a text leads: a target such as a[40], a page of the current region, an address, a region, a
// process. If it leads nowhere, why says so, and what is nearest.
func To(s *scene.Scene, text string) (to Place, why string) {
	proc, text := prefixed(s, strings.TrimSpace(text))
	if hex, ok := strings.CutPrefix(strings.ToLower(text), "0x"); ok {
		return toAddress(s, proc, hex)
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return toPage(s, proc, scene.Place{Proc: proc.Name, Region: regionOf(s, proc)}, n)
	}
	if p := withRegion(s, proc, text); p != nil {
		at := scene.Place{Proc: p.Name, Region: text}
		return Place{at, -1, fmt.Sprintf("region %s, %d pages", s.Named(p.Name, text), p.Region(text).Pages.Len())}, ""
	}
	if p := s.State.Process(text); p != nil {
		return Place{scene.Place{Proc: p.Name}, -1, "process " + p.Name}, ""
	}
	if c, err := lang.Parse("munlock " + text); err == nil {
		if c, ok := c.(lang.Munlock); ok {
			return toTarget(s, proc, c.T)
		}
	}
	return Place{}, unknown(s, text)
}

// prefixed takes the process that a text names off its beginning, as in: child a[40], in child a[40].
func prefixed(s *scene.Scene, text string) (*model.Process, string) {
	words := strings.Fields(text)
	if len(words) > 2 && words[0] == "in" {
		words = words[1:]
	}
	if len(words) == 2 {
		if p := s.State.Process(words[0]); p != nil {
			return p, words[1]
		}
	}
	return s.Proc(), text
}

// regionOf returns the name of the region whose pages a number counts: the current one, or the first of another process.
func regionOf(s *scene.Scene, p *model.Process) string {
	name := s.Focus.Current.Region
	if p.Region(name) == nil && len(p.Regions) > 0 {
		name = p.Regions[0].Name
	}
	return name
}

// withRegion returns the process that has a region of that name: the one that is meant before others. It is nil if
// there is none.
func withRegion(s *scene.Scene, meant *model.Process, name string) *model.Process {
	if meant.Region(name) != nil {
		return meant
	}
	for i := range s.State.Procs {
		if p := &s.State.Procs[i]; p.Region(name) != nil {
			return p
		}
	}
	return nil
}

// ToTarget returns the first page of a target, in the process of that name if it has such a region; else where there is
// one. Where there is none why says so.
func ToTarget(s *scene.Scene, proc string, t model.Target) (to Place, why string) {
	p := s.State.Process(proc)
	switch {
	case p == nil:
		return Place{}, unknown(s, proc)
	case t.Form == model.RawSpan:
		return toAddress(s, p, strconv.FormatUint(t.Off, 16))
	}
	to, why = toTarget(s, p, t)
	if t.Form == model.WholeRegion {
		to.Page = -1
	}
	return to, why
}

func toTarget(s *scene.Scene, proc *model.Process, t model.Target) (Place, string) {
	p := withRegion(s, proc, t.Region)
	if p == nil {
		return Place{}, unknown(s, t.Region)
	}
	page := t.First
	if t.Form == model.ByteSpan || t.Form == model.PageBytes {
		page += int64(t.Off / uint64(max(1, p.PageSize)))
	}
	return toPage(s, p, scene.Place{Proc: p.Name, Region: t.Region}, page)
}

func toPage(s *scene.Scene, p *model.Process, at scene.Place, page int64) (Place, string) {
	r := p.Region(at.Region)
	switch {
	case r == nil:
		return Place{}, "There is no region: m maps one."
	case page < 0 || page >= r.Pages.Len():
		return Place{}, fmt.Sprintf("%s has no page %d: its last one is %d.", s.Named(at.Proc, at.Region), page, r.Pages.Len()-1)
	}
	return Place{at, page, fmt.Sprintf("page %d of %s, %#x", page, s.Named(at.Proc, at.Region), r.Base+uint64(page)*uint64(max(1, p.PageSize)))}, ""
}

// toAddress goes to the page at an address. Processes may have different pages there: the one that is meant goes before.
func toAddress(s *scene.Scene, meant *model.Process, hex string) (Place, string) {
	addr, err := strconv.ParseUint(hex, 16, 64)
	if err != nil {
		return Place{}, fmt.Sprintf("0x%s is no address: it has 1 to 16 digits of hexadecimal.", hex)
	}
	in := func(p *model.Process) *model.Region {
		for _, r := range p.Regions {
			if addr >= r.Base && addr-r.Base < r.Len {
				return r
			}
		}
		return nil
	}
	p, r := meant, in(meant)
	for i := 0; r == nil && i < len(s.State.Procs); i++ {
		p = &s.State.Procs[i]
		r = in(p)
	}
	if r != nil {
		return toPage(s, p, scene.Place{Proc: p.Name, Region: r.Name}, int64((addr-r.Base)/uint64(max(1, p.PageSize))))
	}
	return Place{}, fmt.Sprintf("%#x is in no region%s.", addr, nearestRegion(meant, addr))
}

// nearestRegion says which region of a process lies nearest to an address.
func nearestRegion(p *model.Process, addr uint64) string {
	best, least := "", ^uint64(0)
	for _, r := range p.Regions {
		off, from := r.Base-addr, r.Base // before it, unless the address is behind its end
		if addr >= r.Base {
			off, from = addr-(r.Base+r.Len-1), r.Base+r.Len-1
		}
		if off < least {
			best, least = fmt.Sprintf(": the nearest is %s, whose %s byte is at %#x", r.Name, map[bool]string{true: "first", false: "last"}[from == r.Base], from), off
		}
	}
	return best
}

// Names returns what a text can name without a number: regions, those of the current process first, and processes.
func Names(s *scene.Scene) (names []string) {
	was := map[string]bool{}
	add := func(name string) {
		if !was[name] {
			was[name] = true
			names = append(names, name)
		}
	}
	for _, r := range s.Proc().Regions {
		add(r.Name)
	}
	for i := range s.State.Procs {
		for _, r := range s.State.Procs[i].Regions {
			add(r.Name)
		}
	}
	for i := range s.State.Procs {
		add(s.State.Procs[i].Name)
	}
	return names
}

// unknown says that nothing has a name, and which one is nearest to it.
func unknown(s *scene.Scene, name string) string {
	text := fmt.Sprintf("No region and no process is named %s.", name)
	if near := lang.Nearest(name, Names(s)); near != "" {
		text = strings.TrimSuffix(text, ".") + ": the nearest is " + near + "."
	}
	return text
}
