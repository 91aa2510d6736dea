//go:build linux && (amd64 || arm64)

package memops_test

import (
	"strings"
	"testing"

	"incore/memops"
	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
)

// Once PR_SET_MDWE is set nothing becomes executable, here and in children (Linux 6.3).
func TestMDWE(t *testing.T) {
	l := opened(t, memops.Options{})
	if e := do(t, l, "prctl mdwe"); !e.OK() {
		explained{call: "prctl", answer: "EINVAL", why: "PR_SET_MDWE came with Linux 6.3; this is "}.check(t, l, "prctl mdwe")
		t.Skip("this kernel has no PR_SET_MDWE")
	}
	for name, lines := range map[string][]string{
		"what is refused": {
			"mmap x 4 rx", "mmap w 4", "prctl mdwe", "expect ok", "prctl mdwe", "expect ok", "mmap a 4 rwx", "expect errno EACCES", "mmap a 4 rx", "expect ok", "mprotect w rx", "expect errno EACCES", "mprotect w rwx", "expect errno EACCES",
			"mprotect x r", "expect ok", "mprotect x rx", "expect errno EACCES", "mprotect a rwx", "expect errno EACCES", "mprotect a rx", "expect ok", "mprotect w r", "expect ok", "mprotect w rw", "expect ok",
			"expect all w prot=rw", "touch w exec", "expect signal SIGSEGV SEGV_ACCERR in w[0]",
		},
		"as far as it may": {
			"mmap a 8 rx", "mprotect a[4..] r", "prctl mdwe", "mprotect a rx", "expect errno EACCES", "expect all a[0..3] prot=rx", "expect all a[4..] prot=r",
		},
		"a child has it, and a program that is run": {
			"prctl mdwe", "fork kid", "in kid mmap a 4 rwx", "expect errno EACCES", "exec", "mmap a 4 rwx", "expect errno EACCES", "mmap a 4 rx", "expect ok", "reset", "mmap a 4 rwx", "expect ok",
		},
	} {
		t.Run(name, script(name, lines...))
	}
	runExplained(t, []explained{
		{lines: "prctl mdwe; mmap a 4 rwx", call: "mmap", answer: "EACCES", why: "The process has set PR_SET_MDWE (prctl mdwe): no mapping may be both written and executed. Nothing was mapped.", try: "Map it rx or rw."},
		{lines: "mmap a 4; prctl mdwe; mprotect a rx", call: "mprotect", answer: "EACCES", why: "The process has set PR_SET_MDWE (prctl mdwe): no mapping becomes executable, nor writable beside that, and a has protection rw.", try: "Leave out x, or map it rx."},
	})
}

// What will be refused is said before.
func TestRefusalsAreForeseen(t *testing.T) {
	for lines, want := range map[string]string{
		"prctl mdwe; mmap a 4 rwx":                             "EACCES",
		"mmap a 4; prctl mdwe; mprotect a rx":                  "EACCES",
		"mmap a 4; prctl mdwe; fork kid; in kid mprotect a rx": "EACCES",
		"mmap a 4 rx; prctl mdwe; mprotect a r":                "",
		"mmap a 4; prctl mdwe; reset; mmap a 4 rwx":            "",
		"mmap a 8M r; setrlimit data 6M; mprotect a rw":        "ENOMEM",
		"mmap a 8M r shared; setrlimit data 6M; mprotect a rw": "",
		"brk +4K; setrlimit data 6M; brk +8M":                  "ENOMEM",
		"brk +4K; setrlimit as 6M; brk +8M":                    "ENOMEM",
		"setrlimit data 6M; malloc m 16M":                      "ENOMEM",
		"setrlimit data 6M; malloc m 1M":                       "",
		"setrlimit as 16M; calloc m 1024 64K":                  "ENOMEM",
		"setrlimit data 6M; aligned_alloc m 64K 16M":           "ENOMEM",
	} {
		t.Run(lines, func(t *testing.T) {
			l := opened(t, memops.Options{})
			list := strings.Split(lines, "; ")
			last := list[len(list)-1]
			for _, line := range list[:len(list)-1] {
				if e := do(t, l, line); line == "prctl mdwe" && !e.OK() {
					t.Skip("this kernel has no PR_SET_MDWE")
				} else if !e.OK() {
					t.Fatalf("%s: %s", line, e.Strace())
				}
			}
			c, err := lang.Parse(last)
			if err != nil {
				t.Fatal(err)
			}
			l.Refresh(t.Context(), model.Main)
			l.Refresh(t.Context(), "kid")
			reach := calls.Foresee(c, l.State())
			e := do(t, l, last)
			if reach.Answer != want || e.Errno != want {
				t.Errorf("%s: foreseen is %q (%s), want %q; it is %s", last, reach.Answer, reach.Why, want, e.Strace())
			}
		})
	}
}

// Without transparent huge pages none is made, asked for or not.
func TestTHPDisable(t *testing.T) {
	l := opened(t, memops.Options{})
	ok(t, l, "prctl thp_disable", "mmap a 8M", "madvise a hugepage", "touch a", "expect no a huge", "fork kid", "in kid touch a", "in kid expect no a huge")
	runExplained(t, []explained{
		{lines: "prctl thp_disable; mmap a 8M; touch a; madvise a collapse", call: "madvise", answer: "EINVAL", why: "The process has set PR_SET_THP_DISABLE (prctl thp_disable): no huge pages are made for it."},
	})
}
