package lang_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/model/lang"
	"incore/model/modeltest"
)

func TestParse(t *testing.T) {
	a := modeltest.Whole("a")
	pages4 := model.Size{N: 4, Unit: model.Pages}
	for _, tt := range []struct {
		line  string
		want  model.Command
		print string // "" where it is the line itself
	}{
		{"", nil, ""},
		{"   # nothing here", nil, ""},
		{"mmap a 64", lang.Mmap{Name: "a", Size: model.Size{N: 64, Unit: model.Pages}, Backing: model.Anon, Prot: modeltest.RW}, ""},
		{"mmap a 0", lang.Mmap{Name: "a", Size: model.Size{Unit: model.Pages}, Backing: model.Anon, Prot: modeltest.RW}, ""},
		{"\tmmap key_2 1T noreserve none  memfd shared locked populate # all\r\n", lang.Mmap{
			Name: "key_2", Size: model.Size{N: 1, Unit: model.TiB}, Shared: true, Backing: model.Memfd,
			Locked: true, Populate: true, Noreserve: true,
		}, "mmap key_2 1T shared memfd none locked populate noreserve"},
		{"mmap a 4096B private anon rw", lang.Mmap{
			Name: "a", Size: model.Size{N: 4096, Unit: model.Bytes}, Backing: model.Anon, Prot: modeltest.RW,
		}, "mmap a 4096B"},
		{"munmap a[4..]", lang.Munmap{T: model.Target{Form: model.PageTail, Region: "a", First: 4}}, ""},
		{"mlock key+100,32", lang.Mlock{T: model.Target{Form: model.ByteSpan, Region: "key", Off: 100, Len: 32}}, ""},
		{"mlock a+0x10,0x20", lang.Mlock{T: model.Target{Form: model.ByteSpan, Region: "a", Off: 16, Len: 32}}, "mlock a+16,32"},
		{"mlock key[1]+16,32", lang.Mlock{T: model.Target{Form: model.PageBytes, Region: "key", First: 1, Off: 16, Len: 32}}, ""},
		{"mlock a[0]+0x10,0x20", lang.Mlock{T: model.Target{Form: model.PageBytes, Region: "a", Off: 16, Len: 32}}, "mlock a[0]+16,32"},
		{"mlock a[140737488355326]+0,65535", lang.Mlock{T: model.Target{Form: model.PageBytes, Region: "a", First: lang.MaxPage, Len: 65535}}, ""},
		{"munlock 0x7f12_3456_7000,4096", lang.Munlock{
			T: model.Target{Form: model.RawSpan, Off: 0x7f1234567000, Len: 4096},
		}, "munlock 0x7f1234567000,4096"},
		{"mlock2 a onfault", lang.Mlock2{T: a, OnFault: true}, ""},
		{"mlock2 a", lang.Mlock2{T: a}, ""},
		{"mlockall", lang.Mlockall{}, ""},
		{"mlockall onfault current", lang.Mlockall{Current: true, OnFault: true}, "mlockall current onfault"},
		{"munlockall", lang.Munlockall{}, ""},
		{"mprotect a[3] none", lang.Mprotect{T: model.Target{Form: model.PageSpan, Region: "a", First: 3, Last: 3}}, ""},
		{"mprotect a[3..3] rwx", lang.Mprotect{
			T: model.Target{Form: model.PageSpan, Region: "a", First: 3, Last: 3}, Prot: modeltest.RW | model.ProtExec,
		}, "mprotect a[3] rwx"},
		{"madvise a[4..7] populate_read", lang.Madvise{
			T: model.Target{Form: model.PageSpan, Region: "a", First: 4, Last: 7}, Advice: "populate_read",
		}, ""},
		{"mincore a", lang.Mincore{T: a}, ""},
		{"touch a", lang.Touch{T: a, Access: lang.Write, Every: 1}, ""},
		{"touch a at 200/s random every 2 read", lang.Touch{
			T: a, Access: lang.Read, Every: 2, Random: true, Rate: 200, Paced: true,
		}, "touch a read every 2 random at 200/s"},
		{"touch a at max write every 1", lang.Touch{T: a, Access: lang.Write, Every: 1, Paced: true}, "touch a at max"},
		{"pkey_alloc k", lang.PkeyAlloc{Name: "k"}, ""},
		{"pkey_alloc k no_access", lang.PkeyAlloc{Name: "k", Rights: model.KeyNoAccess}, ""},
		{"pkey_mprotect a rw k", lang.PkeyMprotect{T: a, Prot: model.ProtRead | model.ProtWrite, Key: "k"}, ""},
		{"pkey_free k", lang.PkeyFree{Name: "k"}, ""},
		{"memset a 0x41", lang.Memset{T: a, Byte: 0x41}, ""},
		{"memset a 255", lang.Memset{T: a, Byte: 255}, "memset a 0xff"},
		{"memcpy a b", lang.Memcpy{Dst: a, Src: modeltest.Whole("b")}, ""},
		{"memmove a b", lang.Memmove{Dst: a, Src: modeltest.Whole("b")}, ""},
		{"memcmp a b", lang.Memcmp{A: a, B: modeltest.Whole("b")}, ""},
		{"mmap a 4 at b[2] alias c shared", lang.Mmap{
			Name: "a", Size: pages4, Shared: true, Backing: model.Anon, Prot: modeltest.RW, Alias: "c",
			At: &model.Target{Form: model.PageSpan, Region: "b", First: 2, Last: 2},
		}, "mmap a 4 shared at b[2] alias c"},
		{"mmap a 4 alias c at 0x10000,1 r", lang.Mmap{
			Name: "a", Size: pages4, Backing: model.Anon, Prot: model.ProtRead, Alias: "c",
			At: &model.Target{Form: model.RawSpan, Off: 0x10000, Len: 1},
		}, "mmap a 4 r at 0x10000,1 alias c"},
		{"mmap a 4 noreplace at 0x10000,1", lang.Mmap{
			Name: "a", Size: pages4, Backing: model.Anon, Prot: modeltest.RW, Noreplace: true,
			At: &model.Target{Form: model.RawSpan, Off: 0x10000, Len: 1},
		}, "mmap a 4 at 0x10000,1 noreplace"},
		{"mmap a 4 near b r", lang.Mmap{
			Name: "a", Size: pages4, Backing: model.Anon, Prot: model.ProtRead, Near: &model.Target{Region: "b"},
		}, "mmap a 4 r near b"},
		{"mmap a 4 offset 100B alias c", lang.Mmap{
			Name: "a", Size: pages4, Backing: model.Anon, Prot: modeltest.RW, Alias: "c", Offset: model.Size{N: 100, Unit: model.Bytes},
		}, ""},
		{"mmap a 4 secret", lang.Mmap{Name: "a", Size: pages4, Backing: model.Secret, Prot: modeltest.RW}, ""},
		{"mmap a 4 secret shared", lang.Mmap{Name: "a", Size: pages4, Backing: model.Secret, Shared: true, Prot: modeltest.RW}, "mmap a 4 shared secret"},
		{"mmap a 4 droppable", lang.Mmap{Name: "a", Size: pages4, Backing: model.Anon, Prot: modeltest.RW, Droppable: true}, ""},
		{"mmap a 4 tidy stack", lang.Mmap{Name: "a", Size: pages4, Backing: model.Anon, Prot: modeltest.RW, Stack: true, Tidy: true}, "mmap a 4 stack tidy"},
		{"mmap a 4 low32", lang.Mmap{Name: "a", Size: pages4, Backing: model.Anon, Prot: modeltest.RW, Low32: true}, ""},
		{"mmap a 4 scratch grows_down hugetlb", lang.Mmap{
			Name: "a", Size: pages4, Backing: model.Scratch, Prot: modeltest.RW, HugeTLB: true, GrowsDown: true,
		}, "mmap a 4 scratch hugetlb grows_down"},
		{"mmap a 4 file /etc/passwd r", lang.Mmap{
			Name: "a", Size: pages4, Backing: model.FileOf, Path: "/etc/passwd", Prot: model.ProtRead,
		}, ""},
		{"mmap a 4 shared file '~/my notes' at b", lang.Mmap{
			Name: "a", Size: pages4, Shared: true, Backing: model.FileOf, Path: "~/my notes", Prot: modeltest.RW,
			At: &model.Target{Region: "b"},
		}, ""},
		{`mmap a 4 file it\'s\ \"one\"\\`, lang.Mmap{
			Name: "a", Size: pages4, Backing: model.FileOf, Path: `it's "one"\`, Prot: modeltest.RW,
		}, `mmap a 4 file "it's \"one\"\\"`},
		{"mmap a 4 file locked locked", lang.Mmap{
			Name: "a", Size: pages4, Backing: model.FileOf, Path: "locked", Prot: modeltest.RW, Locked: true,
		}, ""},
		{"mremap a 1M", lang.Mremap{T: a, Size: model.Size{N: 1, Unit: model.MiB}}, ""},
		{"mremap a+4096,100 4 stay dontunmap at b", lang.Mremap{
			T: model.Target{Form: model.ByteSpan, Region: "a", Off: 4096, Len: 100}, Size: pages4, At: &model.Target{Region: "b"}, DontUnmap: true, Stay: true,
		}, "mremap a+4096,100 4 at b dontunmap stay"},
		{"truncate m 100B", lang.Truncate{Name: "m", Size: model.Size{N: 100, Unit: model.Bytes}}, ""},
		{"mseal a[1..2]", lang.Mseal{T: model.Target{Form: model.PageSpan, Region: "a", First: 1, Last: 2}}, ""},
		{"posix_fadvise a willneed", lang.PosixFadvise{T: a, Advice: "willneed"}, ""},
		{"msync a invalidate,sync", lang.Msync{T: a, Mode: "sync,invalidate"}, "msync a sync,invalidate"},
		{"msync a invalidate", lang.Msync{T: a, Mode: "invalidate"}, ""},
		{"brk +64K", lang.Brk{Size: model.Size{N: 64, Unit: model.KiB}}, ""},
		{"brk -4", lang.Brk{Size: pages4, Down: true}, ""},
		{"malloc b 100B", lang.Malloc{Name: "b", Size: model.Size{N: 100, Unit: model.Bytes}}, ""},
		{"calloc b 0x10 100B", lang.Calloc{Name: "b", N: 16, Size: model.Size{N: 100, Unit: model.Bytes}}, "calloc b 16 100B"},
		{"aligned_alloc b 4K 100B", lang.AlignedAlloc{Name: "b", Align: model.Size{N: 4, Unit: model.KiB}, Size: model.Size{N: 100, Unit: model.Bytes}}, ""},
		{"realloc b 0", lang.Realloc{Name: "b", Size: model.Size{Unit: model.Pages}}, ""},
		{"free b", lang.Free{Name: "b"}, ""},
		{"malloc_trim 64K", lang.MallocTrim{Pad: model.Size{N: 64, Unit: model.KiB}}, ""},
		{"mallopt mmap_threshold 128K", lang.Mallopt{Option: "mmap_threshold", Value: model.Size{N: 128, Unit: model.KiB}}, ""},
		{"mallopt trim_threshold -1", lang.Mallopt{Option: lang.TrimThreshold, Never: true}, ""},
		{"mallopt mmap_max 3", lang.Mallopt{Option: "mmap_max", Value: model.Size{N: 3, Unit: model.Pages}}, ""},
		{"shmget s 4", lang.Shmget{Name: "s", Size: pages4}, ""},
		{"read a", lang.ReadFile{T: a}, ""},
		{"write a", lang.WriteFile{T: a}, ""},
		{"shmdt s", lang.Shmdt{Name: "s"}, ""},
		{"shmat t of s", lang.Shmat{Name: "t", Of: "s"}, ""},
		{"shmat t of s round at a rdonly", lang.Shmat{Name: "t", Of: "s", ReadOnly: true, At: &a, Round: true}, "shmat t of s rdonly at a round"},
		{"shmctl s unlock", lang.Shmctl{Name: "s", Op: "unlock"}, ""},
		{"fork kid_1", lang.Fork{Name: "kid_1"}, ""},
		{"in kid mlock a # there", lang.In{Proc: "kid", Do: lang.Mlock{T: a}}, "in kid mlock a"},
		{"in main fork kid", lang.In{Proc: "main", Do: lang.Fork{Name: "kid"}}, ""},
		{"in kid expect minor <=1", lang.In{Proc: "kid", Do: lang.Expect{Kind: lang.ExpectMinor, Op: lang.Le, N: 1}},
			"in kid expect minor <= 1"},
		{"exec", lang.Execve{}, ""},
		{"exit", lang.Exit{}, ""},
		{"exit 0", lang.Exit{}, "exit"},
		{"exit 255", lang.Exit{Code: 255}, ""},
		{"kill SIGTERM", lang.Kill{Signal: "SIGTERM"}, ""},
		{"signal SIGSEGV", lang.SetSignal{Signal: "SIGSEGV"}, ""},
		{"signal SIGSEGV catch", lang.SetSignal{Signal: "SIGSEGV"}, "signal SIGSEGV"},
		{"signal SIGBUS die", lang.SetSignal{Signal: "SIGBUS", Die: true}, ""},
		{"setrlimit stack 8M", lang.Setrlimit{Of: lang.LimitStack, Soft: lang.Amount{Size: model.Size{N: 8, Unit: model.MiB}}}, ""},
		{"setrlimit memlock 64K", lang.Setrlimit{Of: lang.LimitMemlock, Soft: lang.Amount{Size: model.Size{N: 64, Unit: model.KiB}}}, ""},
		{"setrlimit memlock 0 unlimited", lang.Setrlimit{Of: lang.LimitMemlock,
			Soft: lang.Amount{Size: model.Size{Unit: model.Pages}}, Hard: &lang.Amount{Unlimited: true},
		}, ""},
		{"setrlimit memlock unlimited 4", lang.Setrlimit{Of: lang.LimitMemlock,
			Soft: lang.Amount{Unlimited: true}, Hard: &lang.Amount{Size: pages4},
		}, ""},
		{"capset -ipc_lock", lang.Capset{Drop: "ipc_lock"}, ""},
		{"memcg 8M", lang.Memcg{Limit: lang.Amount{Size: model.Size{N: 8, Unit: model.MiB}}}, ""},
		{"memcg max", lang.Memcg{Limit: lang.Amount{Unlimited: true}}, ""},
		{"reset", lang.Reset{}, ""},
		{"say one   secret\t is done # done", lang.Say{Text: "one secret is done"}, "say one secret is done"},
		{`say 'one  secret'`, lang.Say{Text: "one  secret"}, ""},
		{`say it\'s "a \"quote\"" \\`, lang.Say{Text: `it's a "quote" \`}, `say "it's a \"quote\" \\"`},
		{`say "#1"`, lang.Say{Text: "#1"}, "say '#1'"},
		{`say issue#1`, lang.Say{Text: "issue#1"}, "say 'issue#1'"},
		{`say ''`, lang.Say{}, ""},
		{"wait 1m30s", lang.Wait{For: 90 * time.Second}, ""},
		{"wait 60m", lang.Wait{For: time.Hour}, "wait 1h"},
		{"wait 120s", lang.Wait{For: 2 * time.Minute}, "wait 2m"},
		{"wait 0s", lang.Wait{}, ""},
		{"speed 200/s", lang.Speed{Rate: 200}, ""},
		{"speed max", lang.Speed{}, ""},
		{"expect ok", lang.Expect{Kind: lang.ExpectOK}, ""},
		{"expect errno ENOMEM", lang.Expect{Kind: lang.ExpectErrno, Word: "ENOMEM"}, ""},
		{"expect errno EWOULDBLOCK", lang.Expect{Kind: lang.ExpectErrno, Word: "EAGAIN"}, "expect errno EAGAIN"},
		{"expect signal SIGSEGV", lang.Expect{Kind: lang.ExpectSignal, Word: "SIGSEGV"}, ""},
		{"expect signal SIGSEGV SEGV_ACCERR in a[9]", lang.Expect{
			Kind: lang.ExpectSignal, Word: "SIGSEGV", Code: "SEGV_ACCERR", In: true,
			T: model.Target{Form: model.PageSpan, Region: "a", First: 9, Last: 9},
		}, ""},
		{"expect signal SIGBUS in a", lang.Expect{Kind: lang.ExpectSignal, Word: "SIGBUS", In: true, T: a}, ""},
		{"expect signal SIGILL 128", lang.Expect{Kind: lang.ExpectSignal, Word: "SIGILL", Code: "128"}, ""},
		{"expect minor 4", lang.Expect{Kind: lang.ExpectMinor, Op: lang.Eq, N: 4}, ""},
		{"expect minor ==4", lang.Expect{Kind: lang.ExpectMinor, Op: lang.Eq, N: 4}, "expect minor 4"},
		{"expect major <=4", lang.Expect{Kind: lang.ExpectMajor, Op: lang.Le, N: 4}, "expect major <= 4"},
		{"expect all key[0] locked resident", lang.Expect{
			Kind: lang.ExpectAll, T: model.Target{Form: model.PageSpan, Region: "key"},
			States: []model.PageState{"locked", "resident"},
		}, ""},
		{"expect no a prot=none", lang.Expect{Kind: lang.ExpectNo, T: a, States: []model.PageState{"prot=none"}}, ""},
		{"expect count a locked != 3", lang.Expect{
			Kind: lang.ExpectCount, T: a, States: []model.PageState{"locked"}, Op: lang.Ne, N: 3,
		}, ""},
		{"expect vmlck >=64K", lang.Expect{
			Kind: lang.ExpectVmLck, Op: lang.Ge, Size: model.Size{N: 64, Unit: model.KiB},
		}, "expect vmlck >= 64K"},
		{"expect rss > 4", lang.Expect{Kind: lang.ExpectRSS, Op: lang.Gt, Size: model.Size{N: 4, Unit: model.Pages}}, ""},
		{"expect rss +64K", lang.Expect{Kind: lang.ExpectRSS, Op: lang.Eq, Sign: '+', Size: model.Size{N: 64, Unit: model.KiB}}, ""},
		{"expect rss >=+64K", lang.Expect{Kind: lang.ExpectRSS, Op: lang.Ge, Sign: '+', Size: model.Size{N: 64, Unit: model.KiB}}, "expect rss >= +64K"},
		{"expect rss != -2", lang.Expect{Kind: lang.ExpectRSS, Op: lang.Ne, Sign: '-', Size: model.Size{N: 2, Unit: model.Pages}}, ""},
		{"expect vmlck -1", lang.Expect{Kind: lang.ExpectVmLck, Op: lang.Eq, Sign: '-', Size: model.Size{N: 1, Unit: model.Pages}}, ""},
		{"expect vmlck == +0", lang.Expect{Kind: lang.ExpectVmLck, Op: lang.Eq, Sign: '+', Size: model.Size{Unit: model.Pages}}, "expect vmlck +0"},
		{"expect pss <64K", lang.Expect{Kind: lang.ExpectPss, Op: lang.Lt, Size: model.Size{N: 64, Unit: model.KiB}}, "expect pss < 64K"},
		{"expect swap 0", lang.Expect{Kind: lang.ExpectSwap, Op: lang.Eq, Size: model.Size{Unit: model.Pages}}, ""},
		{"expect vmas a 3", lang.Expect{Kind: lang.ExpectVMAs, T: a, Op: lang.Eq, N: 3}, ""},
		{"expect rlimit stack 8M", lang.Expect{Kind: lang.ExpectRlimit, Of: lang.LimitStack, Op: lang.Eq, Size: model.Size{N: 8, Unit: model.MiB}}, ""},
		{"expect rlimit memlock unlimited", lang.Expect{Kind: lang.ExpectRlimit, Of: lang.LimitMemlock, Op: lang.Eq, Unlimited: true}, ""},
		{"expect rlimit memlock <8M", lang.Expect{
			Kind: lang.ExpectRlimit, Of: lang.LimitMemlock, Op: lang.Lt, Size: model.Size{N: 8, Unit: model.MiB},
		}, "expect rlimit memlock < 8M"},
		{"expect return -1", lang.Expect{Kind: lang.ExpectReturn, Op: lang.Eq, N: -1}, ""},
		{"expect return 0x7f_ff", lang.Expect{Kind: lang.ExpectReturn, Op: lang.Eq, N: 0x7fff}, "expect return 32767"},
		{"expect alive", lang.Expect{Kind: lang.ExpectAlive}, ""},
		{"expect dead", lang.Expect{Kind: lang.ExpectDead}, ""},
		{"expect dead SIGKILL", lang.Expect{Kind: lang.ExpectDead, Word: "SIGKILL"}, ""},
		{"expect alive kid", lang.Expect{Kind: lang.ExpectAlive, Proc: "kid"}, ""},
		{"expect dead kid", lang.Expect{Kind: lang.ExpectDead, Proc: "kid"}, ""},
		{"expect dead kid SIGSEGV", lang.Expect{Kind: lang.ExpectDead, Proc: "kid", Word: "SIGSEGV"}, ""},
	} {
		t.Run(tt.line, func(t *testing.T) {
			got, err := lang.Parse(tt.line)
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
		"say": "x", "wait": "1s", "speed": "max", "look": "lens age a", "expect": "ok", "mremap": "a 1", "mseal": "a", "truncate": "a 0",
		"posix_fadvise": "a random", "msync": "a sync", "brk": "+1", "malloc": "a 1", "calloc": "a 2 1", "aligned_alloc": "a 64B 1", "realloc": "a 2", "free": "a", "malloc_trim": "0",
		"mallopt": "mmap_threshold 1", "shmget": "a 1", "shmat": "t of a", "read": "a", "write": "a", "shmdt": "a", "shmctl": "a rmid", "fork": "kid", "in": "kid exec",
		"kill": "SIGKILL", "signal": "SIGBUS", "setrlimit": "memlock 1", "prctl": "mdwe", "pkey_alloc": "k no_write", "pkey_mprotect": "a r k", "pkey_free": "k", "capset": "-kill", "memcg": "max",
		"syscall": "munmap a 4096", "exec": "", "exit": "", "reset": "", "mlockall": "", "munlockall": "",
	}
	names := map[string]bool{}
	for _, v := range lang.Verbs() {
		if names[v.Name] {
			t.Errorf("%s is listed twice", v.Name)
		}
		names[v.Name] = true
		if v.Help == "" || !strings.HasSuffix(v.Help, ".") || !strings.HasPrefix(v.Usage+" ", v.Name+" ") {
			t.Errorf("%s: usage %q, help %q", v.Name, v.Usage, v.Help)
		}
		line := v.Name + " " + examples[v.Name]
		c, err := lang.Parse(line)
		if err != nil || c.Verb() != v.Name {
			t.Errorf("%s is %#v, %v", line, c, err)
			continue
		}
		in, err := lang.Parse("in kid " + line)
		if want := (lang.In{Proc: "kid", Do: c}); v.Session == (err == nil) || err == nil && !cmp.Equal(in, model.Command(want)) {
			t.Errorf("in kid %s is %#v, %v", line, in, err)
		}
	}
	for verb := range examples {
		if !names[verb] {
			t.Errorf("%s of the language is not in the table", verb)
		}
	}
	for _, advice := range lang.Advices() {
		if _, err := lang.Parse("madvise a " + advice); err != nil {
			t.Error(err)
		}
	}
	for _, prot := range lang.Protections() {
		if _, err := lang.Parse("mprotect a " + prot.String()); err != nil {
			t.Error(err)
		}
	}
	for _, state := range lang.PageStates() {
		if _, err := lang.Parse("expect all a " + string(state)); err != nil {
			t.Error(err)
		}
	}
	for _, errno := range lang.Errnos() {
		if _, err := lang.Parse("expect errno " + errno); err != nil {
			t.Error(err)
		}
	}
	for prefix, words := range map[string][]string{
		"posix_fadvise a ": lang.FileAdvices(), "msync a ": append(lang.SyncModes(), "sync,invalidate", "async,invalidate", "sync,async"), "shmctl a ": lang.ShmOps(),
		"kill ": lang.Signals(), "capset -": lang.Capabilities(),
	} {
		for _, w := range words {
			if _, err := lang.Parse(prefix + w); err != nil {
				t.Error(err)
			}
		}
	}
	for _, form := range lang.ExpectForms() {
		if form.Help == "" || !strings.HasPrefix(form.Usage, "expect "+form.Name) {
			t.Errorf("expect %s: usage %q, help %q", form.Name, form.Usage, form.Help)
		}
	}
}

// A capability's place in the list is its bit number (linux/capability.h).
func TestCapabilities(t *testing.T) {
	names := lang.Capabilities()
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
