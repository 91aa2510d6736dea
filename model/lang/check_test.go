package lang_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/model/lang"
	"incore/model/modeltest"
)

func TestCheck(t *testing.T) {
	shm := model.Page{Mapping: model.InVMA | model.Mapped | model.File, Residency: model.Resident, Prot: modeltest.RW, Lock: model.ShmLocked}
	zero := model.Page{Mapping: model.InVMA | model.Mapped | model.ZeroPage | model.Shared, Residency: model.Resident, Prot: modeltest.RW}
	onfault := model.Page{Mapping: model.InVMA, Residency: model.Absent, Prot: modeltest.RW, Lock: model.OnFault}
	swapped := model.Page{Mapping: model.InVMA | model.Swapped, Residency: model.Resident, Prot: modeltest.RW}
	file := model.Page{Mapping: model.InVMA | model.Mapped | model.File | model.Exclusive, Residency: model.Unknowable, Prot: model.ProtRead}
	s := model.State{Time: 5 * time.Second, Procs: modeltest.Procs(
		modeltest.LockedPage, modeltest.LockedPage, modeltest.LockedPage, modeltest.MappedPage, modeltest.AbsentPage, onfault, zero, swapped, modeltest.GuardPage, file, modeltest.HolePage,
		model.Page{Mapping: model.InVMA}, shm,
	)}
	s.Main().Stat = model.ProcStat{RSS: 5000, VmLck: 16 << 10, Swap: 4 << 10}
	s.Main().Limits.MemlockSoft = 64 << 10
	for _, tt := range []struct {
		expect string
		ok     bool
		got    string
	}{
		{"all a[0..2] locked resident", true, "3 of 3 pages are locked and resident"},
		{"all a[0..3] locked", false, "a[3] is unlocked; 3 of 4 pages are locked"},
		{"all a[2..4] resident", false, "a[4] is absent; 2 of 3 pages are resident"},
		{"all a[0] resident", true, "1 of 1 page is resident"},
		{"all a[9..11] unlocked", false, "a[10] is a hole; 2 of 3 pages are unlocked"},
		{"all a[11] resident", false, "a[11] is not sampled; 0 of 1 page is resident"},
		{"all a[11] absent", false, "a[11] is not sampled; 0 of 1 page is absent"},
		{"all a[10] absent", false, "a[10] is a hole; 0 of 1 page is absent"},
		{"all a[10] resident", false, "a[10] is a hole; 0 of 1 page is resident"},
		{"all a[10] unmapped", true, "1 of 1 page is unmapped"},
		{"all a+0,0 resident", false, "a+0,0 names no page"},
		{"all a[12] locked resident file", true, "1 of 1 page is locked and resident and file"},
		{"all a[12] onfault", false, "a[12] is locked; 0 of 1 page is onfault"},
		{"no a[12] unlocked", true, "0 of 1 page is unlocked"},
		{"all a[13..13] mapped", false, "0x7f000000d000 is a hole; 0 of 1 page is mapped"},
		{"all c resident", false, "c: no such region"},
		{"all a[5] locked onfault", true, "1 of 1 page is locked and onfault"},
		{"all a[0] onfault", false, "a[0] is locked; 0 of 1 page is onfault"},
		{"all a[0] prot=r", false, "a[0] is prot=rw; 0 of 1 page is prot=r"},
		{"all a[9] prot=r file unknowable exclusive", true, "1 of 1 page is prot=r and file and unknowable and exclusive"},
		{"all a[9] anon", false, "a[9] is mapped file exclusive; 0 of 1 page is anon"},
		{"all a[6] zero anon shared", true, "1 of 1 page is zero and anon and shared"},
		{"all a[6] file", false, "a[6] is mapped zero anon shared; 0 of 1 page is file"},
		{"all a[7] swapped anon resident unmapped", true, "1 of 1 page is swapped and anon and resident and unmapped"},
		{"all a[7] mapped", false, "a[7] is swapped; 0 of 1 page is mapped"},
		{"all a[8] swapped", false, "a[8] is guard; 0 of 1 page is swapped"},
		{"all a[4] mapped", false, "a[4] is unmapped; 0 of 1 page is mapped"},
		{"no a[3..11] prot=none", false, "a[11] is prot=none; 1 of 9 pages is prot=none"},
		{"no a[4..11] huge", true, "0 of 8 pages are huge"},
		{"no a[0..3] locked", false, "a[0] is locked; 3 of 4 pages are locked"},
		{"no c locked", false, "c: no such region"},
		{"count a locked 5", true, "5 of 13 pages are locked"},
		{"count a locked >5", false, "5 of 13 pages are locked"},
		{"count a+0,0 locked 0", true, "0 of 0 pages are locked"},
		{"count c locked 0", false, "c: no such region"},
		{"vmlck 16K", true, "VmLck is 16K"},
		{"vmlck 4", true, "VmLck is 16K"},
		{"vmlck != 16384B", false, "VmLck is 16K"},
		{"rss < 5001B", true, "VmRSS is 4.9K (5000B)"},
		{"rss >= 5001B", false, "VmRSS is 4.9K (5000B)"},
		{"pss 1", false, "Pss is not known: nobody has asked for it"},
		{"rss +0", false, "no command has been run yet"},
		{"swap <=1", true, "VmSwap is 4K"},
		{"rlimit memlock 64K", true, "RLIMIT_MEMLOCK is 64K"},
		{"rlimit memlock < unlimited", true, "RLIMIT_MEMLOCK is 64K"},
		{"rlimit memlock unlimited", false, "RLIMIT_MEMLOCK is 64K"},
		{"rlimit as 64K", false, "what RLIMIT_AS is was not read"},
		{"vmas a[0..4] 2", true, "a[0..4] spans 2 VMAs"},
		{"vmas a[0] != 1", false, "a[0] spans 1 VMA"},
		{"vmas c 1", false, "c: no such region"},
		{"alive", true, "main is alive"},
		{"dead", false, "main is alive"},
		{"ok", false, "no command has been run yet"},
	} {
		t.Run(tt.expect, func(t *testing.T) { check(t, s, tt.expect, tt.ok, tt.got) })
	}
}

// check parses an expect, checks it, and compares the outcome.
func check(t *testing.T, s model.State, expect string, ok bool, got string) {
	t.Helper()
	checkIn(t, s, "", expect, ok, got)
}

// checkIn is check in a process, "" for no particular one.
func checkIn(t *testing.T, s model.State, proc, expect string, ok bool, got string) {
	t.Helper()
	c, err := lang.Parse("expect " + expect)
	if err != nil {
		t.Fatal(err)
	}
	want := model.Checked{Time: s.Time, Expect: c.String(), OK: ok, Got: got, Void: saysNothingToAsk(got)}
	if proc != "" {
		want.Expect = "in " + proc + " " + want.Expect
	}
	if diff := cmp.Diff(want, c.(lang.Expect).Check(s, proc)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", want.Expect, diff)
	}
}

// saysNothingToAsk reports whether an outcome says in words what Void says: that there was nothing to ask.
func saysNothingToAsk(got string) bool {
	return slices.ContainsFunc([]string{"no such region", "no such process", "no command has been run", "no call was made"},
		func(why string) bool { return strings.Contains(got, why) })
}

func TestCheckUnlimited(t *testing.T) {
	s := model.State{Procs: modeltest.Procs(modeltest.MappedPage)}
	check(t, s, "rlimit memlock unlimited", true, "RLIMIT_MEMLOCK is unlimited")
	check(t, s, "rlimit memlock > 16T", true, "RLIMIT_MEMLOCK is unlimited")
}

func TestCheckLastCall(t *testing.T) {
	mlock := model.Event{Call: "mlock", Minor: 4, Major: 1}
	locked := model.Event{Call: "mlock", RSS: 68 << 10, VmLck: 1536 << 10}
	unmapped := model.Event{Call: "munmap", RSS: -8 << 10, VmLck: -4 << 10}
	late := model.Event{Call: "touch", RSSLate: true, VmLck: 4 << 10}
	failed := model.Event{Call: "mlock", Ret: -1, Errno: "ENOMEM"}
	segv := model.Event{Call: "touch", Ret: 1, Signal: &model.Signal{
		Number: 11, Name: "SIGSEGV", Code: "SEGV_ACCERR", Addr: modeltest.BaseA + modeltest.PageSize + 5,
	}}
	stray := segv
	stray.Signal = &model.Signal{Number: 11, Name: "SIGSEGV", Code: "SEGV_MAPERR", Addr: 0x10}
	refused := model.Event{Command: modeltest.Parsed("mlock c"), Refused: "c: no such region"}
	died := model.Event{Call: "touch", Refused: "no answer: the subject is dead"}
	note := model.Event{Command: modeltest.Parsed("say x"), Note: "x"}
	waited := model.Event{Command: lang.In{Proc: "kid", Do: lang.Wait{For: time.Second}}, Note: "waited 1s"}
	noCall := model.Event{Command: modeltest.Parsed("memcg 64M"), Note: "in /sys/fs/cgroup/x"}
	noCallIn := model.Event{Command: modeltest.Parsed("in kid memcg 64M"), Note: "in /sys/fs/cgroup/x"}
	aside := model.Event{Call: "madvise", Aside: true, Ret: -1, Errno: "EINVAL", Minor: 9}
	mmap := model.Event{Call: "mmap", Ret: modeltest.BaseA, RetHex: true}
	for _, tt := range []struct {
		name   string
		events []model.Event
		expect string
		ok     bool
		got    string
	}{
		{"success", []model.Event{failed, mlock}, "ok", true, "mlock returned 0"},
		{"failure", []model.Event{mlock, failed}, "ok", false, "errno is ENOMEM"},
		{"note", []model.Event{failed, note}, "ok", false, "errno is ENOMEM"},
		{"waited", []model.Event{failed, waited}, "ok", false, "errno is ENOMEM"},
		{"no call", []model.Event{failed, noCall}, "ok", true, "memcg 64M made no call"},
		{"no call in another process", []model.Event{failed, noCallIn}, "ok", true, "in kid memcg 64M made no call"},
		{"no call has no errno", []model.Event{failed, noCall}, "errno ENOMEM", false, "memcg 64M made no call"},
		{"no call has no faults", []model.Event{mlock, noCall}, "minor 0", false, "memcg 64M made no call"},
		{"no call returns nothing", []model.Event{mlock, noCall}, "return 0", false, "memcg 64M made no call"},
		{"change", []model.Event{locked}, "rss +68K", true, "VmRSS changed by +68K (of mlock)"},
		{"change in pages", []model.Event{locked}, "rss +17", true, "VmRSS changed by +68K (of mlock)"},
		{"change is more", []model.Event{locked}, "rss >= +64K", true, "VmRSS changed by +68K (of mlock)"},
		{"change the other way", []model.Event{locked}, "rss -68K", false, "VmRSS changed by +68K (of mlock)"},
		{"change of locks", []model.Event{locked}, "vmlck < +1M", false, "VmLck changed by +1.5M (+1572864B, of mlock)"},
		{"change down", []model.Event{locked, unmapped}, "vmlck -1", true, "VmLck changed by -4K (of munmap)"},
		{"change down is less", []model.Event{locked, unmapped}, "rss < +0", true, "VmRSS changed by -8K (of munmap)"},
		{"no change", []model.Event{locked, segv}, "rss +0", true, "VmRSS changed by +0 (of touch)"},
		{"no change, with a minus", []model.Event{locked, segv}, "vmlck -0", true, "VmLck changed by +0 (of touch)"},
		{"change of failure", []model.Event{locked, failed}, "rss != +1", true, "VmRSS changed by +0 (of mlock)"},
		{"change that is larger than any", []model.Event{locked}, "rss < +16777215T", true, "VmRSS changed by +68K (of mlock)"},
		{"change that is smaller than any", []model.Event{locked}, "rss > -18446744073709551615B", true, "VmRSS changed by +68K (of mlock)"},
		{"change counted late", []model.Event{late}, "rss +0", false, "by how much touch changed VmRSS is not known: this kernel counts it late, some faults at a time"},
		{"change of locks is not late", []model.Event{late}, "vmlck +1", true, "VmLck changed by +4K (of touch)"},
		{"no call has no change", []model.Event{locked, noCall}, "rss +0", false, "memcg 64M made no call"},
		{"refused has no change", []model.Event{locked, refused}, "vmlck +0", false, "no call was made: c: no such region"},
		{"aside's change", []model.Event{locked, aside}, "rss +68K", true, "VmRSS changed by +68K (of mlock)"},
		{"no call has no signal", []model.Event{segv, noCall, note, waited}, "signal SIGSEGV", false, "memcg 64M made no call"},
		{"aside", []model.Event{mlock, aside}, "ok", true, "mlock returned 0"},
		{"aside's faults", []model.Event{mlock, aside}, "minor 4", true, "mlock took 4 minor faults"},
		{"refused", []model.Event{mlock, refused, note}, "ok", false, "no call was made: c: no such region"},
		{"refused has no errno", []model.Event{failed, refused}, "errno ENOMEM", false, "no call was made: c: no such region"},
		{"refused has no faults", []model.Event{refused}, "minor 0", false, "no call was made: c: no such region"},
		{"no answer", []model.Event{died}, "return 0", false, "touch: no answer: the subject is dead"},
		{"signal is not ok", []model.Event{segv}, "ok", false, "signal is SIGSEGV SEGV_ACCERR at 0x7f0000001005, in a[1]"},
		{"errno", []model.Event{failed}, "errno ENOMEM", true, "errno is ENOMEM"},
		{"other errno", []model.Event{failed}, "errno EPERM", false, "errno is ENOMEM"},
		{"no errno", []model.Event{mlock}, "errno EPERM", false, "mlock returned 0"},
		{"minor", []model.Event{mlock}, "minor <= 3", false, "mlock took 4 minor faults"},
		{"major", []model.Event{mlock}, "major 1", true, "mlock took 1 major fault"},
		{"return", []model.Event{failed}, "return -1", true, "mlock returned -1"},
		{"return of mmap", []model.Event{mmap}, "return > 0", true, "mmap returned 0x7f0000000000"},
		{"signal", []model.Event{segv}, "signal SIGSEGV", true, "signal is SIGSEGV SEGV_ACCERR at 0x7f0000001005, in a[1]"},
		{"code", []model.Event{segv}, "signal SIGSEGV SEGV_MAPERR", false, "signal is SIGSEGV SEGV_ACCERR at 0x7f0000001005, in a[1]"},
		{"in page", []model.Event{segv}, "signal SIGSEGV SEGV_ACCERR in a[1]", true, "signal is SIGSEGV SEGV_ACCERR at 0x7f0000001005, in a[1]"},
		{"not in page", []model.Event{segv}, "signal SIGSEGV in a[0]", false, "signal is SIGSEGV SEGV_ACCERR at 0x7f0000001005, in a[1]"},
		{"in no region", []model.Event{segv}, "signal SIGSEGV in c", false, "signal is SIGSEGV SEGV_ACCERR at 0x7f0000001005, in a[1]; c: no such region"},
		{"stray", []model.Event{stray}, "signal SIGBUS", false, "signal is SIGSEGV SEGV_MAPERR at 0x10"},
		{"no signal", []model.Event{mlock}, "signal SIGSEGV in a", false, "mlock returned 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := model.State{Procs: modeltest.Procs(modeltest.MappedPage, modeltest.ReadOnlyPage)}
			for _, e := range tt.events {
				s = s.Apply(e)
			}
			check(t, s, tt.expect, tt.ok, tt.got)
		})
	}
}

// Of a process that is gone only its end and its last call can be told.
func TestCheckDead(t *testing.T) {
	s := model.State{Procs: modeltest.Procs(modeltest.MappedPage)}.Apply(model.Died{Proc: "main", Signal: "SIGKILL"})
	const gone = "main was killed by SIGKILL"
	check(t, s, "alive", false, gone)
	check(t, s, "dead", true, gone)
	check(t, s, "dead SIGKILL", true, gone)
	check(t, s, "dead SIGBUS", false, gone)
	check(t, s, "all a resident", false, gone)
	check(t, s, "rss >= 0", false, gone)
	check(t, s, "pss >= 0", false, gone)
	check(t, s.Apply(model.Event{Proc: "main", Call: "exit_group"}), "rss +0", false, gone)
	check(t, s, "vmas a 1", false, gone)
	s = model.State{Procs: modeltest.Procs(modeltest.MappedPage)}.Apply(model.Died{Proc: "main", Code: 3})
	check(t, s, "dead", true, "main exited with 3")
	check(t, s, "dead SIGKILL", false, "main exited with 3")
}

// family is a session of main, with a locked region a, and its child kid, whose a lies
// elsewhere and has one page that was locked after the fork.
func family() model.State {
	kid := modeltest.Process(modeltest.MappedPage, modeltest.ReadOnlyPage, modeltest.LockedPage)
	kid.Name, kid.Parent, kid.PID = "kid", "main", 101
	kid.Stat.VmLck, kid.Limits.MemlockSoft = modeltest.PageSize, 8*modeltest.PageSize
	const aside = 0x100_0000
	kid.Regions[0].Base += aside
	for i := range kid.VMAs {
		kid.VMAs[i].Start += aside
		kid.VMAs[i].End += aside
	}
	parent := modeltest.Process(modeltest.LockedPage, modeltest.LockedPage)
	parent.Stat.VmLck = 2 * modeltest.PageSize
	return model.State{Time: time.Second, Procs: []model.Process{parent, kid}}
}

// What is asked in a process is answered from its own sample, and what is asked in none
// from the first process's.
func TestCheckInProcess(t *testing.T) {
	s := family()
	for _, tt := range []struct {
		proc, expect string
		ok           bool
		got          string
	}{
		{"", "all a locked", true, "2 of 2 pages are locked"},
		{"main", "all a locked", true, "2 of 2 pages are locked"},
		{"kid", "all a locked", false, "a[0] is unlocked; 1 of 3 pages is locked"},
		{"kid", "count a locked 1", true, "1 of 3 pages is locked"},
		{"kid", "vmas a 3", true, "a spans 3 VMAs"},
		{"", "vmlck 2", true, "VmLck is 8K"},
		{"kid", "vmlck 1", true, "VmLck is 4K"},
		{"kid", "rlimit memlock 8", true, "RLIMIT_MEMLOCK is 32K"},
		{"", "rlimit memlock unlimited", true, "RLIMIT_MEMLOCK is unlimited"},
		{"kid", "ok", false, "no command has been run yet"},
		{"ghost", "all a locked", false, "ghost: no such process"},
		{"ghost", "ok", false, "ghost: no such process"},
		{"ghost", "dead", false, "ghost: no such process"},
		{"ghost", "alive main", false, "ghost: no such process"},
	} {
		checkIn(t, s, tt.proc, tt.expect, tt.ok, tt.got)
	}
}

// An expect in no process asks the last call of all, and one in a process the last call
// of that one. An address is looked up in the process that it came from.
func TestCheckLastCallOfProcess(t *testing.T) {
	s := family()
	segv := func(proc string, addr uint64) model.Event {
		return model.Event{Proc: proc, Call: "touch", Ret: 1, Signal: &model.Signal{
			Number: 11, Name: "SIGSEGV", Code: "SEGV_ACCERR", Addr: addr,
		}}
	}
	kidA := s.Process("kid").Region("a").Base
	s = s.Apply(model.Event{Proc: "main", Call: "mlock", Minor: 2})
	checkIn(t, s, "kid", "ok", false, "no command has been run yet")
	checkIn(t, s, "main", "ok", true, "mlock returned 0")
	s = s.Apply(segv("kid", kidA+modeltest.PageSize))
	const there = "signal is SIGSEGV SEGV_ACCERR at 0x7f0001001000, in a[1]"
	checkIn(t, s, "", "signal SIGSEGV in a[1]", true, there)
	checkIn(t, s, "kid", "signal SIGSEGV in a[1]", true, there)
	checkIn(t, s, "kid", "signal SIGSEGV in a[0]", false, there)
	checkIn(t, s, "main", "signal SIGSEGV", false, "mlock returned 0")
	checkIn(t, s, "main", "minor 2", true, "mlock took 2 minor faults")
	checkIn(t, s, "", "return 1", true, "touch returned 1")
	// The address of main's a[1] is in no region of the child.
	stray := s.Apply(segv("kid", modeltest.BaseA+modeltest.PageSize))
	checkIn(t, stray, "", "signal SIGSEGV in a", false, "signal is SIGSEGV SEGV_ACCERR at 0x7f0000001000")
	refused := s.Apply(model.Event{Proc: "kid", Command: modeltest.Parsed("in kid mlock c"), Refused: "c: no such region"})
	checkIn(t, refused, "kid", "ok", false, "no call was made: c: no such region")
	checkIn(t, refused, "main", "ok", true, "mlock returned 0")
	// Its end takes nothing from what its last call was answered.
	dead := s.Apply(model.Died{Proc: "kid", Signal: "SIGKILL"})
	checkIn(t, dead, "kid", "signal SIGSEGV in a[1]", true, there)
}

func TestCheckLifeOfProcess(t *testing.T) {
	s := family()
	checkIn(t, s, "", "alive kid", true, "kid is alive")
	checkIn(t, s, "", "dead kid", false, "kid is alive")
	checkIn(t, s, "", "alive ghost", false, "ghost: no such process")
	checkIn(t, s, "", "dead ghost", false, "ghost: no such process")
	checkIn(t, s, "kid", "alive", true, "kid is alive")
	s = s.Apply(model.Died{Time: 2 * time.Second, Proc: "kid", Signal: "SIGKILL", Cause: "the OOM killer"})
	const gone = "kid was killed by SIGKILL (the OOM killer)"
	checkIn(t, s, "", "alive", true, "main is alive")
	checkIn(t, s, "", "dead", false, "main is alive")
	checkIn(t, s, "", "alive kid", false, gone)
	checkIn(t, s, "", "dead kid", true, gone)
	checkIn(t, s, "", "dead kid SIGKILL", true, gone)
	checkIn(t, s, "", "dead kid SIGBUS", false, gone)
	checkIn(t, s, "kid", "dead SIGKILL", true, gone)
	checkIn(t, s, "kid", "alive main", true, "main is alive")
	checkIn(t, s, "main", "dead kid", true, gone)
	checkIn(t, s, "kid", "all a mapped", false, gone)
	checkIn(t, s, "kid", "vmlck 0", false, gone)
	checkIn(t, s, "", "all a locked", true, "2 of 2 pages are locked")
}

func TestMayTakeAMoment(t *testing.T) {
	for expect, want := range map[string]bool{
		"all a swapped": true, "all a locked absent": true, "all a unmapped": true, "no a resident": true, "no a mapped": true,
		"count a resident < 4": true, "count a swapped 4": true, "rss < 1M": true, "pss < 1M": true, "rss +1": false, "vmlck -1": false, "swap > 0": true,
		"all a resident": false, "all a locked": false, "no a absent": false, "no a locked": false, "count a locked 4": false,
		"vmlck 0": false, "ok": false, "errno ENOMEM": false, "alive": false, "vmas a 1": false, "minor 1": false,
	} {
		c, err := lang.Parse("expect " + expect)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.(lang.Expect).MayTakeAMoment(); got != want {
			t.Errorf("expect %s: %v, want %v", expect, got, want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, form := range lang.ExpectForms() {
		f.Add(form.Usage, uint8(0))
	}
	f.Add("in kid expect signal SIGSEGV in a", uint8(3))
	f.Add("in kid expect dead main SIGKILL", uint8(9))
	f.Add("expect alive kid", uint8(9))
	f.Add("in ghost expect count a locked 1", uint8(1))
	f.Add("expect all a[1..] locked resident", uint8(3))
	f.Add("in kid expect rss >= -16777215T", uint8(9))
	f.Add("expect vmlck +18446744073709551615B", uint8(7))
	f.Add("expect signal SIGSEGV in 0x0,18446744073709551615", uint8(7))
	f.Add("expect count 0x7eff_ffff_ffff,99999999999999 resident > 3", uint8(3))
	f.Fuzz(func(t *testing.T, line string, has uint8) {
		c, err := lang.Parse(line)
		proc := ""
		if in, ok := c.(lang.In); ok {
			proc, c = in.Proc, in.Do
		}
		e, ok := c.(lang.Expect)
		if err != nil || !ok {
			return
		}
		var s model.State
		if has&1 != 0 {
			s.Procs = modeltest.Procs(modeltest.LockedPage, modeltest.HolePage, modeltest.AbsentPage, modeltest.GuardPage)
		}
		if has&2 != 0 {
			s = s.Apply(model.Event{Call: "touch", Signal: &model.Signal{Name: "SIGSEGV", Code: "SEGV_ACCERR", Addr: modeltest.BaseA}})
		}
		if has&4 != 0 {
			s = s.Apply(model.Died{Proc: "main", Signal: "SIGKILL"})
		}
		if has&8 != 0 {
			s.Procs = append(s.Procs, family().Procs[1])
			s = s.Apply(model.Event{Proc: "kid", Call: "mlock", Ret: -1, Errno: "ENOMEM"})
		}
		got := e.Check(s, proc)
		modeltest.RefuseControls(t, got.Got)
		again, err := lang.Parse(got.Expect)
		if in, ok := again.(lang.In); ok && in.Proc == proc {
			again = in.Do
		}
		if got.Got == "" || err != nil || !cmp.Equal(again, model.Command(e)) {
			t.Fatalf("%q: %+v", line, got)
		}
	})
}
