package calls_test

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode"

	gocmp "github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
	"incore/model/modeltest"
)

// explainCase is a call that failed, or a touch that got a signal, and what is to be said.
type explainCase struct {
	name, line   string // the command
	call, answer string // its errno, or its signal
	kernel       string // 6.18.44 where nothing is said
	pages        []model.Page
	change       func(*world)
	why, try     string
}

// world is what a case may change: the event, the process that made the call and the state.
type world struct {
	s model.State
	p *model.Process
	e model.Event
}

// make is the event of a case, and the state after it, with the regions a and b.
func (tt explainCase) make(t *testing.T) (model.Event, model.State) {
	t.Helper()
	pages, kernel := tt.pages, tt.kernel
	if pages == nil {
		pages = []model.Page{modeltest.MappedPage}
	}
	if kernel == "" {
		kernel = "6.18.44"
	}
	w := world{s: model.State{Kernel: kernel, Procs: modeltest.Procs(pages...)}}
	w.p = w.s.Main()
	c := modeltest.Parsed(tt.line)
	w.e = model.Event{Command: c, Call: tt.call, Ret: -1, Looked: &model.Looked{Before: 1, After: 1, Same: true}}
	if tt.answer[0] == 'E' {
		w.e.Errno = tt.answer
	} else {
		w.e.Signal, w.e.Ret = &model.Signal{Name: tt.answer}, 0
	}
	if in, ok := c.(lang.In); ok {
		w.p.Name, w.e.Proc, c = in.Proc, in.Proc, in.Do
	}
	if tt.change != nil {
		tt.change(&w)
	}
	slices.SortFunc(w.p.VMAs, func(a, b model.VMA) int { return cmp.Compare(a.Start, b.Start) })
	if w.e.Args == nil {
		w.e.Args = argsOf(t, w.p, c, tt.call)
	}
	return w.e, w.s
}

// argsOf are the arguments that the kernel gets of a command, as far as they matter.
func argsOf(t *testing.T, p *model.Process, c model.Command, call string) []model.Arg {
	t.Helper()
	span := func(target model.Target) []model.Arg {
		s, err := p.Resolve(target)
		if err != nil {
			t.Fatal(err)
		}
		return []model.Arg{modeltest.Addr(s.Addr), modeltest.Bytes(s.Len)}
	}
	size := func(s model.Size) model.Arg { return modeltest.Bytes(s.Bytes(p.PageSize)) }
	switch c := c.(type) {
	case lang.Mmap:
		at := modeltest.Text("NULL")
		if c.At != nil {
			at = span(*c.At)[0]
		}
		switch call {
		case "openat", "memfd_create", "memfd_secret", "close":
			return []model.Arg{modeltest.Text("3")}
		case "shmat":
			return []model.Arg{modeltest.Text("7"), at}
		}
		return []model.Arg{at, size(c.Size)}
	case lang.Munmap:
		return span(c.T)
	case lang.Mremap:
		flags := model.MremapFlags.Arg(0)
		for f, set := range map[model.Flag]bool{model.MremapMayMove: !c.Stay, model.MremapFixed: c.At != nil, model.MremapDontUnmap: c.DontUnmap} {
			if set {
				flags.Value |= f.Bits()
			}
		}
		args := append(span(c.T), size(c.Size), flags)
		if c.At != nil {
			args = append(args, span(*c.At)[0])
		}
		return args
	case lang.Mseal:
		return span(c.T)
	case lang.Mlock:
		return span(c.T)
	case lang.Mlock2:
		return span(c.T)
	case lang.Munlock:
		return span(c.T)
	case lang.Mprotect:
		return span(c.T)
	case lang.PkeyMprotect:
		return span(c.T)
	case lang.Madvise:
		return span(c.T)
	case lang.Msync:
		return span(c.T)
	case lang.Mincore:
		return span(c.T)
	case lang.Touch:
		return span(c.T)
	case lang.PosixFadvise:
		return []model.Arg{modeltest.Text("-1"), modeltest.Bytes(0), span(c.T)[1]}
	case lang.Brk:
		return []model.Arg{modeltest.Addr(baseHeap + c.Size.Bytes(p.PageSize))}
	case lang.ReadFile:
		return append([]model.Arg{modeltest.Text("5")}, span(c.T)...)
	case lang.WriteFile:
		return append([]model.Arg{modeltest.Text("5")}, span(c.T)...)
	case lang.Shmdt:
		return span(modeltest.Whole(c.Name))[:1]
	case lang.Shmat:
		if c.At != nil {
			return []model.Arg{modeltest.Text("7"), span(*c.At)[0]}
		}
		return []model.Arg{modeltest.Text("7"), modeltest.Text("NULL")}
	case lang.Shmget:
		if call == "shmat" {
			return []model.Arg{modeltest.Text("7"), modeltest.Text("NULL")}
		}
		return []model.Arg{modeltest.Text("0x1234"), size(c.Size)}
	}
	return nil
}

// baseHeap is where the heap of a case ends.
const baseHeap = 0x500000

// explainCases are all of them, of all files.
func explainCases() []explainCase {
	return slices.Concat(lockCases, mapCases, hugeCases, commitCases, remapCases, protectCases, keyCases, keyedCases(), adviceCases, fileCases, secretCases,
		openCases, heapCases, segmentCases, processCases, kernelCases, signalCases, loopCases, sharedCases, knownCases)
}

func runExplain(t *testing.T, cases []explainCase) {
	for _, tt := range cases {
		t.Run(tt.call+" "+tt.name, func(t *testing.T) {
			e, s := tt.make(t)
			why, try := calls.Explain(e, s)
			if diff := gocmp.Diff([]string{tt.why, tt.try}, []string{why, try}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What is said are sentences, and what to try is one, or begins with a command that can be
// typed as it stands.
func TestExplainSentences(t *testing.T) {
	for _, tt := range explainCases() {
		for _, text := range []string{tt.why, tt.try} {
			if text != "" && !strings.HasSuffix(text, ".") || strings.Contains(text, "  ") {
				t.Errorf("%s: no sentence: %q", tt.name, text)
			}
		}
		if tt.why == "" && tt.try != "" {
			t.Errorf("%s: no cause, and yet: %q", tt.name, tt.try)
		}
		if first := tt.try; first != "" && !unicode.IsUpper(rune(first[0])) && !beginsWithCommand(first) {
			t.Errorf("%s: neither a sentence nor a command: %q", tt.name, first)
		}
	}
}

// beginsWithCommand reports whether the first words of a text are a command.
func beginsWithCommand(text string) bool {
	words := strings.Fields(text)
	for n := len(words); n > 0; n-- {
		if c, err := lang.Parse(strings.TrimRight(strings.Join(words[:n], " "), ".,:;")); err == nil && c != nil {
			return true
		}
	}
	return false
}

func TestExplainNothingToExplain(t *testing.T) {
	s := model.State{Procs: modeltest.Procs(modeltest.MappedPage)}
	for _, e := range []model.Event{
		{Call: "mlock"},
		{Command: modeltest.Parsed("mlock c"), Refused: "c: no such region"},
		{Call: "touch", Refused: "no answer: the subject is dead", Errno: "ENOSYS"},
		{Note: "x"},
	} {
		if why, try := calls.Explain(e, s); why != "" || try != "" {
			t.Errorf("%+v: %q, %q", e, why, try)
		}
	}
}

// No explanation panics, or sends a control character, whatever the arguments and the state
// are.
func FuzzExplain(f *testing.F) {
	for i, tt := range explainCases() {
		f.Add(tt.line, tt.call, tt.answer, uint8(i), uint64(modeltest.BaseA), uint64(4096), int64(4096))
	}
	f.Add("mlock a", "mlock", "ENOMEM", uint8(255), uint64(math.MaxUint64), uint64(math.MaxUint64), int64(math.MaxInt64))
	f.Add("mmap c 1 locked", "mmap", "EAGAIN", uint8(10), uint64(0), uint64(math.MaxInt64), int64(1))
	codes := []string{"SEGV_ACCERR", "SEGV_MAPERR", "SI_KERNEL", "BUS_ADRERR"}
	f.Fuzz(func(t *testing.T, line, call, answer string, pick uint8, at, n uint64, amount int64) {
		c, err := lang.Parse(line)
		if err != nil || c == nil || answer == "" {
			return
		}
		e := model.Event{Command: c, Call: call, Args: []model.Arg{modeltest.Addr(at), modeltest.Bytes(n), modeltest.Bytes(uint64(amount))}, VmLck: amount % 3}
		if answer[0] == 'E' {
			e.Errno = answer
		} else {
			e.Signal = &model.Signal{Name: answer, Code: codes[int(pick>>4)%len(codes)], Addr: at}
		}
		s := model.State{Kernel: line, Procs: modeltest.Procs(modeltest.MappedPage, modeltest.HolePage, modeltest.LockedPage, modeltest.GuardPage, modeltest.NoAccessPage)}
		p := s.Main()
		p.Stat.VmLck, p.Stat.VmSize, p.Limits.MemlockSoft, p.Limits.MemlockHard = amount, amount, amount/2, amount
		s.System = model.System{
			MemTotal: amount, Overcommit: int(pick % 3), CommitLimit: amount / 2, Committed: amount / 3, HugeSize: amount, HugeFree: 1,
			MaxMapCount: amount % 8,
		}
		for i := range p.VMAs {
			v := &p.VMAs[i]
			v.Sealed, v.GrowsDown, v.HugeTLB, v.Shared = pick&1 != 0, pick&2 != 0, pick&4 != 0, pick&8 != 0
		}
		switch pick {
		case 254:
			p.PageSize = 0
		case 255:
			s.Procs = nil
		}
		why, try := calls.Explain(e, s)
		modeltest.RefuseControls(t, why)
		modeltest.RefuseControls(t, try)
		if why == "" && try != "" {
			t.Errorf("no cause, and yet: %q", try)
		}
	})
}
