//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"incore/memops"
	"incore/memops/kernel"
	"incore/memops/subject"
	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
)

// needsKeys skips a test where there are no protection keys.
func needsKeys(t testing.TB) {
	t.Helper()
	if kernel.ProtectionKeys() == 0 {
		t.Skip("this processor has no protection keys, or the kernel does not use them (/proc/cpuinfo: no ospke, no poe)")
	}
}

// noKeys says why a session with protection keys cannot be, or "".
func noKeys(*memops.Lab) string {
	if kernel.ProtectionKeys() == 0 {
		return "this processor has no protection keys"
	}
	return ""
}

// Where there are no keys the kernel says so, and each command that names one is refused.
func TestWithoutKeys(t *testing.T) {
	if kernel.ProtectionKeys() > 0 {
		t.Skip("this processor has protection keys")
	}
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4")
	for i, line := range []string{"pkey_alloc k", "pkey_alloc k no_access", "pkey_alloc k no_write"} {
		want, because := "ENOSPC", "This processor has no protection keys, or the kernel does not use them"
		e := do(t, l, line)
		switch {
		case e.Errno == "ENOSYS": // of a kernel that was built without them
			want, because = "ENOSYS", "pkey_alloc came with Linux 4.9"
		case i == 0 && runtime.GOARCH == "amd64":
			want = "EINVAL"
		}
		l.Refresh(t.Context(), model.Main)
		if why, _ := calls.Explain(e, l.State()); e.Errno != want || !strings.HasPrefix(why, because) {
			t.Errorf("%s: %s because %q; want %s because %q", line, e.Strace(), why, want, because)
		}
	}
	if r := calls.Foresee(lang.PkeyAlloc{Name: "k"}, l.State()); !strings.HasPrefix(r.Note, "it will fail: this processor has no protection keys") {
		t.Errorf("foreseen: %+v", r)
	}
	for _, line := range []string{"pkey_mprotect a rw k", "pkey_free k"} {
		if e := do(t, l, line); !strings.Contains(e.Refused, "there is no protection key k") {
			t.Errorf("%s: %s", line, e.Strace())
		}
	}
}

// What a key forbids is SIGSEGV, however often, and the thread keeps its rights behind each signal.
func TestKeys(t *testing.T) {
	needsKeys(t)
	for name, lines := range map[string][]string{
		"rights": {
			"mmap a 4", "touch a", "pkey_alloc k no_access", "expect return 1", "pkey_alloc j no_write", "expect return 2", "pkey_alloc i", "pkey_mprotect a[0] rw k", "expect ok", "pkey_mprotect a[1] rw j",
			"pkey_mprotect a[2] rw i", "expect vmas a 4", "touch a[0] read", "expect signal SIGSEGV SEGV_PKUERR in a[0]", "touch a[0] read", "expect signal SIGSEGV SEGV_PKUERR in a[0]", "touch a[1] read", "expect ok",
			"touch a[1]", "expect signal SIGSEGV SEGV_PKUERR in a[1]", "touch a[1] read", "expect ok", "touch a[2]", "expect ok", "touch a[3]", "expect ok", "memcpy a[3] a[1]", "expect ok", "memcpy a[1] a[3]",
			"expect signal SIGSEGV SEGV_PKUERR in a[1]", "memcmp a[3] a[0]", "expect signal SIGSEGV SEGV_PKUERR in a[0]", "touch a[2]", "expect ok",
		},
		"a page that is not there, and one that may not be accessed": {
			"mmap a 4", "pkey_alloc k no_access", "pkey_mprotect a[0..1] rw k", "touch a[0] read", "expect signal SIGSEGV SEGV_PKUERR in a[0]", "expect all a[0] absent", "mprotect a[1] none", "touch a[1]",
			"expect signal SIGSEGV SEGV_PKUERR in a[1]", "munmap a[2]", "touch a[2]", "expect signal SIGSEGV SEGV_MAPERR",
		},
		"mprotect keeps the key": {
			"mmap a 2", "touch a", "pkey_alloc k no_write", "pkey_mprotect a rw k", "mprotect a r", "mprotect a rw", "touch a", "expect signal SIGSEGV SEGV_PKUERR in a[0]",
			"mremap a 4 at a", "mremap a 8", "touch a[7]", "expect signal SIGSEGV SEGV_PKUERR in a[7]",
		},
		"the kernel for the process": {
			"mmap a 4", "touch a", "pkey_alloc k no_access", "pkey_alloc j no_write", "pkey_mprotect a[0] rw k", "pkey_mprotect a[2] rw j", "read a[0]", "expect errno EFAULT", "write a[0]", "expect errno EFAULT",
			"read a[2]", "expect errno EFAULT", "write a[2]", "expect ok", "read a[1..2]", "expect return 4096", "mincore a", "expect ok", "madvise a[0] populate_read", "expect errno EINVAL",
			"mlock a[0]", "expect errno ENOMEM", "expect all a[0] locked", "mlock a[2]", "expect errno ENOMEM", "mlock2 a onfault", "expect ok",
		},
		"a child has the rights, and its own keys": {
			"mmap a 2", "pkey_alloc k no_access", "pkey_mprotect a rw k", "fork kid", "in kid touch a", "expect signal SIGSEGV SEGV_PKUERR in a[0]", "in kid pkey_free k", "expect ok",
			"in kid pkey_free k", "expect errno EINVAL", "pkey_free k", "expect ok", "pkey_free k", "expect errno EINVAL", "touch a", "expect signal SIGSEGV SEGV_PKUERR in a[0]",
		},
		"a key that is freed in use": {
			"mmap a 2", "touch a", "pkey_alloc k no_access", "pkey_mprotect a[0] rw k", "pkey_free k", "pkey_mprotect a[1] rw k", "expect errno EINVAL", "touch a[0]", "expect signal SIGSEGV SEGV_PKUERR in a[0]",
			"pkey_alloc j", "expect return 1", "touch a[0]", "expect ok", "pkey_free k", "expect ok", "pkey_free j", "expect errno EINVAL", "pkey_alloc k", "expect return 1", "touch a[0]", "expect ok",
		},
		"exec ends them": {
			"pkey_alloc k no_access", "exec", "mmap a 1", "pkey_free k", "expect errno EINVAL", "pkey_alloc j no_access", "expect return 1", "pkey_mprotect a rw j", "touch a", "expect signal SIGSEGV SEGV_PKUERR in a[0]",
		},
	} {
		if name == "exec ends them" { // by the state then, there is no key k to be freed
			lines = append(lines[:3:3], lines[5:]...)
		}
		t.Run(name, script(name, lines...))
	}
}

// All keys but the default one can be had, and what may be executed alone takes one of them on x86-64.
func TestKeysRunOut(t *testing.T) {
	needsKeys(t)
	l := opened(t, memops.Options{})
	most := kernel.ProtectionKeys() - 1
	for i := range most {
		if e := do(t, l, fmt.Sprintf("pkey_alloc k%d", i)); !e.OK() || e.Ret != int64(i+1) {
			t.Fatalf("key %d: %s", i, e.Strace())
		}
	}
	c, _ := lang.Parse("pkey_alloc more")
	if wrong := foreseen(t, l, c); wrong != "" {
		t.Error(wrong)
	}
	explained{call: "pkey_alloc", answer: "ENOSPC", why: fmt.Sprintf("A process has %d protection keys. Key 0 is the default one, and all others are taken: k0 k1", most+1), try: "pkey_free one of them."}.check(t, l, "pkey_alloc more")
	ok(t, l, "pkey_free k3", "pkey_alloc again")
	if k := l.State().Main().Key("again"); k.Number != 4 {
		t.Errorf("the key that was freed is %d", k.Number)
	}
}

func TestExecuteOnlyKey(t *testing.T) {
	needsKeys(t)
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "touch a")
	e := do(t, l, "mprotect a[1] x")
	l.Refresh(t.Context(), model.Main)
	v := l.State().Main().VMAsIn(model.Span{Addr: e.Args[0].Value, Len: 1})
	if len(v) != 1 || v[0].Key == 0 {
		t.Skip("here what may be executed alone has no key")
	}
	if want := fmt.Sprintf("the kernel gave it protection key %d, by which the thread may neither read nor write", v[0].Key); e.Result != want {
		t.Errorf("mprotect says %q, not %q", e.Result, want)
	}
	if e := do(t, l, "touch a[1] read"); e.Signal == nil || e.Signal.Code != "SEGV_PKUERR" || e.Signal.Key != v[0].Key {
		t.Errorf("a read of what may be executed alone: %s", e.Strace())
	}
	explained{call: "touch", answer: "SIGSEGV", why: fmt.Sprintf("a[1] has key %d (the kernel's, for what may be executed alone), by which the thread may neither read nor write, and touch read from it.", v[0].Key),
		try: "mprotect a[1] rx."}.check(t, l, "touch a[1] read")
	if k := l.State().Main().KeyOf(v[0].Key); k == nil || k.Name != "" || k.Rights != model.KeyNoAccess {
		t.Errorf("the key is kept as %+v", k)
	}
	ok(t, l, "mprotect a[1] rx", "touch a[1] read", "touch a[1] exec")
	l.Refresh(t.Context(), model.Main)
	if v := l.State().Main().VMAsIn(model.Span{Addr: e.Args[0].Value, Len: 1}); v[0].Key != 0 {
		t.Errorf("it keeps key %d", v[0].Key)
	}
	// A number that was freed can become the kernel's.
	ok(t, l, "reset", "mmap a 4", "pkey_alloc k", "pkey_free k", "mprotect a[0] x")
	if e := do(t, l, "pkey_free k"); e.Errno != "EINVAL" {
		t.Errorf("a key that is the kernel's: %s", e.Strace())
	}
	explained{call: "pkey_free", answer: "EINVAL", why: "The protection key k, number 1, was freed, and the kernel has given that number to what may be executed alone."}.check(t, l, "pkey_free k")
	explained{call: "touch", answer: "SIGSEGV", why: "a[0] has key 1 (the kernel's, for what may be executed alone)"}.check(t, l, "touch a[0] read")
	for _, line := range []string{"touch a[0] read", "fork kid", "in kid touch a[0] read", "pkey_free k", "pkey_mprotect a[1] r k"} {
		c, err := lang.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		if wrong := foreseen(t, l, c); wrong != "" {
			t.Errorf("%s: %s", line, wrong)
		}
	}
	if e := do(t, l, "mmap x 1 x"); !strings.HasPrefix(e.Result, "the kernel gave it protection key ") {
		t.Errorf("mmap says %q", e.Result)
	}
}

// What is foreseen by keys is what comes.
func TestForeseenKeys(t *testing.T) {
	needsKeys(t)
	l := opened(t, memops.Options{})
	for _, line := range []string{
		"mmap a 8", "touch a", "pkey_alloc k no_access", "pkey_alloc k", "pkey_alloc j no_write", "pkey_mprotect a[1] rw k", "pkey_mprotect a[2..3] rw j", "pkey_mprotect a+1,1 rw j", "pkey_mprotect a rw none_such",
		"touch a read", "touch a[2] read", "touch a[2]", "touch a every 4", "memset a+0,5000 1", "memset a[2]+0,1 1", "memcpy a[0] a[2]", "memcpy a[2] a[0]", "memcmp a[0] a[1]", "read a", "read a[1]", "write a[2]", "write a[1..2]",
		"mlock a", "munlock a", "mlock a[2]", "mlock2 a onfault", "munlock a", "madvise a populate_read", "madvise a[2..3] populate_read", "madvise a populate_write", "fork kid", "in kid touch a[1]", "in kid pkey_free k",
		"in kid pkey_free k", "in kid pkey_mprotect a[4] rw k", "in kid pkey_mprotect a+0,0 rw k", "pkey_free k", "pkey_alloc l", "touch a[1]", "pkey_free j", "pkey_free j", "munmap a[5]", "pkey_mprotect a r l", "pkey_mprotect a[5..] r l",
		"mprotect a[0] x", "touch a[0] read", "touch a[0] exec", "exec", "mmap b 2", "pkey_alloc k no_write", "pkey_mprotect b r k", "touch b", "touch b read",
	} {
		c, err := lang.Parse(line)
		if err != nil {
			continue // of the language alone
		}
		if wrong := foreseen(t, l, c); wrong != "" {
			t.Errorf("%s: %s", line, wrong)
		}
	}
}

func TestExplainKeys(t *testing.T) {
	needsKeys(t)
	runExplained(t, []explained{
		{lines: "mmap a 4; pkey_alloc k no_access; pkey_mprotect a rw k; touch a", call: "touch", answer: "SIGSEGV", why: "a[0] has key 1 (k, no_access), by which the thread may neither read nor write, and touch wrote to it. Its protection, rw, would allow that."},
		{lines: "mmap a 4; pkey_alloc k no_write; pkey_mprotect a rw k; mlock a", call: "mlock", answer: "ENOMEM", why: "a has key 1 (k, no_write), by which the thread may read and not write, so it could not be brought in. The whole range is locked all the same."},
		{lines: "mmap a 4; touch a; pkey_alloc k no_write; pkey_mprotect a rw k; read a", call: "read", answer: "EFAULT", why: "a[0] has key 1 (k, no_write), by which the thread may read and not write, and the kernel was to access it for the process."},
		{lines: "mmap a 4; pkey_alloc k; pkey_free k; pkey_mprotect a rw k", call: "pkey_mprotect", answer: "EINVAL", why: "The protection key k, number 1, was freed, and no pkey_alloc has returned that number since. Nothing was changed.", try: "pkey_alloc k makes it anew."},
		{lines: "mmap a 4; pkey_alloc k; munmap a[2]; pkey_mprotect a r k", call: "pkey_mprotect", answer: "ENOMEM", why: "a[2] is a hole"},
		{lines: "mmap a 4; pkey_alloc k; pkey_mprotect a+1,1 r k", call: "pkey_mprotect", answer: "EINVAL", why: "The address"},
		{lines: "pkey_alloc k; pkey_free k; pkey_free k", call: "pkey_free", answer: "EINVAL", why: "The protection key k, number 1, was freed"},
	})
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "pkey_alloc k", "pkey_mprotect a[0..2] rw k")
	if e := do(t, l, "pkey_free k"); e.Result != "3 pages still have key 1, which the next pkey_alloc can return" {
		t.Errorf("pkey_free of a key in use says %q", e.Result)
	}
}

// The subject's own memory keeps its key.
func TestKeysOfOwnMemory(t *testing.T) {
	needsKeys(t)
	l := opened(t, memops.Options{})
	ok(t, l, "pkey_alloc k no_access")
	for _, at := range []uint64{subject.OwnStart, subject.WindowAddr} {
		line := fmt.Sprintf("pkey_mprotect %#x,4096 rw k", at)
		if e := do(t, l, line); !strings.Contains(e.Refused, "the subject's own memory") {
			t.Errorf("%s: %s", line, e.Strace())
		}
	}
}

// The screen shows what memory holds, whatever the program may do by its key; looking changes none of its rights.
func TestLookingPastKeys(t *testing.T) {
	needsKeys(t)
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4", "memset a 0x41", "pkey_alloc k no_access", "pkey_mprotect a[1] rw k", "fork kid")
	for _, name := range []string{model.Main, "kid"} {
		if f := cursorOn(t, l, name, "a", 1); f.Bytes != strings.Repeat("A", 16) {
			t.Errorf("%s: %q, %s", name, f.Bytes, f.BytesWhy)
		}
	}
	for _, line := range []string{"touch a[1] read", "in kid touch a[1] read"} {
		if e := do(t, l, line); e.Signal == nil || e.Signal.Code != "SEGV_PKUERR" {
			t.Errorf("%s: %s", line, e.Strace())
		}
	}
}

// A signal that somebody sent, an instruction that ran, and a kill that is answered leave the rights as they are.
func TestRightsStay(t *testing.T) {
	needsKeys(t)
	l := opened(t, memops.Options{})
	ok(t, l, "mmap a 4 rwx", "touch a", "pkey_alloc k", "pkey_mprotect a rwx k")
	for _, line := range []string{"touch a[0] exec", "kill SIGSEGV", "kill SIGTRAP", "touch 0x1000,1"} {
		do(t, l, line)
		ok(t, l, "touch a", "touch a read")
	}
}
