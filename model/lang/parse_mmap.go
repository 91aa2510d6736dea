package lang

import (
	"slices"

	"incore/model"
)

var mmapOptions = []string{
	"private", "shared", "anon", "memfd", "scratch", "file", "alias", "none", "r", "w", "rw", "rx", "rwx",
	"locked", "populate", "noreserve", "hugetlb", "grows_down", "at",
}

// MmapOptions lists the option words of mmap. After file comes a path, after alias the
// name of a region, after at a target. The caller may change the slice.
func MmapOptions() []string { return slices.Clone(mmapOptions) }

func parseMmap(p *parser) (model.Command, *ParseError) {
	c := Mmap{Backing: model.Anon, Prot: model.ProtRead | model.ProtWrite}
	var err *ParseError
	if c.Name, err = p.name("a name for the region"); err != nil {
		return nil, err
	}
	if c.Size, err = p.size(); err != nil {
		return nil, err
	}
	seen := once{}
	for w, ok := p.more(); ok; w, ok = p.more() {
		if err := c.option(p, w, seen); err != nil {
			return nil, err
		}
	}
	c.Private = c.Alias != "" && seen["sharing"] == "private"
	return c, nil
}

// flag is the field that an option word alone sets, or nil.
func (c *Mmap) flag(word string) *bool {
	switch word {
	case "locked":
		return &c.Locked
	case "populate":
		return &c.Populate
	case "noreserve":
		return &c.Noreserve
	case "hugetlb":
		return &c.HugeTLB
	case "grows_down":
		return &c.GrowsDown
	}
	return nil
}

func (c *Mmap) option(p *parser, w token, seen once) *ParseError {
	if f := c.flag(w.text); f != nil {
		*f = true
		return seen.take(w, w.text)
	}
	if prot, ok := protNamed(w.text); ok {
		c.Prot = prot
		return seen.take(w, "protection")
	}
	switch w.text {
	case "private", "shared":
		c.Shared = w.text == "shared"
		return seen.take(w, "sharing")
	case "anon", "memfd", "scratch", "file", "alias":
		if err := seen.take(w, "backing"); err != nil {
			return err
		}
		return c.backing(p, w)
	case "at":
		if err := seen.take(w, w.text); err != nil {
			return err
		}
		t, err := p.target()
		c.At = &t
		return err
	}
	return w.wrong("no such option of mmap", Nearest(w.text, mmapOptions))
}

// backing reads what follows the word for what lies behind the region.
func (c *Mmap) backing(p *parser, w token) (err *ParseError) {
	switch w.text {
	case "alias":
		c.Alias, err = p.name("the name of the region whose file is mapped again")
	case "file":
		c.Backing = model.FileOf
		c.Path, err = p.path()
	default:
		c.Backing = model.Backing(w.text)
	}
	return err
}

// path takes the next word as a path, as it is written: a NUL cannot be in it, since lex
// takes no control character, and ~ means a file of that name.
func (p *parser) path() (string, *ParseError) {
	w, err := p.next("a path after file")
	if err != nil {
		return "", err
	}
	if w.text == "" {
		return "", w.wrong("an empty path names no file", "")
	}
	return w.text, nil
}

func protNamed(s string) (model.Prot, bool) {
	for _, p := range prots {
		if p.String() == s {
			return p, true
		}
	}
	return 0, false
}
