package model_test

import (
	"time"

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
	case model.ExpectAlive:
		e.Proc = drawProc(t)
	case model.ExpectDead:
		e.Proc = drawProc(t)
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

// drawProc is the name of a process, or none.
func drawProc(t *rapid.T) string {
	if flip.Draw(t, "named") {
		return drawName(t, "process")
	}
	return ""
}

func drawCommand(t *rapid.T) model.Command {
	verb := rapid.SampledFrom(model.Verbs()).Draw(t, "verb").Name
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
		return model.Mremap{Name: drawName(t, "name"), Size: drawSize(t)}
	case "mseal":
		return model.Mseal{T: drawTarget(t, "target")}
	case "munmap":
		return model.Munmap{T: drawTarget(t, "target")}
	}
	return nil
}

func drawMmap(t *rapid.T) model.Mmap {
	c := model.Mmap{
		Name: drawName(t, "name"), Size: drawSize(t), Shared: flip.Draw(t, "shared"), Backing: model.Anon,
		Prot:   rapid.SampledFrom(model.Protections()).Draw(t, "prot"),
		Locked: flip.Draw(t, "locked"), Populate: flip.Draw(t, "populate"), Noreserve: flip.Draw(t, "noreserve"),
		HugeTLB: flip.Draw(t, "hugetlb"), GrowsDown: flip.Draw(t, "grows_down"),
	}
	if flip.Draw(t, "fixed") {
		at := drawTarget(t, "at")
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
	}
	return nil
}

func drawPages(t *rapid.T, verb string) model.Command {
	switch verb {
	case "mprotect":
		return model.Mprotect{T: drawTarget(t, "target"), Prot: rapid.SampledFrom(model.Protections()).Draw(t, "prot")}
	case "madvise":
		advice := rapid.SampledFrom(model.Advices()).Draw(t, "advice")
		return model.Madvise{T: drawTarget(t, "target"), Advice: model.Advice(advice)}
	case "posix_fadvise":
		advice := rapid.SampledFrom(model.FileAdvices()).Draw(t, "advice")
		return model.PosixFadvise{T: drawTarget(t, "target"), Advice: model.FileAdvice(advice)}
	case "msync":
		mode := rapid.SampledFrom(model.SyncModes()).Draw(t, "mode")
		return model.Msync{T: drawTarget(t, "target"), Mode: model.SyncMode(mode)}
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
			c.Rate = drawRate(t)
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
	}
	return nil
}

func drawHeap(t *rapid.T, verb string) model.Command {
	switch verb {
	case "brk":
		return model.Brk{Size: drawSize(t), Down: flip.Draw(t, "down")}
	case "malloc":
		return model.Malloc{Name: drawName(t, "name"), Size: drawSize(t)}
	case "free":
		return model.Free{Name: drawName(t, "name")}
	case "mallopt":
		return model.Mallopt{Threshold: drawSize(t)}
	case "shmget":
		return model.Shmget{Name: drawName(t, "name"), Size: drawSize(t)}
	case "shmctl":
		op := rapid.SampledFrom(model.ShmOps()).Draw(t, "operation")
		return model.Shmctl{Name: drawName(t, "name"), Op: model.ShmOp(op)}
	}
	return nil
}

func drawProcess(t *rapid.T, verb string) model.Command {
	switch verb {
	case "fork":
		return model.Fork{Name: drawChild(t)}
	case "in":
		return model.In{Proc: drawName(t, "process"), Do: drawWithin(t)}
	case "exec":
		return model.Execve{}
	case "exit":
		return model.Exit{Code: rapid.IntRange(0, model.MaxExit).Draw(t, "code")}
	case "kill":
		return model.Kill{Signal: rapid.SampledFrom(model.Signals()).Draw(t, "signal")}
	case "signal":
		signal := rapid.SampledFrom([]string{"SIGSEGV", "SIGBUS"}).Draw(t, "signal")
		return model.SetSignal{Signal: signal, Die: flip.Draw(t, "die")}
	case "setrlimit":
		c := model.Setrlimit{Soft: drawAmount(t)}
		if flip.Draw(t, "both") {
			hard := drawAmount(t)
			c.Hard = &hard
		}
		return c
	case "capset":
		return model.Capset{Drop: rapid.SampledFrom(model.Capabilities()).Draw(t, "capability")}
	case "memcg":
		return model.Memcg{Limit: drawAmount(t)}
	}
	return nil
}

// drawChild is the name of a process that fork made.
func drawChild(t *rapid.T) string {
	return rapid.StringMatching(`[a-z][a-z0-9_]{0,31}`).Filter(func(s string) bool { return s != model.Main }).Draw(t, "child")
}

// drawWithin is a command that in takes.
func drawWithin(t *rapid.T) model.Command {
	return rapid.Custom(drawCommand).Filter(func(c model.Command) bool {
		for _, v := range model.Verbs() {
			if v.Name == c.Verb() {
				return !v.Session
			}
		}
		return false
	}).Draw(t, "within")
}

func drawAmount(t *rapid.T) model.Amount {
	if flip.Draw(t, "unlimited") {
		return model.Amount{Unlimited: true}
	}
	return model.Amount{Size: drawSize(t)}
}

func drawRate(t *rapid.T) model.Rate {
	return model.Rate(rapid.Int64Range(0, int64(model.MaxRate)).Draw(t, "rate"))
}

func drawSession(t *rapid.T, verb string) model.Command {
	switch verb {
	case "reset":
		return model.Reset{}
	case "say":
		return model.Say{Text: drawText(t, "text", 0)}
	case "wait":
		return model.Wait{For: time.Duration(rapid.Int64Range(0, int64(model.MaxWait)).Draw(t, "wait"))}
	case "speed":
		return model.Speed{Rate: drawRate(t)}
	case "expect":
		return drawExpect(t)
	}
	return nil
}
