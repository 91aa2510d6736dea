package model_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"incore/model"
)

func TestParse(t *testing.T) {
	a := whole("a")
	pages4 := model.Size{N: 4, Unit: model.Pages}
	for _, tt := range []struct {
		line  string
		want  model.Command
		print string // "" where it is the line itself
	}{
		{"", nil, ""},
		{"   # nothing here", nil, ""},
		{"mmap a 64", model.Mmap{Name: "a", Size: model.Size{N: 64, Unit: model.Pages}, Backing: model.Anon, Prot: rw}, ""},
		{"mmap a 0", model.Mmap{Name: "a", Size: model.Size{Unit: model.Pages}, Backing: model.Anon, Prot: rw}, ""},
		{"\tmmap key_2 1T noreserve none  memfd shared locked populate # all\r\n", model.Mmap{
			Name: "key_2", Size: model.Size{N: 1, Unit: model.TiB}, Shared: true, Backing: model.Memfd,
			Locked: true, Populate: true, Noreserve: true,
		}, "mmap key_2 1T shared memfd none locked populate noreserve"},
		{"mmap a 4096B private anon rw", model.Mmap{
			Name: "a", Size: model.Size{N: 4096, Unit: model.Bytes}, Backing: model.Anon, Prot: rw,
		}, "mmap a 4096B"},
		{"munmap a[4..]", model.Munmap{T: model.Target{Form: model.PageTail, Region: "a", First: 4}}, ""},
		{"mlock key+100,32", model.Mlock{T: model.Target{Form: model.ByteSpan, Region: "key", Off: 100, Len: 32}}, ""},
		{"mlock a+0x10,0x20", model.Mlock{T: model.Target{Form: model.ByteSpan, Region: "a", Off: 16, Len: 32}}, "mlock a+16,32"},
		{"munlock 0x7f12_3456_7000,4096", model.Munlock{
			T: model.Target{Form: model.RawSpan, Off: 0x7f1234567000, Len: 4096},
		}, "munlock 0x7f1234567000,4096"},
		{"mlock2 a onfault", model.Mlock2{T: a, OnFault: true}, ""},
		{"mlock2 a", model.Mlock2{T: a}, ""},
		{"mlockall", model.Mlockall{}, ""},
		{"mlockall onfault current", model.Mlockall{Current: true, OnFault: true}, "mlockall current onfault"},
		{"munlockall", model.Munlockall{}, ""},
		{"mprotect a[3] none", model.Mprotect{T: model.Target{Form: model.PageSpan, Region: "a", First: 3, Last: 3}}, ""},
		{"mprotect a[3..3] rwx", model.Mprotect{
			T: model.Target{Form: model.PageSpan, Region: "a", First: 3, Last: 3}, Prot: rw | model.ProtExec,
		}, "mprotect a[3] rwx"},
		{"madvise a[4..7] populate_read", model.Madvise{
			T: model.Target{Form: model.PageSpan, Region: "a", First: 4, Last: 7}, Advice: "populate_read",
		}, ""},
		{"mincore a", model.Mincore{T: a}, ""},
		{"touch a", model.Touch{T: a, Access: model.Write, Every: 1}, ""},
		{"touch a at 200/s random every 2 read", model.Touch{
			T: a, Access: model.Read, Every: 2, Random: true, Rate: 200, Paced: true,
		}, "touch a read every 2 random at 200/s"},
		{"touch a at max write every 1", model.Touch{T: a, Access: model.Write, Every: 1, Paced: true}, "touch a at max"},
		{"memset a 0x41", model.Memset{T: a, Byte: 0x41}, ""},
		{"memset a 255", model.Memset{T: a, Byte: 255}, "memset a 0xff"},
		{"memcpy a b", model.Memcpy{Dst: a, Src: whole("b")}, ""},
		{"memmove a b", model.Memmove{Dst: a, Src: whole("b")}, ""},
		{"memcmp a b", model.Memcmp{A: a, B: whole("b")}, ""},
		{"mmap a 4 at b[2] alias c shared", model.Mmap{
			Name: "a", Size: pages4, Shared: true, Backing: model.Anon, Prot: rw, Alias: "c",
			At: &model.Target{Form: model.PageSpan, Region: "b", First: 2, Last: 2},
		}, "mmap a 4 shared at b[2] alias c"},
		{"mmap a 4 alias c at 0x10000,1 r", model.Mmap{
			Name: "a", Size: pages4, Backing: model.Anon, Prot: model.ProtRead, Alias: "c",
			At: &model.Target{Form: model.RawSpan, Off: 0x10000, Len: 1},
		}, "mmap a 4 r at 0x10000,1 alias c"},
		{"mmap a 4 scratch grows_down hugetlb", model.Mmap{
			Name: "a", Size: pages4, Backing: model.Scratch, Prot: rw, HugeTLB: true, GrowsDown: true,
		}, "mmap a 4 scratch hugetlb grows_down"},
		{"mmap a 4 file /etc/passwd r", model.Mmap{
			Name: "a", Size: pages4, Backing: model.FileOf, Path: "/etc/passwd", Prot: model.ProtRead,
		}, ""},
		{"mmap a 4 shared file '~/my notes' at b", model.Mmap{
			Name: "a", Size: pages4, Shared: true, Backing: model.FileOf, Path: "~/my notes", Prot: rw,
			At: &model.Target{Region: "b"},
		}, ""},
		{`mmap a 4 file it\'s\ \"one\"\\`, model.Mmap{
			Name: "a", Size: pages4, Backing: model.FileOf, Path: `it's "one"\`, Prot: rw,
		}, `mmap a 4 file "it's \"one\"\\"`},
		{"mmap a 4 file locked locked", model.Mmap{
			Name: "a", Size: pages4, Backing: model.FileOf, Path: "locked", Prot: rw, Locked: true,
		}, ""},
		{"mremap a 1M", model.Mremap{Name: "a", Size: model.Size{N: 1, Unit: model.MiB}}, ""},
		{"mseal a[1..2]", model.Mseal{T: model.Target{Form: model.PageSpan, Region: "a", First: 1, Last: 2}}, ""},
		{"posix_fadvise a willneed", model.PosixFadvise{T: a, Advice: "willneed"}, ""},
		{"msync a invalidate", model.Msync{T: a, Mode: "invalidate"}, ""},
		{"brk +64K", model.Brk{Size: model.Size{N: 64, Unit: model.KiB}}, ""},
		{"brk -4", model.Brk{Size: pages4, Down: true}, ""},
		{"malloc b 100B", model.Malloc{Name: "b", Size: model.Size{N: 100, Unit: model.Bytes}}, ""},
		{"free b", model.Free{Name: "b"}, ""},
		{"mallopt mmap_threshold 128K", model.Mallopt{Threshold: model.Size{N: 128, Unit: model.KiB}}, ""},
		{"shmget s 4", model.Shmget{Name: "s", Size: pages4}, ""},
		{"shmctl s unlock", model.Shmctl{Name: "s", Op: "unlock"}, ""},
		{"fork kid_1", model.Fork{Name: "kid_1"}, ""},
		{"in kid mlock a # there", model.In{Proc: "kid", Do: model.Mlock{T: a}}, "in kid mlock a"},
		{"in main fork kid", model.In{Proc: "main", Do: model.Fork{Name: "kid"}}, ""},
		{"in kid expect minor <=1", model.In{Proc: "kid", Do: model.Expect{Kind: model.ExpectMinor, Op: model.Le, N: 1}},
			"in kid expect minor <= 1"},
		{"exec", model.Execve{}, ""},
		{"exit", model.Exit{}, ""},
		{"exit 0", model.Exit{}, "exit"},
		{"exit 255", model.Exit{Code: 255}, ""},
		{"kill SIGTERM", model.Kill{Signal: "SIGTERM"}, ""},
		{"signal SIGSEGV", model.SetSignal{Signal: "SIGSEGV"}, ""},
		{"signal SIGSEGV catch", model.SetSignal{Signal: "SIGSEGV"}, "signal SIGSEGV"},
		{"signal SIGBUS die", model.SetSignal{Signal: "SIGBUS", Die: true}, ""},
		{"setrlimit memlock 64K", model.Setrlimit{Soft: model.Amount{Size: model.Size{N: 64, Unit: model.KiB}}}, ""},
		{"setrlimit memlock 0 unlimited", model.Setrlimit{
			Soft: model.Amount{Size: model.Size{Unit: model.Pages}}, Hard: &model.Amount{Unlimited: true},
		}, ""},
		{"setrlimit memlock unlimited 4", model.Setrlimit{
			Soft: model.Amount{Unlimited: true}, Hard: &model.Amount{Size: pages4},
		}, ""},
		{"capset -ipc_lock", model.Capset{Drop: "ipc_lock"}, ""},
		{"memcg 8M", model.Memcg{Limit: model.Amount{Size: model.Size{N: 8, Unit: model.MiB}}}, ""},
		{"memcg max", model.Memcg{Limit: model.Amount{Unlimited: true}}, ""},
		{"reset", model.Reset{}, ""},
		{"say one   secret\t is done # done", model.Say{Text: "one secret is done"}, "say one secret is done"},
		{`say 'one  secret'`, model.Say{Text: "one  secret"}, ""},
		{`say it\'s "a \"quote\"" \\`, model.Say{Text: `it's a "quote" \`}, `say "it's a \"quote\" \\"`},
		{`say "#1"`, model.Say{Text: "#1"}, "say '#1'"},
		{`say issue#1`, model.Say{Text: "issue#1"}, "say 'issue#1'"},
		{`say ''`, model.Say{}, ""},
		{"wait 1m30s", model.Wait{For: 90 * time.Second}, ""},
		{"wait 60m", model.Wait{For: time.Hour}, "wait 1h"},
		{"wait 120s", model.Wait{For: 2 * time.Minute}, "wait 2m"},
		{"wait 0s", model.Wait{}, ""},
		{"speed 200/s", model.Speed{Rate: 200}, ""},
		{"speed max", model.Speed{}, ""},
		{"expect ok", model.Expect{Kind: model.ExpectOK}, ""},
		{"expect errno ENOMEM", model.Expect{Kind: model.ExpectErrno, Word: "ENOMEM"}, ""},
		{"expect errno EWOULDBLOCK", model.Expect{Kind: model.ExpectErrno, Word: "EAGAIN"}, "expect errno EAGAIN"},
		{"expect signal SIGSEGV", model.Expect{Kind: model.ExpectSignal, Word: "SIGSEGV"}, ""},
		{"expect signal SIGSEGV SEGV_ACCERR in a[9]", model.Expect{
			Kind: model.ExpectSignal, Word: "SIGSEGV", Code: "SEGV_ACCERR", In: true,
			T: model.Target{Form: model.PageSpan, Region: "a", First: 9, Last: 9},
		}, ""},
		{"expect signal SIGBUS in a", model.Expect{Kind: model.ExpectSignal, Word: "SIGBUS", In: true, T: a}, ""},
		{"expect signal SIGILL 128", model.Expect{Kind: model.ExpectSignal, Word: "SIGILL", Code: "128"}, ""},
		{"expect minor 4", model.Expect{Kind: model.ExpectMinor, Op: model.Eq, N: 4}, ""},
		{"expect minor ==4", model.Expect{Kind: model.ExpectMinor, Op: model.Eq, N: 4}, "expect minor 4"},
		{"expect major <=4", model.Expect{Kind: model.ExpectMajor, Op: model.Le, N: 4}, "expect major <= 4"},
		{"expect all key[0] locked resident", model.Expect{
			Kind: model.ExpectAll, T: model.Target{Form: model.PageSpan, Region: "key"},
			States: []model.PageState{"locked", "resident"},
		}, ""},
		{"expect no a prot=none", model.Expect{Kind: model.ExpectNo, T: a, States: []model.PageState{"prot=none"}}, ""},
		{"expect count a locked != 3", model.Expect{
			Kind: model.ExpectCount, T: a, States: []model.PageState{"locked"}, Op: model.Ne, N: 3,
		}, ""},
		{"expect vmlck >=64K", model.Expect{
			Kind: model.ExpectVmLck, Op: model.Ge, Size: model.Size{N: 64, Unit: model.KiB},
		}, "expect vmlck >= 64K"},
		{"expect rss > 4", model.Expect{Kind: model.ExpectRSS, Op: model.Gt, Size: model.Size{N: 4, Unit: model.Pages}}, ""},
		{"expect swap 0", model.Expect{Kind: model.ExpectSwap, Op: model.Eq, Size: model.Size{Unit: model.Pages}}, ""},
		{"expect vmas a 3", model.Expect{Kind: model.ExpectVMAs, T: a, Op: model.Eq, N: 3}, ""},
		{"expect rlimit memlock unlimited", model.Expect{Kind: model.ExpectRlimit, Op: model.Eq, Unlimited: true}, ""},
		{"expect rlimit memlock <8M", model.Expect{
			Kind: model.ExpectRlimit, Op: model.Lt, Size: model.Size{N: 8, Unit: model.MiB},
		}, "expect rlimit memlock < 8M"},
		{"expect return -1", model.Expect{Kind: model.ExpectReturn, Op: model.Eq, N: -1}, ""},
		{"expect return 0x7f_ff", model.Expect{Kind: model.ExpectReturn, Op: model.Eq, N: 0x7fff}, "expect return 32767"},
		{"expect alive", model.Expect{Kind: model.ExpectAlive}, ""},
		{"expect dead", model.Expect{Kind: model.ExpectDead}, ""},
		{"expect dead SIGKILL", model.Expect{Kind: model.ExpectDead, Word: "SIGKILL"}, ""},
		{"expect alive kid", model.Expect{Kind: model.ExpectAlive, Proc: "kid"}, ""},
		{"expect dead kid", model.Expect{Kind: model.ExpectDead, Proc: "kid"}, ""},
		{"expect dead kid SIGSEGV", model.Expect{Kind: model.ExpectDead, Proc: "kid", Word: "SIGSEGV"}, ""},
	} {
		t.Run(tt.line, func(t *testing.T) {
			got, err := model.Parse(tt.line)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Fatalf("parsed (-want +got):\n%s", diff)
			}
			if got == nil {
				return
			}
			want := tt.print
			if want == "" {
				want = tt.line
			}
			if diff := cmp.Diff(want, got.String()); diff != "" {
				t.Errorf("printed (-want +got):\n%s", diff)
			}
			if verb, _, _ := strings.Cut(got.String(), " "); verb != got.Verb() {
				t.Errorf("Verb() = %q of %q", got.Verb(), got)
			}
		})
	}
}

// Every verb of the table parses its own example, and the table has the whole language.
func TestVerbs(t *testing.T) {
	examples := map[string]string{
		"mmap": "a 1", "munmap": "a", "touch": "a", "mlock": "a", "mlock2": "a", "munlock": "a", "mprotect": "a r",
		"madvise": "a free", "mincore": "a", "memset": "a 0", "memcpy": "a b", "memmove": "a b", "memcmp": "a b",
		"say": "x", "wait": "1s", "speed": "max", "expect": "ok", "mremap": "a 1", "mseal": "a",
		"posix_fadvise": "a random", "msync": "a sync", "brk": "+1", "malloc": "a 1", "free": "a",
		"mallopt": "mmap_threshold 1", "shmget": "a 1", "shmctl": "a rmid", "fork": "kid", "in": "kid exec",
		"kill": "SIGKILL", "signal": "SIGBUS", "setrlimit": "memlock 1", "capset": "-kill", "memcg": "max",
		"exec": "", "exit": "", "reset": "", "mlockall": "", "munlockall": "",
	}
	names := map[string]bool{}
	for _, v := range model.Verbs() {
		if names[v.Name] {
			t.Errorf("%s is listed twice", v.Name)
		}
		names[v.Name] = true
		if v.Help == "" || !strings.HasSuffix(v.Help, ".") || !strings.HasPrefix(v.Usage+" ", v.Name+" ") {
			t.Errorf("%s: usage %q, help %q", v.Name, v.Usage, v.Help)
		}
		line := v.Name + " " + examples[v.Name]
		c, err := model.Parse(line)
		if err != nil || c.Verb() != v.Name {
			t.Errorf("%s is %#v, %v", line, c, err)
			continue
		}
		in, err := model.Parse("in kid " + line)
		if want := (model.In{Proc: "kid", Do: c}); v.Session == (err == nil) || err == nil && !cmp.Equal(in, model.Command(want)) {
			t.Errorf("in kid %s is %#v, %v", line, in, err)
		}
	}
	for verb := range examples {
		if !names[verb] {
			t.Errorf("%s of the language is not in the table", verb)
		}
	}
	for _, advice := range model.Advices() {
		if _, err := model.Parse("madvise a " + advice); err != nil {
			t.Error(err)
		}
	}
	for _, prot := range model.Protections() {
		if _, err := model.Parse("mprotect a " + prot.String()); err != nil {
			t.Error(err)
		}
	}
	for _, state := range model.PageStates() {
		if _, err := model.Parse("expect all a " + string(state)); err != nil {
			t.Error(err)
		}
	}
	for _, errno := range model.Errnos() {
		if _, err := model.Parse("expect errno " + errno); err != nil {
			t.Error(err)
		}
	}
	after := map[string]string{"file": " x", "alias": " b", "at": " b"}
	for _, option := range model.MmapOptions() {
		if _, err := model.Parse("mmap a 1 " + option + after[option]); err != nil {
			t.Error(err)
		}
	}
	for prefix, words := range map[string][]string{
		"posix_fadvise a ": model.FileAdvices(), "msync a ": model.SyncModes(), "shmctl a ": model.ShmOps(),
		"kill ": model.Signals(), "capset -": model.Capabilities(),
	} {
		for _, w := range words {
			if _, err := model.Parse(prefix + w); err != nil {
				t.Error(err)
			}
		}
	}
	for _, form := range model.ExpectForms() {
		if form.Help == "" || !strings.HasPrefix(form.Usage, "expect "+form.Name) {
			t.Errorf("expect %s: usage %q, help %q", form.Name, form.Usage, form.Help)
		}
	}
}

// A capability's place in the list is its bit number (linux/capability.h).
func TestCapabilities(t *testing.T) {
	names := model.Capabilities()
	for bit, want := range map[int]string{
		0: "chown", 5: "kill", 8: "setpcap", 14: "ipc_lock", 15: "ipc_owner", 21: "sys_admin", 24: "sys_resource",
		31: "setfcap", 36: "block_suspend", 37: "audit_read", 40: "checkpoint_restore",
	} {
		if names[bit] != want {
			t.Errorf("bit %d is %s, want %s", bit, names[bit], want)
		}
	}
	if len(names) != 41 {
		t.Errorf("%d capabilities; Linux has 41 since 5.9", len(names))
	}
}
