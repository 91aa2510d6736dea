package lang

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"incore/model"
)

// Syscall is a system call with its arguments as they stand, for flags and values that no verb writes.
type Syscall struct {
	Name string    // of the call, one of RawCalls
	Args [6]RawArg // those that the call has; the others are zero
}

// RawArg is one argument of a [Syscall]: a number, constants of the C headers, or a target, which stands for its address.
type RawArg struct {
	Value uint64       // of a number or of constants
	Text  string       // the constants as they are joined: PROT_READ|PROT_WRITE; "" of a number and of a target
	T     model.Target // where Of is set
	Of    bool         // the argument is the address of T
}

// rawKind is what an argument of a raw call can be.
type rawKind struct {
	usage string
	bits  int           // that the kernel takes of it: an int has 32
	at    bool          // it is an address: a target may stand for it
	of    model.FlagSet // whose constants it takes
	more  []rawConst    // others that it takes
}

// rawConst is a constant of the C headers.
type rawConst struct {
	name  string
	value uint64
}

// rawCall is a call that syscall makes.
type rawCall struct {
	name, help string
	args       []rawKind
}

// The constants that no FlagSet has, by linux/asm-generic/mman-common.h, mman.h and linux/mman.h.
var (
	rawProts     = []rawConst{{"PROT_NONE", 0}, {"PROT_SEM", 0x8}, {"PROT_GROWSDOWN", 0x01000000}, {"PROT_GROWSUP", 0x02000000}}
	rawMaps      = []rawConst{{"MAP_SHARED_VALIDATE", 0x3}, {"MAP_STACK", 0x20000}, {"MAP_SYNC", 0x80000}, {"MAP_FIXED_NOREPLACE", 0x100000}}
	rawMremaps   = []rawConst{{"MREMAP_FIXED", 2}, {"MREMAP_DONTUNMAP", 4}}
	adviceValues = map[Advice]uint64{
		"normal": 0, "random": 1, "sequential": 2, "willneed": 3, "dontneed": 4, "free": 8, "remove": 9, "dontfork": 10, "dofork": 11,
		"mergeable": 12, "unmergeable": 13, "hugepage": 14, "nohugepage": 15, "dontdump": 16, "dodump": 17, "wipeonfork": 18, "keeponfork": 19,
		"cold": 20, "pageout": 21, "populate_read": 22, "populate_write": 23, "dontneed_locked": 24, "collapse": 25,
		"guard_install": 102, "guard_remove": 103,
	}
)

// AdviceValue returns the number of an advice of madvise(2).
func AdviceValue(a Advice) uint64 { return adviceValues[a] }

func rawAdvices() (out []rawConst) {
	for _, a := range advices {
		out = append(out, rawConst{"MADV_" + strings.ToUpper(a), adviceValues[Advice(a)]})
	}
	return append(out, rawConst{"MADV_HWPOISON", 100}, rawConst{"MADV_SOFT_OFFLINE", 101})
}

var (
	rawAddr = rawKind{usage: "ADDR", bits: 64, at: true}
	rawLen  = rawKind{usage: "LEN", bits: 64}
	rawProt = rawKind{usage: "PROT", bits: 64, of: model.ProtFlags, more: rawProts}
)

func rawFlags(bits int, of model.FlagSet, more ...rawConst) rawKind {
	return rawKind{usage: "FLAGS", bits: bits, of: of, more: more}
}

// rawCalls are the calls that syscall makes.
var rawCalls = []rawCall{
	{"mmap", "Only what Linux is sure to refuse.", []rawKind{rawAddr, rawLen, rawProt, rawFlags(64, model.MapFlags, rawMaps...), {usage: "FD", bits: 32}, {usage: "OFFSET", bits: 64}}},
	{"munmap", "As munmap.", []rawKind{rawAddr, rawLen}},
	{"mremap", "Only what Linux is sure to refuse.", []rawKind{rawAddr, rawLen, {usage: "NEWLEN", bits: 64}, rawFlags(64, model.MremapFlags, rawMremaps...), {usage: "NEWADDR", bits: 64, at: true}}},
	{"mprotect", "As mprotect, with any protection.", []rawKind{rawAddr, rawLen, rawProt}},
	{"mlock", "As mlock.", []rawKind{rawAddr, rawLen}},
	{"mlock2", "As mlock2, with any flags.", []rawKind{rawAddr, rawLen, rawFlags(32, model.MlockFlags)}},
	{"munlock", "As munlock.", []rawKind{rawAddr, rawLen}},
	{"mlockall", "As mlockall, with any flags.", []rawKind{rawFlags(32, model.MlockallFlags)}},
	{"munlockall", "As munlockall.", nil},
	{"madvise", "As madvise, with any advice but those for the whole machine.", []rawKind{rawAddr, rawLen, {usage: "ADVICE", bits: 32, more: rawAdvices()}}},
	{"msync", "As msync, with any flags.", []rawKind{rawAddr, rawLen, rawFlags(32, model.MsyncFlags)}},
	{"mincore", "As mincore, with a vector in a region's memory.", []rawKind{rawAddr, rawLen, {usage: "VEC", bits: 64, at: true}}},
	{"mseal", "As mseal, with any flags.", []rawKind{rawAddr, rawLen, rawFlags(64, 0)}},
}

// constants are those that an argument takes.
func (k rawKind) constants() (out []rawConst) {
	if k.of != 0 {
		list, _ := k.of.Arg(math.MaxUint64).Flags()
		for _, f := range list {
			out = append(out, rawConst{f.String(), f.Bits()})
		}
	}
	return append(out, k.more...)
}

// RawCalls lists the calls that syscall makes.
func RawCalls() (names []string) {
	for _, c := range rawCalls {
		names = append(names, c.name)
	}
	return names
}

// Count returns how many arguments the call has.
func (c Syscall) Count() int {
	if i := slices.IndexFunc(rawCalls, func(r rawCall) bool { return r.name == c.Name }); i >= 0 {
		return len(rawCalls[i].args)
	}
	return 0
}

// read reads an argument.
func (k rawKind) read(w token) (a RawArg, err *ParseError) {
	if k.at && nameLen(w.text) > 0 {
		t, err := parseTarget(w)
		return RawArg{T: t, Of: true}, err
	}
	if w.text != "" && (w.text[0] == '-' || w.text[0] >= '0' && w.text[0] <= '9') && !strings.Contains(w.text, "|") {
		n, err := k.number(w, w.text)
		return RawArg{Value: n}, err
	}
	all := k.constants()
	for piece := range strings.SplitSeq(w.text, "|") {
		i := slices.IndexFunc(all, func(c rawConst) bool { return c.name == piece })
		switch {
		case i >= 0:
			a.Value |= all[i].value
		case strings.HasPrefix(piece, "0x"):
			n, err := k.number(w, piece)
			if err != nil {
				return a, err
			}
			a.Value |= n
		default:
			return a, w.wrong("neither a number nor a constant of this argument", Nearest(piece, k.words()))
		}
	}
	a.Text = w.text
	return a, nil
}

// number reads a number. An int takes 32 bits of it, so no more may be written: the kernel would drop them.
func (k rawKind) number(w token, text string) (uint64, *ParseError) {
	digits, negative := strings.CutPrefix(text, "-")
	n, err := parseUint(digits, math.MaxUint64)
	switch {
	case err == errNumber:
		return 0, w.wrong("not a number", "")
	case err != nil || negative && (n == 0 || n > 1<<63):
		return 0, w.wrong("a number that 64 bits do not hold", "")
	case k.bits == 32 && (n > math.MaxUint32 || negative && n > 1<<31):
		return 0, w.wrong("an int, of which the kernel takes 32 bits", "")
	case negative:
		return -n, nil
	}
	return n, nil
}

func (k rawKind) words() (out []string) {
	for _, c := range k.constants() {
		out = append(out, c.name)
	}
	return out
}

// String returns the argument as the language writes it.
func (a RawArg) String() string {
	switch {
	case a.Of:
		return a.T.String()
	case a.Text != "":
		return model.Visible(a.Text)
	case a.Value > math.MaxUint64-4096:
		return strconv.FormatInt(int64(a.Value), 10)
	case a.Value < 1<<20:
		return strconv.FormatUint(a.Value, 10)
	}
	return fmt.Sprintf("%#x", a.Value)
}

// part is the nth argument of a call.
func (k rawKind) part(n int) part[Syscall] {
	in := kind[RawArg]{Kind: Kind{Form: FormNumber, Usage: k.usage, What: k.usage + ", a number", High: math.MaxInt32}, read: k.read, write: RawArg.String}
	in.Words = []string{"4096", "0", "-1"}
	if k.bits == 32 {
		in.Words = []string{"-1"} // a descriptor
	}
	if k.words() != nil {
		in.Words, in.What = k.words(), k.usage+", a number or constants such as "+k.words()[0]
	}
	if k.at {
		in.Names, in.What = OfTarget, k.usage+", a number or a target, which stands for its address"
	}
	return need(in, func(c *Syscall) *RawArg { return &c.Args[n] })
}

// rawForms is the name of a call and its arguments.
func rawForms() part[Syscall] {
	k := Kind{Form: FormWord, Usage: "NAME", What: "the name of a call", Words: RawCalls()}
	pt := part[Syscall]{Part: Part{Usage: "NAME ARG…"}}
	forms := make([][]part[Syscall], len(rawCalls))
	for i, c := range rawCalls {
		check := Check{Name: c.name, Help: c.help}
		for n, a := range c.args {
			forms[i] = append(forms[i], a.part(n))
			check.Parts = append(check.Parts, forms[i][n].Part)
		}
		check.Usage = usage("syscall "+c.name, forms[i])
		pt.Forms = append(pt.Forms, check)
	}
	find := func(name string) int { return slices.Index(k.Words, name) }
	pt.read = func(p *parser, c *Syscall) *ParseError {
		w, err := p.next(&k)
		if err != nil {
			return err
		}
		i := find(w.text)
		if i < 0 {
			return w.wrong("syscall makes no such call", Nearest(w.text, k.Words))
		}
		p.verb, p.usage = "syscall "+w.text, pt.Forms[i].Usage
		c.Name = w.text
		return readParts(p, c, forms[i])
	}
	pt.write = func(w *words, c *Syscall) {
		w.add(model.Visible(c.Name))
		if i := find(c.Name); i >= 0 {
			writeParts(w, c, forms[i])
		}
	}
	return pt
}

var rawVerbs = []verb{
	row("Make one of the calls above with arguments as they stand: numbers, constants, or a target for its address.", Syscall{}, rawForms()),
}

// Verb and String implement [model.Command].

func (Syscall) Verb() string     { return "syscall" }
func (c Syscall) String() string { return printed(c) }

// Address returns the nth argument as the kernel gets it, in a process.
func (c Syscall) Address(p *model.Process, nth int) (uint64, error) {
	a := c.Args[nth]
	if !a.Of {
		return a.Value, nil
	}
	s, err := p.Resolve(a.T)
	return s.Addr, err
}

// Plain returns the command of a verb that makes the very call in a process. It reports whether there is one; where not, it is nil.
func (c Syscall) Plain(p *model.Process) (model.Command, bool) {
	if plain, ok := c.plain(p); ok {
		return plain, true
	}
	return nil, false
}

func (c Syscall) plain(p *model.Process) (model.Command, bool) {
	addr, err := c.Address(p, 0)
	if err != nil {
		return nil, false
	}
	t := model.Target{Form: model.RawSpan, Off: addr, Len: c.Args[1].Value}
	v, bare := c.Args[2].Value, uint32(c.Args[2].Value)
	switch c.Name {
	case "munmap":
		return Munmap{t}, true
	case "mlock":
		return Mlock{t}, true
	case "munlock":
		return Munlock{t}, true
	case "mlock2":
		return Mlock2{t, bare == 1}, bare <= 1
	case "mseal":
		return Mseal{t}, v == 0
	case "mprotect":
		return Mprotect{t, model.Prot(v)}, v <= uint64(model.ProtRead|model.ProtWrite|model.ProtExec)
	case "munlockall":
		return Munlockall{}, true
	case "mlockall":
		f := uint32(c.Args[0].Value)
		return Mlockall{Current: f&1 != 0, Future: f&2 != 0, OnFault: f&4 != 0}, f <= 7
	case "madvise":
		for a, value := range adviceValues {
			if uint32(value) == bare {
				return Madvise{t, a}, true
			}
		}
	case "msync":
		var modes []string
		for i, bit := range []uint32{4, 1, 2} { // as syncModes has them
			if bare&bit != 0 {
				modes = append(modes, syncModes[i])
			}
		}
		return Msync{t, SyncMode(strings.Join(modes, ","))}, bare > 0 && bare <= 7
	}
	return nil, false
}
