package lang

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"incore/model"
)

// String is the rate as it is written: 200/s, max.
func (r Rate) String() string {
	if r <= 0 {
		return "max"
	}
	return strconv.FormatInt(int64(r), 10) + "/s"
}

// line joins the words of a command; empty ones are left out.
func line(words ...string) string {
	kept := words[:0]
	for _, w := range words {
		if w != "" {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

// when is word where it holds, and nothing else.
func when(holds bool, word string) string {
	if holds {
		return word
	}
	return ""
}

// The lines of the commands: each String implements fmt.Stringer.

func (c Mmap) String() string {
	backing := when(c.Backing != model.Anon, string(c.Backing))
	if c.Backing == model.FileOf {
		backing += " " + quote(model.Visible(c.Path))
	}
	at := ""
	if c.At != nil {
		at = "at " + c.At.String()
	}
	return line("mmap", c.Name, c.Size.String(), when(c.Shared, "shared"), when(c.Private, "private"), backing,
		when(c.Prot != model.ProtRead|model.ProtWrite, c.Prot.String()), when(c.Locked, "locked"),
		when(c.Populate, "populate"), when(c.Noreserve, "noreserve"), when(c.HugeTLB, "hugetlb"),
		when(c.GrowsDown, "grows_down"), at, when(c.Alias != "", "alias "+c.Alias))
}

func (c Munmap) String() string { return line("munmap", c.T.String()) }
func (c Mlock) String() string  { return line("mlock", c.T.String()) }

func (c Mlock2) String() string {
	return line("mlock2", c.T.String(), when(c.OnFault, "onfault"))
}

func (c Munlock) String() string { return line("munlock", c.T.String()) }

func (c Mlockall) String() string {
	return line("mlockall", when(c.Current, "current"), when(c.Future, "future"), when(c.OnFault, "onfault"))
}

func (c Munlockall) String() string { return "munlockall" }
func (c Mprotect) String() string   { return line("mprotect", c.T.String(), c.Prot.String()) }

func (c Madvise) String() string {
	return line("madvise", c.T.String(), model.Visible(string(c.Advice)))
}

func (c Mincore) String() string { return line("mincore", c.T.String()) }

// String implements fmt.Stringer: the command's line. What is the default is left out.
func (c Touch) String() string {
	return line("touch", c.T.String(),
		when(c.Access != Write, string(c.Access)),
		when(c.Every > 1, "every "+strconv.FormatInt(c.Every, 10)),
		when(c.Random, "random"),
		when(c.Paced, "at "+c.Rate.String()))
}

func (c Memset) String() string  { return line("memset", c.T.String(), fmt.Sprintf("0x%02x", c.Byte)) }
func (c Memcpy) String() string  { return line("memcpy", c.Dst.String(), c.Src.String()) }
func (c Memmove) String() string { return line("memmove", c.Dst.String(), c.Src.String()) }
func (c Memcmp) String() string  { return line("memcmp", c.A.String(), c.B.String()) }
func (c Reset) String() string   { return "reset" }

// String implements fmt.Stringer: the command's line. Words that need no quotes
// are printed without.
func (c Say) String() string {
	text := model.Visible(c.Text)
	plain := !strings.ContainsAny(text, `'"\#`) &&
		strings.IndexFunc(text, func(r rune) bool { return r != ' ' && unicode.IsSpace(r) }) < 0
	if plain && text != "" && text == strings.Join(strings.Fields(text), " ") {
		return "say " + text
	}
	return "say " + quote(text)
}

func (c Wait) String() string {
	d := c.For.String()
	if t, ok := strings.CutSuffix(d, "m0s"); ok {
		d = t + "m"
	}
	if t, ok := strings.CutSuffix(d, "h0m"); ok {
		d = t + "h"
	}
	return "wait " + d
}

func (c Speed) String() string { return "speed " + c.Rate.String() }

func (e Expect) String() string {
	words := []string{"expect", string(e.Kind)}
	op := when(e.Op != Eq, string(e.Op))
	n := strconv.FormatInt(e.N, 10)
	switch e.Kind {
	case ExpectErrno:
		words = append(words, e.Word)
	case ExpectAlive:
		words = append(words, e.Proc)
	case ExpectDead:
		words = append(words, e.Proc, e.Word)
	case ExpectSignal:
		words = append(words, e.Word, e.Code, when(e.In, "in "+e.T.String()))
	case ExpectMinor, ExpectMajor, ExpectReturn:
		words = append(words, op, n)
	case ExpectAll, ExpectNo, ExpectCount:
		words = append(words, e.T.String())
		for _, s := range e.States {
			words = append(words, string(s))
		}
		if e.Kind == ExpectCount {
			words = append(words, op, n)
		}
	case ExpectVMAs:
		words = append(words, e.T.String(), op, n)
	case ExpectVmLck, ExpectRSS, ExpectSwap:
		words = append(words, op, e.Size.String())
	case ExpectRlimit:
		amount := e.Size.String()
		if e.Unlimited {
			amount = "unlimited"
		}
		words = append(words, "memlock", op, amount)
	}
	return line(words...)
}
