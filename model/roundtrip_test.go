package model_test

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"incore/model"
)

// Generators of every command that the parser can produce.

func drawName(t *rapid.T, label string) string {
	return rapid.StringMatching(`[a-z][a-z0-9_]{0,31}`).Draw(t, label)
}

func drawTarget(t *rapid.T, label string) model.Target {
	page := rapid.Int64Range(0, model.MaxPage)
	switch form := rapid.SampledFrom([]model.TargetForm{
		model.WholeRegion, model.PageSpan, model.PageTail, model.ByteSpan, model.RawSpan,
	}).Draw(t, label); form {
	case model.PageSpan:
		first := page.Draw(t, "first")
		last := rapid.Int64Range(first, model.MaxPage).Draw(t, "last")
		return model.Target{Form: form, Region: drawName(t, "region"), First: first, Last: last}
	case model.PageTail:
		return model.Target{Form: form, Region: drawName(t, "region"), First: page.Draw(t, "first")}
	case model.ByteSpan:
		off := rapid.Uint64Range(0, 1<<63-1).Draw(t, "off")
		n := rapid.Uint64Range(0, 1<<63-1-off).Draw(t, "len")
		return model.Target{Form: form, Region: drawName(t, "region"), Off: off, Len: n}
	case model.RawSpan:
		return model.Target{Form: form, Off: rapid.Uint64().Draw(t, "addr"), Len: rapid.Uint64().Draw(t, "len")}
	}
	return whole(drawName(t, "region"))
}

func drawSize(t *rapid.T) model.Size {
	most := map[model.Unit]uint64{
		model.Pages: 1<<48 - 1, model.Bytes: 1<<64 - 1,
		model.KiB: 1<<54 - 1, model.MiB: 1<<44 - 1, model.GiB: 1<<34 - 1, model.TiB: 1<<24 - 1,
	}
	u := rapid.SampledFrom([]model.Unit{
		model.Pages, model.Bytes, model.KiB, model.MiB, model.GiB, model.TiB,
	}).Draw(t, "unit")
	return model.Size{N: rapid.Uint64Range(0, most[u]).Draw(t, "size"), Unit: u}
}

func drawExpect(t *rapid.T) model.Expect {
	forms := model.ExpectForms()
	e := model.Expect{Kind: model.ExpectKind(rapid.SampledFrom(forms).Draw(t, "kind").Name)}
	op := rapid.SampledFrom([]model.Op{model.Eq, model.Ne, model.Lt, model.Le, model.Gt, model.Ge})
	count := rapid.Int64Range(0, 1<<63-1)
	state := rapid.SampledFrom(model.PageStates())
	switch e.Kind {
	case model.ExpectErrno:
		e.Word = rapid.SampledFrom(model.Errnos()).Draw(t, "errno")
	case model.ExpectSignal:
		e.Word = "SIGSEGV"
		e.Code = rapid.SampledFrom([]string{"", "SEGV_ACCERR", "SI_USER", "-6", "128"}).Draw(t, "code")
		if e.In = rapid.Bool().Draw(t, "in"); e.In {
			e.T = drawTarget(t, "target")
		}
	case model.ExpectDead:
		e.Word = rapid.SampledFrom([]string{"", "SIGKILL"}).Draw(t, "signal")
	case model.ExpectMinor, model.ExpectMajor:
		e.Op, e.N = op.Draw(t, "op"), count.Draw(t, "n")
	case model.ExpectReturn:
		e.Op, e.N = op.Draw(t, "op"), rapid.Int64Range(-1<<63+1, 1<<63-1).Draw(t, "n")
	case model.ExpectAll, model.ExpectNo:
		e.T = drawTarget(t, "target")
		e.States = rapid.SliceOfNDistinct(state, 1, 4, rapid.ID).Draw(t, "states")
	case model.ExpectCount:
		e.T, e.States = drawTarget(t, "target"), []model.PageState{state.Draw(t, "state")}
		e.Op, e.N = op.Draw(t, "op"), count.Draw(t, "n")
	case model.ExpectVMAs:
		e.T, e.Op, e.N = drawTarget(t, "target"), op.Draw(t, "op"), count.Draw(t, "n")
	case model.ExpectVmLck, model.ExpectRSS, model.ExpectSwap:
		e.Op, e.Size = op.Draw(t, "op"), drawSize(t)
	case model.ExpectRlimit:
		e.Op = op.Draw(t, "op")
		if e.Unlimited = rapid.Bool().Draw(t, "unlimited"); !e.Unlimited {
			e.Size = drawSize(t)
		}
	}
	return e
}

func drawCommand(t *rapid.T) model.Command {
	var verbs []string
	for _, v := range model.Verbs() {
		if v.Built {
			verbs = append(verbs, v.Name)
		}
	}
	flip := rapid.Bool()
	rate := rapid.Int64Range(0, int64(model.MaxRate))
	switch verb := rapid.SampledFrom(verbs).Draw(t, "verb"); verb {
	case "mmap":
		return model.Mmap{
			Name: drawName(t, "name"), Size: drawSize(t), Shared: flip.Draw(t, "shared"),
			Backing: rapid.SampledFrom([]model.Backing{model.Anon, model.Memfd}).Draw(t, "backing"),
			Prot:    rapid.SampledFrom(model.Protections()).Draw(t, "prot"),
			Locked:  flip.Draw(t, "locked"), Populate: flip.Draw(t, "populate"), Noreserve: flip.Draw(t, "noreserve"),
		}
	case "munmap":
		return model.Munmap{T: drawTarget(t, "target")}
	case "mlock":
		return model.Mlock{T: drawTarget(t, "target")}
	case "mlock2":
		return model.Mlock2{T: drawTarget(t, "target"), OnFault: flip.Draw(t, "onfault")}
	case "munlock":
		return model.Munlock{T: drawTarget(t, "target")}
	case "mlockall":
		return model.Mlockall{
			Current: flip.Draw(t, "current"), Future: flip.Draw(t, "future"), OnFault: flip.Draw(t, "onfault"),
		}
	case "munlockall":
		return model.Munlockall{}
	case "mprotect":
		return model.Mprotect{T: drawTarget(t, "target"), Prot: rapid.SampledFrom(model.Protections()).Draw(t, "prot")}
	case "madvise":
		advice := rapid.SampledFrom(model.Advices()).Draw(t, "advice")
		return model.Madvise{T: drawTarget(t, "target"), Advice: model.Advice(advice)}
	case "mincore":
		return model.Mincore{T: drawTarget(t, "target")}
	case "touch":
		c := model.Touch{
			T:      drawTarget(t, "target"),
			Access: rapid.SampledFrom([]model.Access{model.Read, model.Write, model.Exec}).Draw(t, "access"),
			Every:  rapid.Int64Range(1, model.MaxPage).Draw(t, "every"),
			Random: flip.Draw(t, "random"), Paced: flip.Draw(t, "paced"),
		}
		if c.Paced {
			c.Rate = model.Rate(rate.Draw(t, "rate"))
		}
		return c
	case "memset":
		return model.Memset{T: drawTarget(t, "target"), Byte: rapid.Byte().Draw(t, "byte")}
	case "memcpy":
		return model.Memcpy{Dst: drawTarget(t, "dst"), Src: drawTarget(t, "src")}
	case "memmove":
		return model.Memmove{Dst: drawTarget(t, "dst"), Src: drawTarget(t, "src")}
	case "memcmp":
		return model.Memcmp{A: drawTarget(t, "a"), B: drawTarget(t, "b")}
	case "reset":
		return model.Reset{}
	case "say":
		text := rapid.StringOf(rapid.OneOf(
			rapid.SampledFrom([]rune(" \"'\\#ab\u00a0\u3000")),
			rapid.Rune().Filter(func(r rune) bool { return model.Visible(string(r)) == string(r) }),
		))
		return model.Say{Text: text.Draw(t, "text")}
	case "wait":
		return model.Wait{For: time.Duration(rapid.Int64Range(0, int64(model.MaxWait)).Draw(t, "wait"))}
	case "speed":
		return model.Speed{Rate: model.Rate(rate.Draw(t, "rate"))}
	case "expect":
		return drawExpect(t)
	default:
		t.Fatalf("no generator for %s", verb)
		return nil
	}
}

func TestEveryCommandParsesBack(t *testing.T) { rapid.Check(t, commandParsesBack) }

func FuzzPrint(f *testing.F) { f.Fuzz(rapid.MakeFuzz(commandParsesBack)) }

func commandParsesBack(t *rapid.T) {
	c := drawCommand(t)
	line := c.String()
	got, err := model.Parse(line)
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	if diff := cmp.Diff(c, got); diff != "" {
		t.Fatalf("%q (-made +parsed):\n%s", line, diff)
	}
}

// A size or a page that the parser took can be turned into bytes on a kernel with
// the largest pages without going round.
func TestSizesDoNotOverflow(t *testing.T) {
	const largest = 64 << 10
	rapid.Check(t, func(t *rapid.T) {
		s := drawSize(t)
		unit := s
		unit.N = 1
		if s.Bytes(largest)/unit.Bytes(largest) != s.N {
			t.Fatalf("%s overflows", s)
		}
		target := drawTarget(t, "target")
		p := model.Process{PageSize: largest, Regions: []model.Region{{
			RegionInfo: model.RegionInfo{Name: target.Region, Base: 1 << 47, Len: largest * 4},
		}}}
		if span, err := p.Resolve(target); err == nil && target.Form != model.RawSpan && span.End() < span.Addr {
			t.Fatalf("%s is %#x..%#x", target, span.Addr, span.End())
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, v := range model.Verbs() {
		f.Add(v.Usage)
	}
	for _, s := range []string{
		"mmap a 64 shared memfd rwx locked populate noreserve # x", "mlock a[4..7]", "mlock a[4..]", "touch a every 2 at 9/s",
		"mlock key+100,32", "munlock 0x7f12_3456_7000,4096", `say it\'s "a \" b" '#'`, "wait 1h0m0s", "expect minor <=4",
		"expect count a prot=rw != 3", "expect signal SIGSEGV SEGV_ACCERR in a[9]", "expect rlimit memlock unlimited",
		"say \u2028", "say \x1b[2J", "\ufeffreset",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		c, err := model.Parse(line)
		if err != nil {
			refuseControls(t, err.Error())
			return
		}
		if c == nil {
			return
		}
		printed := c.String()
		refuseControls(t, printed)
		again, err := model.Parse(printed)
		if err != nil {
			t.Fatalf("%q prints as %q: %v", line, printed, err)
		}
		if diff := cmp.Diff(c, again); diff != "" {
			t.Fatalf("%q prints as %q, which is another command:\n%s", line, printed, diff)
		}
		if again.String() != printed {
			t.Fatalf("%q prints as %q", printed, again)
		}
	})
}

func FuzzParseScript(f *testing.F) {
	f.Add("file", "mmap a 4\n# x\n\nmlock a\r\n")
	f.Add("a\nb\x1b", "\x00")
	f.Fuzz(func(t *testing.T, name, script string) {
		lines, err := model.ParseScript(name, strings.NewReader(script))
		if err != nil {
			refuseControls(t, err.Error())
			return
		}
		for i, l := range lines {
			refuseControls(t, l.Text)
			if l.Command == nil || i > 0 && l.Number <= lines[i-1].Number {
				t.Fatalf("line %d: %+v", i, l)
			}
		}
	})
}

func refuseControls(t *testing.T, s string) {
	t.Helper()
	if i := strings.IndexFunc(s, unicode.IsControl); i >= 0 {
		t.Errorf("a control character at byte %d of %q", i, s)
	}
	if s != model.Visible(s) {
		t.Errorf("%q would be shown as %q", s, model.Visible(s))
	}
}
