//go:build linux && (amd64 || arm64)

package memops_test

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/kernel"
	"incore/model"
	"incore/model/lang"
)

// What processes do to each other's memory, said in the command language.
func TestProcesses(t *testing.T) {
	zero := " zero"
	if !kernel.Probe().Scan && os.Geteuid() != 0 {
		zero = " shared" // after a fork pagemap alone does not tell the zero page (see appendPagemap)
	}
	for name, lines := range map[string][]string{
		"copy-on-write is seen on both sides": {
			"mmap a 8", "touch a", "expect all a exclusive", "fork child",
			"expect all a shared", "in child expect all a shared resident",
			"in child touch a[3]", "expect minor 1", "in child expect all a[3] exclusive", "in child expect all a[4] shared",
			"touch a[3]", "expect all a[3] exclusive", "touch a[5]", "expect minor 1", "in child expect all a[5] resident",
		},
		"what the child writes is the child's": {
			"mmap a 2", "memset a 7", "fork child", "in child memset a[0] 9", "in child memcmp a[0] a[1]", "expect return 2",
			"memcmp a[0] a[1]", "expect return 0",
		},
		// A VMA without any page written has no anon_vma, and its page table is not copied
		// (mm/memory.c, vma_needs_copy).
		"the zero page is copied only beside a page of one's own": {
			"mmap a 4", "touch a read", "fork one", "in one expect all a absent unmapped", "expect all a" + zero,
			"touch a[3]", "fork two", "in two expect all a[0..2]" + zero, "in two expect all a[3] shared",
		},
		"locks are not inherited, and neither is FUTURE": {
			"mmap a 4", "mlock a", "mlockall future", "fork child", "in child expect no a locked", "in child expect vmlck 0",
			"expect all a locked", "in child mmap b 4", "in child expect no b locked", "in child expect all b absent",
			"mmap c 4", "expect all c locked resident",
		},
		"shared regions are shared": {
			"mmap s 4 shared", "fork child", "in child memset s[1] 5", "expect all s[1] resident unmapped",
			"mmap t 1", "memset t 5", "memcmp s[1] t", "expect return 0",
		},
		"dontfork leaves pages out": {
			"mmap a 8", "touch a", "madvise a[2..3] dontfork", "mmap b 4", "madvise b dontfork", "fork child",
			"in child expect all a[2..3] unmapped", "in child expect count a resident 6", "in child touch a[2]",
			"expect signal SIGSEGV SEGV_MAPERR in a[2]", "in child mmap b 4", "expect ok",
		},
		"wipeonfork gives empty pages": {
			"mmap a 4", "memset a 3", "madvise a wipeonfork", "fork child", "in child expect all a absent",
			"in child mmap z 1", "in child memcmp a[0] z", "expect return 0", "expect all a resident",
		},
		"a fork of a fork": {
			"mmap a 4", "touch a", "fork child", "in child mmap b 4", "in child touch b", "in child fork grandchild",
			"in grandchild expect all b shared", "in grandchild touch b[1]", "in child expect all b[2] shared",
			"in child kill SIGKILL", "expect dead child SIGKILL", "in grandchild expect all a resident", "expect alive",
			"in grandchild expect all b exclusive",
		},
		"exec leaves nothing but the process": {
			"mmap a 4", "mlock a", "mlockall current future", "exec", "expect ok", "expect return 0", "expect vmlck 0",
			"mmap a 4", "expect no a locked", "expect all a absent", "touch a", "expect minor 4", "fork child",
			"in child exec", "in child mmap a 4", "in child touch a", "expect ok", "expect all a resident",
		},
		"signals are answered after fork and exec": {
			"mmap a 4 none", "fork child", "in child touch a", "expect signal SIGSEGV SEGV_ACCERR in a[0]",
			"in child exec", "in child mmap b 4 none", "in child touch b", "expect signal SIGSEGV SEGV_ACCERR",
			"in child expect alive",
		},
		"exit has a code": {"fork child", "in child exit 7", "expect dead child", "fork child", "in child expect alive", "exit", "expect dead"},
		"kill": {
			"kill SIGCHLD", "expect ok", "expect alive", "kill SIGSEGV", "expect signal SIGSEGV SI_USER", "expect alive",
			"mmap a 4", "touch a", "expect minor 4", "kill SIGTERM", "expect dead SIGTERM",
		},
		"a signal can be let kill": {
			"mmap a 4 none", "signal SIGSEGV die", "signal SIGSEGV catch", "touch a", "expect signal SIGSEGV",
			"fork child", "in child signal SIGSEGV die", "in child touch a", "expect dead child SIGSEGV", "touch a", "expect alive",
			"signal SIGSEGV die", "fork child", "in child touch a", "expect dead child SIGSEGV",
		},
		"a lock of another process holds a shared page": {
			"mmap s 4 shared memfd", "touch s", "mlock s", "fork child", "in child mlock s", "munlock s",
			"in child expect all s locked", "expect no s locked", "madvise s pageout", "expect all s resident",
			"in child exit", "expect dead child", "expect no s locked",
		},
		"all of a dead process's locks are gone": {
			"mmap s 4 shared", "touch s", "fork child", "in child mlock s", "in child expect vmlck 4", "in child kill SIGKILL",
			"expect dead child SIGKILL", "mlock s", "expect ok", "expect vmlck 4",
		},
	} {
		t.Run(name, script(name, lines...))
	}
}

// At least eight processes at once, each with a memory of its own, and each seen.
func TestManyProcesses(t *testing.T) {
	const n = 16
	s := onScreen(t)
	s.submit("mmap a 64", "touch a")
	for i := range n {
		s.submit(fmt.Sprintf("fork p%d", i), fmt.Sprintf("in p%d mmap b 64", i), fmt.Sprintf("in p%d touch b[0..%d]", i, i))
	}
	s.until("all of them", func() bool {
		for i := range n {
			p := s.state.Process(fmt.Sprintf("p%d", i))
			if p == nil || p.Region("b") == nil || p.Region("a") == nil {
				return false
			}
			resident := func(pg model.Page) bool { return pg.Residency == model.Resident }
			all := model.Range{Lo: 0, Hi: 64}
			if p.Region("b").Pages.Count(all, resident) != int64(i)+1 || p.Region("a").Pages.Count(all, resident) != 64 {
				return false
			}
		}
		return true
	})
	var pids []int
	for _, p := range s.state.Procs {
		pids = append(pids, p.PID)
	}
	s.submit("reset")
	s.until("a fresh subject", func() bool { return len(s.state.Procs) == 1 && s.state.Main().PID != pids[0] })
	for _, pid := range pids {
		if err := unix.Kill(pid, 0); !errors.Is(err, unix.ESRCH) {
			t.Errorf("process %d is still there: %v", pid, err)
		}
	}
}

// The names and numbers of processes are bounded, and what is not there is said.
func TestProcessNames(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "fork child")
	for _, line := range []string{"fork child", "in nobody touch a", "in nobody fork x", "kill SIGSTOP", "in child kill SIGTSTP"} {
		if e := do(t, l, line); e.Refused == "" || e.Call != "" {
			t.Errorf("%s was not refused: %s", line, e.Strace())
		}
	}
	if checked := lang.Expect.Check(lang.Expect{Kind: lang.ExpectAlive}, l.State(), "nobody"); checked.OK {
		t.Error("a process that was never there is alive")
	}
	// A dead process's commands say how it died, and its name is free again.
	ok(t, l, "in child exit 3")
	if e := do(t, l, "in child mmap a 4"); e.Refused == "" {
		t.Errorf("a dead process mapped: %s", e.Strace())
	}
	ok(t, l, "fork child", "in child mmap a 4", "in child touch a")
	for i := 2; ; i++ {
		e := do(t, l, fmt.Sprintf("fork p%d", i))
		if e.OK() {
			continue
		}
		const most = 64 // live at a time
		if i != most || e.Refused == "" && e.Errno != "EAGAIN" {
			t.Errorf("process %d: %s", i+1, e.Strace())
		}
		break
	}
}
