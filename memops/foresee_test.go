//go:build linux && (amd64 || arm64)

package memops_test

import (
	commandline "flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"incore/memops"
	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
)

// What is said of a command before it is done is what the kernel then does: the call and its
// arguments, how it ends where that is said, and which pages it comes to.
func TestForeseen(t *testing.T) {
	l := opened(t, memops.Options{})
	for _, lines := range [][]string{
		{
			"mmap key 4", "mlock key+100,32", "munlock key+100,32", "mlock2 key+5000,5000 onfault", "munlock key+0,4097", "mlock key+100,0",
			"mprotect key+100,32 r", "mprotect key+4096,100 r", "mprotect key+0,0 r", "madvise key+4096,1 dontneed", "madvise key+1,1 dontneed",
			"msync key+0,10 sync", "msync key+1,10 sync", "mincore key+0,8193", "mincore key+1,10", "munmap key+4096,1", "munmap key+1,10",
			"munmap key+0,0", "mlock key", "munlock key", "mprotect key rw", "madvise key dontneed", "msync key sync", "mincore key", "touch key",
			"touch key+4095,2", "touch key[2..3] read", "munmap key",
		},
		{
			"mmap a 16", "touch a every 3", "touch a+4000,5000 every 2", "mprotect a[9] none", "touch a", "touch a random", "touch a[10..] every 2 read",
			"mlock a", "madvise a dontneed", "madvise a populate_read", "madvise a free", "madvise a remove", "munlock a", "memset a+100,50000 1",
			"memset a+4000,200 7", "memcpy a+0,100 a[9]", "memcpy a[9] a[1]", "memcmp a[9] a[1]", "memmove a+10,100 a+20,100", "fork kid", "in kid munmap a[3]",
			"in kid mlock a", "exit 3", "touch a",
		},
		{
			"mmap b 8 shared memfd", "mmap c 2 at b[1]", "mmap d 2 at b+100,1", "mmap e 0", "mmap b 4", "mmap f 10000B locked", "mremap b 4", "mremap f 8",
			"mmap g 1T", "mmap g 256T noreserve", "mlock 0x1000,4096", "madvise 0x1000,4096 dontneed", "mremap f 0", "mlockall", "mlockall current future", "munlockall", "posix_fadvise b dontneed", "posix_fadvise f dontneed",
			"setrlimit memlock 4 8", "setrlimit memlock 9", "mlock f", "brk +100B", "brk +8192B", "brk -8192B", "malloc p 100B", "free p", "free f",
			"malloc q 1M", "free q", "shmget s 3", "shmctl s lock", "shmctl s unlock", "shmctl f lock", "kill SIGCHLD", "kill SIGSTOP", "kill SIGSEGV", "exec",
		},
		{
			"mmap a 8", "mmap room 32 none", "mmap s 4 shared", "mremap a+1,4096 2", "mremap a[0..1] 2 at room+1,0", "mremap a[0..1] 2 at room stay", "mremap a[0..1] 3 dontunmap",
			"mremap a[0..3] 4 at a[2]", "mremap a+0,0 4", "mremap s+0,0 4", "mremap a[0..3] 5 stay", "mremap a[6..] 1", "munmap a[3]", "mremap a[3] 1 at room", "mremap a[2..4] 4 at room", "mremap a[0..1] 2 at room[4]",
			"mremap a[5] 1 dontunmap", "mremap s 4 dontunmap", "mremap s 4 at room[8]", "mremap a[4..5] 2", "mremap none_such 4", "mremap 0x200000,4096 1", "mremap room 40", "mremap a[2] 3 stay",
		},
		{"mmap a 8", "mmap b 4 at a[4] noreplace", "munmap a[4..]", "mmap b 4 at a[4] noreplace", "mmap c 4 near a", "mmap d 4 near a+100,1", "mmap e 4 low32", "mmap f 2G none low32",
			"mmap m 4 memfd", "mmap n 4 alias m at b noreplace", "mmap n 4 alias m at b+1,1 noreplace", "mmap n 0 at b noreplace", "mmap n 4 memfd at b noreplace"},
		{"mmap a 8 shared memfd", "mmap b 4 alias a offset 6", "touch b", "mmap c 4 alias a offset 100B", "mmap d 4 memfd offset 3", "mmap e 4 offset 1B", "mmap f 4 scratch offset 1 shared", "posix_fadvise f[1..2] dontneed",
			"posix_fadvise b[1] willneed", "truncate a 5", "touch b[0]", "mmap g 1 alias a offset 4", "touch g", "truncate a 7", "touch b"},
		{"mmap p 4 secret", "mmap x 4 shared secret rx", "mmap h 4 shared secret hugetlb", "mmap d 4 droppable secret", "mmap g 4 shared secret grows_down", "mmap o 4 shared secret offset 100B", "mmap z 0 shared secret",
			"mmap a 4", "mmap b 4 shared secret at a noreplace", "mmap b 4 shared secret at a+1,1", "mmap s 8 shared secret populate locked", "touch s[0..3]", "mlock s", "mlock2 s onfault", "mlock s+1,1", "munlock s", "munlock s[2..3]",
			"madvise s dontneed", "madvise s free", "madvise s pageout", "madvise s populate_write", "madvise s remove", "madvise s collapse", "madvise s wipeonfork", "madvise s dontneed_locked", "madvise s dodump",
			"msync s sync", "msync s invalidate", "msync s sync,invalidate", "msync s async", "mprotect s rx", "mprotect s[2..3] r", "madvise s[2..3] populate_write", "truncate s 8", "truncate s 0", "write s", "read s", "posix_fadvise s dontneed",
			"mmap t 12 alias s", "touch t", "mmap u 4 private alias s", "mremap t 16", "mremap t 2", "mremap t 2 dontunmap", "fork kid", "in kid mlock s", "in kid madvise s remove", "in kid madvise s dontneed", "in kid msync s invalidate", "in kid touch s read",
			"mmap m 12", "mmap n 4 shared secret at m[4]", "mlock m+0,49152", "munlock m+0,49152", "madvise m+0,49152 populate_write", "msync m+0,49152 sync", "madvise m+0,49152 dontneed", "munmap m[8]", "mlock m+0,49152",
			"mlockall future onfault", "mmap f 4 shared secret", "mlock f", "madvise f populate_read", "munlockall", "munmap s", "touch s", "truncate t 4",
			"capset -ipc_lock", "setrlimit memlock 40", "mmap q 64 shared secret", "mmap q 64 shared secret locked", "mmap q 64 secret", "mmap q 64 shared secret at m", "mmap r 1 shared secret", "mlock r", "setrlimit memlock 0", "mmap v 1 shared secret", "mmap v 1 shared secret locked"},
		{"mmap a 8 droppable", "touch a", "mlock a", "mlock2 a onfault", "madvise a dodump", "madvise a keeponfork", "fork kid", "in kid touch a read", "mmap b 4 droppable locked", "mmap c 4 memfd droppable", "mlockall future", "mmap d 4 droppable"},
		{"shmget s 2", "munmap s", "shmdt s", "shmctl s stat", "shmat t of s rdonly", "mprotect t rw", "munlock t", "shmctl t lock", "munlock t", "shmdt t", "shmat u of s at 0x1000000000,0", "shmctl s rmid"},
		{"setrlimit data 0", "mmap a 4", "mprotect a r", "mprotect a rw", "mremap a 8", "mmap b 2 droppable", "brk +4"},
		{"mmap a 4", "mmap b 4 memfd at a[2] noreplace", "mmap b 4 memfd droppable at a[2] noreplace"},
		{"mmap a 4 shared memfd", "mmap b 8 shared alias a", "touch b[6] exec", "touch b[0] exec", "touch b[6] read"},
		{"mmap w 4", "mmap x 8 rx", "mprotect x[4..] r", "prctl mdwe", "mmap a 4 rwx", "mmap b 4 shared memfd wx", "mmap c 4 rx", "mprotect w rx", "mprotect w rwx", "mprotect x rx", "mprotect x[0..3] rx", "mprotect x[0..3] rwx",
			"mprotect w r", "mprotect x none", "mmap d 4 rwx at w", "fork kid", "in kid mmap e 4 rwx", "in kid mprotect w rx", "in kid exec", "in kid mmap f 4 rwx", "mremap w 8"},
		{"mmap a 8M r", "mmap b 4M r", "mmap s 4M shared r", "setrlimit data 6M", "mmap c 8M", "mmap c 8M r", "mprotect a rw", "mprotect b rw", "mprotect s rw", "mprotect a[0..1023] rw", "mprotect c r", "brk +8M", "brk +64K", "brk -64K",
			"malloc m 16M", "calloc m 1024 16K", "aligned_alloc m 64K 16M", "malloc m 100K", "setrlimit data unlimited", "mprotect a rw"},
		{"mmap a 8M r", "setrlimit as 16M", "mmap b 16M none", "brk +16M", "malloc m 64M", "calloc m 1024 64K", "mprotect a rw", "setrlimit as 1M", "mprotect a r", "mprotect a rw", "malloc n 100B", "malloc m 1M"},
	} {
		ok(t, l, "reset")
		for _, line := range lines {
			c, err := lang.Parse(line)
			if err != nil {
				t.Fatal(err)
			}
			if wrong := foreseen(t, l, c); wrong != "" {
				t.Errorf("%s: %s", line, wrong)
			}
			if t.Failed() {
				break
			}
		}
	}
}

// And so it is in the sequences that a walk draws.
func TestForeseenInAWalk(t *testing.T) {
	lockSegmentsAlone(t)
	for name, value := range map[string]string{"rapid.steps": "60", "rapid.checks": "12", "rapid.nofailfile": "true", "rapid.shrinktime": "5s"} {
		old := commandline.Lookup(name).Value.String()
		if err := commandline.Set(name, value); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = commandline.Set(name, old) }()
	}
	l := opened(t, memops.Options{})
	w := newWalker(l, machineOf(t, l))
	said := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		d := w.start()
		t.Repeat(map[string]func(*rapid.T){"command": func(t *rapid.T) {
			c := rolls.Draw(t, "command").command(w.ref)
			if c == nil || d != nil {
				return
			}
			for _, p := range w.ref.procs { // what is foreseen is as true as what was seen last
				w.look(p)
			}
			before := w.lab.State()
			reach, seq, made := calls.Foresee(c, before), lastSeq(before), w.commands
			if d = w.step(c); w.commands == made { // the walk leaves it out
				return
			}
			after := w.lab.State()
			if wrong := compareForeseen(c, reach, ownEvent(after, seq), before, after); wrong != "" {
				t.Fatalf("after %q\n%s: %s", w.lines[:len(w.lines)-1], c, wrong)
			}
			said[c.Verb()+" "+reach.Answer]++
		}})
	})
	t.Logf("%d commands: %v", w.commands, said)
}

// refreshAll observes each process that lives.
func refreshAll(t *testing.T, l *memops.Lab) {
	for _, p := range l.State().Procs {
		if p.Death == nil {
			l.Refresh(t.Context(), p.Name)
		}
	}
}

// foreseen runs a command and says what was foreseen of it and is not so, or "".
func foreseen(t *testing.T, l *memops.Lab, c model.Command) string {
	refreshAll(t, l)
	before := l.State()
	reach, seq := calls.Foresee(c, before), lastSeq(before)
	l.Do(t.Context(), c)
	e := ownEvent(l.State(), seq)
	refreshAll(t, l)
	return compareForeseen(c, reach, e, before, l.State())
}

func lastSeq(s model.State) int {
	if n := len(s.Events); n > 0 {
		return s.Events[n-1].Seq
	}
	return 0
}

// ownEvent is the event of the first command after seq, and not of a call beside it.
func ownEvent(s model.State, seq int) (e model.Event) {
	for _, x := range s.Events {
		if x.Seq > seq && !x.Aside {
			return x
		}
	}
	return e
}

// compareForeseen holds what was said against what came.
func compareForeseen(c model.Command, reach calls.Reach, e model.Event, before, after model.State) string {
	if in, ok := c.(lang.In); ok {
		c = in.Do
	}
	answer := e.Errno
	if e.Signal != nil {
		answer = e.Signal.Name
	}
	switch {
	case reach.Why == "":
	case reach.Answer == "" && e.Refused == "":
		return fmt.Sprintf("incore was to refuse it (%s), and it was %s", reach.Why, e.Strace())
	case reach.Answer != "" && reach.Answer != answer && e.Refused == "":
		return fmt.Sprintf("it was to end with %s (%s), and it was %s", reach.Answer, reach.Why, e.Strace())
	}
	if e.Refused != "" || e.Call == "" {
		return ""
	}
	made := slices.Clone(reach.Calls)
	made = slices.DeleteFunc(made, func(e model.Event) bool { return e.Aside }) // of tidy
	if n := len(made); n == 0 || made[n-1].Call != e.Call {
		return fmt.Sprintf("the calls were to be %v, and it was %s", reach.Calls, e.Strace())
	}
	args := made[len(made)-1].Args
	if e.Call == "mincore" {
		args = nil // a long range is asked in parts
	}
	for i, a := range args {
		if !unforeseen[a.String()] && !strings.Contains(a.String(), "the break") && (len(args) != len(e.Args) || a.String() != e.Args[i].String()) {
			return fmt.Sprintf("argument %d was to be %s, and it was %s", i, a, e.Strace())
		}
	}
	if touch, ok := c.(lang.Touch); ok && touch.Random && e.Signal != nil {
		return "" // how far it came is the order's
	}
	return comparePages(c, reach, before, after)
}

// unforeseen are the words that stand for arguments that only the kernel tells.
var unforeseen = map[string]bool{"fd": true, "vec": true, "shmid": true, "buffer": true, "key": true, "flags": true, "…": true}

// comparePages looks at what a call changes of pages: all that it was to reach have it, and no
// other has changed.
func comparePages(c model.Command, reach calls.Reach, before, after model.State) string {
	var want func(is model.Page) bool
	axis := func(p model.Page) any { return p.Lock }
	switch c := c.(type) {
	case lang.Mlock:
		want = func(is model.Page) bool { return is.Lock == model.Locked }
	case lang.Mlock2:
		want = func(is model.Page) bool { return is.Lock == model.OnFault || !c.OnFault && is.Lock == model.Locked }
	case lang.Munlock, lang.Munlockall:
		want = func(is model.Page) bool { return is.Lock == model.Unlocked || is.Lock == model.ShmLocked } // the segment's own stays
	case lang.Mprotect:
		axis = func(p model.Page) any { return p.Prot }
		want = func(is model.Page) bool { return is.Prot == c.Prot }
	case lang.Munmap:
		axis = func(p model.Page) any { return p.Has(model.InVMA) }
		want = func(is model.Page) bool { return !is.Has(model.InVMA) }
	case lang.Touch:
		axis = func(model.Page) any { return nil }
		want = func(is model.Page) bool { return is.Has(model.Mapped) }
	default:
		return ""
	}
	for i := range before.Procs {
		was := &before.Procs[i]
		now := after.Process(was.Name)
		for _, r := range was.Regions {
			reached := reachedOf(reach, was.Name, r)
			now := now.Region(r.Name)
			for page := range r.Pages.Len() {
				var is model.Page // of a region that is gone, a hole
				if now != nil {
					is = now.Pages.At(page)
				}
				switch {
				case reached[page] && !want(is):
					return fmt.Sprintf("%s %s[%d] was to be reached, and is %+v", was.Name, r.Name, page, is)
				case !reached[page] && axis(r.Pages.At(page)) != axis(is):
					return fmt.Sprintf("%s %s[%d] was not to be reached: before %+v, now %+v", was.Name, r.Name, page, r.Pages.At(page), is)
				}
			}
		}
	}
	return ""
}

// reachedOf are the pages of a region that were to be reached.
func reachedOf(reach calls.Reach, name string, r *model.Region) map[int64]bool {
	pages := map[int64]bool{}
	for _, p := range reach.Parts {
		if p.Proc != name || p.Region != r.Name {
			continue
		}
		for _, rg := range p.Ranges(model.Range{Lo: 0, Hi: r.Pages.Len()}) {
			for i := rg.Lo; i < rg.Hi; i++ {
				pages[i] = true
			}
		}
	}
	return pages
}
