package modeltest

import (
	"time"

	"pgregory.net/rapid"

	"incore/model"
	"incore/model/lang"
)

// Generators of every command that the parser can produce.

func drawName(t *rapid.T, label string) string {
	return rapid.StringMatching(`[a-z][a-z0-9_]{0,31}`).Draw(t, label)
}

// DrawTarget draws a target of any form.
func DrawTarget(t *rapid.T, label string) model.Target {
	page := rapid.Int64Range(0, lang.MaxPage)
	switch form := rapid.SampledFrom([]model.TargetForm{
		model.WholeRegion, model.PageSpan, model.PageTail, model.ByteSpan, model.RawSpan,
	}).Draw(t, label); form {
	case model.PageSpan:
		first := page.Draw(t, "first")
		last := rapid.Int64Range(first, lang.MaxPage).Draw(t, "last")
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
	return Whole(drawName(t, "region"))
}

// DrawSize draws a size in any unit.
func DrawSize(t *rapid.T) model.Size {
	most := map[model.Unit]uint64{
		model.Pages: 1<<48 - 1, model.Bytes: 1<<64 - 1,
		model.KiB: 1<<54 - 1, model.MiB: 1<<44 - 1, model.GiB: 1<<34 - 1, model.TiB: 1<<24 - 1,
	}
	u := rapid.SampledFrom([]model.Unit{
		model.Pages, model.Bytes, model.KiB, model.MiB, model.GiB, model.TiB,
	}).Draw(t, "unit")
	return model.Size{N: rapid.Uint64Range(0, most[u]).Draw(t, "size"), Unit: u}
}

func drawExpect(t *rapid.T) lang.Expect {
	forms := lang.ExpectForms()
	e := lang.Expect{Kind: lang.ExpectKind(rapid.SampledFrom(forms).Draw(t, "kind").Name)}
	op := rapid.SampledFrom([]lang.Op{lang.Eq, lang.Ne, lang.Lt, lang.Le, lang.Gt, lang.Ge})
	count := rapid.Int64Range(0, 1<<63-1)
	state := rapid.SampledFrom(lang.PageStates())
	switch e.Kind {
	case lang.ExpectErrno:
		e.Word = rapid.SampledFrom(lang.Errnos()).Draw(t, "errno")
	case lang.ExpectSignal:
		e.Word = "SIGSEGV"
		e.Code = rapid.SampledFrom([]string{"", "SEGV_ACCERR", "SI_USER", "-6", "128"}).Draw(t, "code")
		if e.In = rapid.Bool().Draw(t, "in"); e.In {
			e.T = DrawTarget(t, "target")
		}
	case lang.ExpectAlive:
		e.Proc = drawProc(t)
	case lang.ExpectDead:
		e.Proc = drawProc(t)
		e.Word = rapid.SampledFrom([]string{"", "SIGKILL"}).Draw(t, "signal")
	case lang.ExpectMinor, lang.ExpectMajor:
		e.Op, e.N = op.Draw(t, "op"), count.Draw(t, "n")
	case lang.ExpectReturn:
		e.Op, e.N = op.Draw(t, "op"), rapid.Int64Range(-1<<63+1, 1<<63-1).Draw(t, "n")
	case lang.ExpectAll, lang.ExpectNo:
		e.T = DrawTarget(t, "target")
		e.States = rapid.SliceOfNDistinct(state, 1, 4, rapid.ID).Draw(t, "states")
	case lang.ExpectCount:
		e.T, e.States = DrawTarget(t, "target"), []model.PageState{state.Draw(t, "state")}
		e.Op, e.N = op.Draw(t, "op"), count.Draw(t, "n")
	case lang.ExpectVMAs:
		e.T, e.Op, e.N = DrawTarget(t, "target"), op.Draw(t, "op"), count.Draw(t, "n")
	case lang.ExpectVmLck, lang.ExpectRSS, lang.ExpectSwap:
		e.Op, e.Size = op.Draw(t, "op"), DrawSize(t)
	case lang.ExpectRlimit:
		e.Op = op.Draw(t, "op")
		if e.Unlimited = rapid.Bool().Draw(t, "unlimited"); !e.Unlimited {
			e.Size = DrawSize(t)
		}
	}
	return e
}

// drawProc is the name of a process, or none.
func drawProc(t *rapid.T) string {
	if flip.Draw(t, "named") {
		return drawName(t, "process")
	}
	return ""
}

// DrawCommand draws a command of any verb.
func DrawCommand(t *rapid.T) model.Command {
	verb := rapid.SampledFrom(lang.Verbs()).Draw(t, "verb").Name
	for _, draw := range []func(*rapid.T, string) model.Command{drawMapping, drawLocking, drawPages, drawHeap, drawProcess, drawSession} {
		if c := draw(t, verb); c != nil {
			return c
		}
	}
	t.Fatalf("no generator for %s", verb)
	return nil
}

var flip = rapid.Bool()

// The generators of the verbs by family; nil for a verb of another one.

func drawMapping(t *rapid.T, verb string) model.Command {
	switch verb {
	case "mmap":
		return drawMmap(t)
	case "mremap":
		return lang.Mremap{Name: drawName(t, "name"), Size: DrawSize(t)}
	case "mseal":
		return lang.Mseal{T: DrawTarget(t, "target")}
	case "munmap":
		return lang.Munmap{T: DrawTarget(t, "target")}
	}
	return nil
}

func drawMmap(t *rapid.T) lang.Mmap {
	c := lang.Mmap{
		Name: drawName(t, "name"), Size: DrawSize(t), Shared: flip.Draw(t, "shared"), Backing: model.Anon,
		Prot:   rapid.SampledFrom(lang.Protections()).Draw(t, "prot"),
		Locked: flip.Draw(t, "locked"), Populate: flip.Draw(t, "populate"), Noreserve: flip.Draw(t, "noreserve"),
		HugeTLB: flip.Draw(t, "hugetlb"), GrowsDown: flip.Draw(t, "grows_down"),
	}
	if flip.Draw(t, "fixed") {
		at := DrawTarget(t, "at")
		c.At = &at
	}
	if flip.Draw(t, "aliased") {
		c.Alias = drawName(t, "alias")
		c.Private = !c.Shared && flip.Draw(t, "private")
		return c
	}
	c.Backing = rapid.SampledFrom([]model.Backing{model.Anon, model.Memfd, model.Scratch, model.FileOf}).Draw(t, "backing")
	if c.Backing == model.FileOf {
		c.Path = drawText(t, "path", 1)
	}
	return c
}

// drawText is any text that a line can hold, of at least least characters.
func drawText(t *rapid.T, label string, least int) string {
	return rapid.StringOfN(rapid.OneOf(
		rapid.SampledFrom([]rune(" \"'\\#ab\u00a0\u3000")),
		rapid.Rune().Filter(func(r rune) bool { return model.Visible(string(r)) == string(r) }),
	), least, -1, -1).Draw(t, label)
}

func drawLocking(t *rapid.T, verb string) model.Command {
	switch verb {
	case "mlock":
		return lang.Mlock{T: DrawTarget(t, "target")}
	case "mlock2":
		return lang.Mlock2{T: DrawTarget(t, "target"), OnFault: flip.Draw(t, "onfault")}
	case "munlock":
		return lang.Munlock{T: DrawTarget(t, "target")}
	case "mlockall":
		return lang.Mlockall{
			Current: flip.Draw(t, "current"), Future: flip.Draw(t, "future"), OnFault: flip.Draw(t, "onfault"),
		}
	case "munlockall":
		return lang.Munlockall{}
	}
	return nil
}

func drawPages(t *rapid.T, verb string) model.Command {
	switch verb {
	case "mprotect":
		return lang.Mprotect{T: DrawTarget(t, "target"), Prot: rapid.SampledFrom(lang.Protections()).Draw(t, "prot")}
	case "madvise":
		advice := rapid.SampledFrom(lang.Advices()).Draw(t, "advice")
		return lang.Madvise{T: DrawTarget(t, "target"), Advice: lang.Advice(advice)}
	case "posix_fadvise":
		advice := rapid.SampledFrom(lang.FileAdvices()).Draw(t, "advice")
		return lang.PosixFadvise{T: DrawTarget(t, "target"), Advice: lang.FileAdvice(advice)}
	case "msync":
		mode := rapid.SampledFrom(lang.SyncModes()).Draw(t, "mode")
		return lang.Msync{T: DrawTarget(t, "target"), Mode: lang.SyncMode(mode)}
	case "mincore":
		return lang.Mincore{T: DrawTarget(t, "target")}
	case "touch":
		c := lang.Touch{
			T:      DrawTarget(t, "target"),
			Access: rapid.SampledFrom([]lang.Access{lang.Read, lang.Write, lang.Exec}).Draw(t, "access"),
			Every:  rapid.Int64Range(1, lang.MaxPage).Draw(t, "every"),
			Random: flip.Draw(t, "random"), Paced: flip.Draw(t, "paced"),
		}
		if c.Paced {
			c.Rate = drawRate(t)
		}
		return c
	case "memset":
		return lang.Memset{T: DrawTarget(t, "target"), Byte: rapid.Byte().Draw(t, "byte")}
	case "memcpy":
		return lang.Memcpy{Dst: DrawTarget(t, "dst"), Src: DrawTarget(t, "src")}
	case "memmove":
		return lang.Memmove{Dst: DrawTarget(t, "dst"), Src: DrawTarget(t, "src")}
	case "memcmp":
		return lang.Memcmp{A: DrawTarget(t, "a"), B: DrawTarget(t, "b")}
	}
	return nil
}

func drawHeap(t *rapid.T, verb string) model.Command {
	switch verb {
	case "brk":
		return lang.Brk{Size: DrawSize(t), Down: flip.Draw(t, "down")}
	case "malloc":
		return lang.Malloc{Name: drawName(t, "name"), Size: DrawSize(t)}
	case "free":
		return lang.Free{Name: drawName(t, "name")}
	case "mallopt":
		return lang.Mallopt{Threshold: DrawSize(t)}
	case "shmget":
		return lang.Shmget{Name: drawName(t, "name"), Size: DrawSize(t)}
	case "shmctl":
		op := rapid.SampledFrom(lang.ShmOps()).Draw(t, "operation")
		return lang.Shmctl{Name: drawName(t, "name"), Op: lang.ShmOp(op)}
	}
	return nil
}

func drawProcess(t *rapid.T, verb string) model.Command {
	switch verb {
	case "fork":
		return lang.Fork{Name: drawChild(t)}
	case "in":
		return lang.In{Proc: drawName(t, "process"), Do: drawWithin(t)}
	case "exec":
		return lang.Execve{}
	case "exit":
		return lang.Exit{Code: rapid.IntRange(0, lang.MaxExit).Draw(t, "code")}
	case "kill":
		return lang.Kill{Signal: rapid.SampledFrom(lang.Signals()).Draw(t, "signal")}
	case "signal":
		signal := rapid.SampledFrom([]string{"SIGSEGV", "SIGBUS"}).Draw(t, "signal")
		return lang.SetSignal{Signal: signal, Die: flip.Draw(t, "die")}
	case "setrlimit":
		c := lang.Setrlimit{Soft: drawAmount(t)}
		if flip.Draw(t, "both") {
			hard := drawAmount(t)
			c.Hard = &hard
		}
		return c
	case "capset":
		return lang.Capset{Drop: rapid.SampledFrom(lang.Capabilities()).Draw(t, "capability")}
	case "memcg":
		return lang.Memcg{Limit: drawAmount(t)}
	}
	return nil
}

// drawChild is the name of a process that fork made.
func drawChild(t *rapid.T) string {
	return rapid.StringMatching(`[a-z][a-z0-9_]{0,31}`).Filter(func(s string) bool { return s != model.Main }).Draw(t, "child")
}

// drawWithin is a command that in takes.
func drawWithin(t *rapid.T) model.Command {
	return rapid.Custom(DrawCommand).Filter(func(c model.Command) bool {
		for _, v := range lang.Verbs() {
			if v.Name == c.Verb() {
				return !v.Session
			}
		}
		return false
	}).Draw(t, "within")
}

func drawAmount(t *rapid.T) lang.Amount {
	if flip.Draw(t, "unlimited") {
		return lang.Amount{Unlimited: true}
	}
	return lang.Amount{Size: DrawSize(t)}
}

func drawRate(t *rapid.T) lang.Rate {
	return lang.Rate(rapid.Int64Range(0, int64(lang.MaxRate)).Draw(t, "rate"))
}

func drawSession(t *rapid.T, verb string) model.Command {
	switch verb {
	case "reset":
		return lang.Reset{}
	case "say":
		return lang.Say{Text: drawText(t, "text", 0)}
	case "wait":
		return lang.Wait{For: time.Duration(rapid.Int64Range(0, int64(lang.MaxWait)).Draw(t, "wait"))}
	case "speed":
		return lang.Speed{Rate: drawRate(t)}
	case "expect":
		return drawExpect(t)
	}
	return nil
}
