package model_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"incore/model"
)

const rw = model.ProtRead | model.ProtWrite

func whole(name string) model.Target { return model.Target{Region: name} }

func TestParse(t *testing.T) {
	a := whole("a")
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

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"mlok a", `column 1: no such verb: "mlok" (did you mean mlock?)`},
		{"  frobnicate", `column 3: no such verb: "frobnicate"`},
		{"fork child", `column 1: part of the language, but not built yet in this version: "fork"`},
		{"mmap a 4 scratch", `column 10: part of the language, but not built yet in this version: "scratch"`},
		{"mmap a 4 file /etc/passwd", `column 10: part of the language, but not built yet in this version: "file"`},
		{"mmap a", `column 7: mmap needs a size, such as 64 (pages), 64K or 1M (usage: mmap NAME SIZE [private|shared] [anon|memfd] [none|r|w|rw|rx|rwx] [locked] [populate] [noreserve])`},
		{"mmap A 4", `column 6: a name is a small letter, then small letters, digits and _: "A" (did you mean a?)`},
		{"mmap a 64k", `column 8: not a size, such as 64 (pages), 4096B, 64K, 1M, 2G or 1T: "64k" (did you mean 64K?)`},
		{"mmap a 64KiB", `column 8: not a size, such as 64 (pages), 4096B, 64K, 1M, 2G or 1T: "64KiB" (did you mean 64K?)`},
		{"mmap a -4", `column 8: not a size, such as 64 (pages), 4096B, 64K, 1M, 2G or 1T: "-4"`},
		{"mmap a 1.5M", `column 8: not a size, such as 64 (pages), 4096B, 64K, 1M, 2G or 1T: "1.5M"`},
		{"mmap a 16777216T", `column 8: a size that 64 bits do not hold: "16777216T"`},
		{"mmap a 281474976710656", `column 8: a size that 64 bits do not hold: "281474976710656"`},
		{"mmap a 4 shared private", `column 17: cannot be both shared and: "private"`},
		{"mmap a 4 locked locked", `column 17: said twice: "locked"`},
		{"mmap a 4 popluate", `column 10: no such option of mmap: "popluate" (did you mean populate?)`},
		{"mlock", `column 6: mlock needs a target, such as a, a[3], a[4..7] or a+100,50 (usage: mlock T)`},
		{"mlock a[7..4]", `column 7: the last page comes before the first: "a[7..4]" (did you mean a[4..7]?)`},
		{"mlock a[-1]", `column 7: pages are written [3], [4..7] or [4..]: "a[-1]"`},
		{"mlock a[140737488355328]", `column 7: a page index that 64 bits of bytes do not hold: "a[140737488355328]"`},
		{"mlock a[3", `column 7: not a target, such as a, a[3], a[4..7], a+100,50 or 0x7f1234567000,4096: "a[3"`},
		{"mlock a+1", `column 7: bytes of a region are written NAME+OFFSET,LENGTH: "a+1"`},
		{"mlock 0x1", `column 7: raw memory is written 0xADDRESS,LENGTH: "0x1"`},
		{"mlock 0x1__0,4", `column 7: raw memory is written 0xADDRESS,LENGTH: "0x1__0,4"`},
		{"mlock 0x10000000000000000,4", `column 7: an address or a length that 64 bits do not hold: "0x10000000000000000,4"`},
		{"mlock a b", `column 9: a word too many: "b" (usage: mlock T)`},
		{"mlock ''", `column 7: not a target, such as a, a[3], a[4..7], a+100,50 or 0x7f1234567000,4096: "''"`},
		{"mlock2 a onfalt", `column 10: mlock2 takes no other flag than onfault: "onfalt" (did you mean onfault?)`},
		{"mlockall curent", `column 10: no such flag of mlockall: "curent" (did you mean current?)`},
		{"mprotect a wr", `column 12: no such protection: "wr" (did you mean rw?)`},
		{"madvise a dontned", `column 11: no such advice: "dontned" (did you mean dontneed?)`},
		{"touch a every 0", `column 15: every takes a number of pages from 1 on: "0"`},
		{"touch a at 200", `column 12: a rate is written in pages a second: "200" (did you mean 200/s?)`},
		{"touch a at 0/s", `column 12: a rate is from 1/s to 1000000000/s, or max: "0/s"`},
		{"touch a read exec", `column 14: cannot be both read and: "exec"`},
		{"memset a 256", `column 10: a byte is 0 to 255, or 0x00 to 0xff: "256"`},
		{"wait 2", `column 6: a duration has a unit: "2" (did you mean 2s?)`},
		{"wait 2h", `column 6: a wait lasts from 0s to 1h: "2h"`},
		{"wait -1s", `column 6: a wait lasts from 0s to 1h: "-1s"`},
		{"say it's", `column 7: a quote that is not closed: "'" (write \' for the character itself)`},
		{`say \`, `column 5: nothing follows the backslash: "\" (write \\ for the character itself)`},
		{"say a\x1b[2Jb", `column 6: control characters are not taken: "\x1b"`},
		{"reset # \u202e", `column 9: control characters are not taken: "\u202e"`},
		{"say \xff", `column 5: not UTF-8 text: "\xff"`},
		{"say ö; reset", ""},
		{"mlock über", `column 7: not a target, such as a, a[3], a[4..7], a+100,50 or 0x7f1234567000,4096: "über"`},
		{"memcpy 'ö' ; a", `column 8: not a target, such as a, a[3], a[4..7], a+100,50 or 0x7f1234567000,4096: "ö"`},
		{"expect errno ENOMEN", `column 14: no such errno: "ENOMEN" (did you mean ENOMEM?)`},
		{"expect signal SIGSEG", `column 15: no such signal: "SIGSEG" (did you mean SIGSEGV?)`},
		{"expect signal SIGBUS SEGV_MAPERR", `column 22: no such code of SIGBUS: "SEGV_MAPERR"`},
		{"expect signal SIGBUS BUS_ADRERR a", `column 33: a word too many: "a" (usage: expect signal NAME [CODE] [in T])`},
		{"expect all a residnt", `column 14: no such state of a page: "residnt" (did you mean resident?)`},
		{"expect all a locked locked", `column 21: said twice: "locked"`},
		{"expect all a", `column 13: expect all needs a state, such as resident or locked (usage: expect all T STATE…)`},
		{"expect count a locked resident 4", `column 23: not a number of pages: "resident"`},
		{"expect minor =4", `column 14: no such operator: "=4" (did you mean ==4?)`},
		{"expect minor -1", `column 14: not a number: "-1"`},
		{"expect return 9223372036854775808", `column 15: not a return value: "9223372036854775808"`},
		{"expect minr 4", `column 8: expect cannot check that: "minr" (did you mean minor?)`},
		{"expect rlimit nofile 4", `column 15: no other limit than memlock is known: "nofile"`},
		{"expect alive SIGKILL", `column 14: a word too many: "SIGKILL" (usage: expect alive)`},
		{"expect", `column 7: expect needs what to check (usage: expect WHAT …)`},
		{"expect vmlck <=", `column 16: expect vmlck needs a size, such as 64 (pages), 64K or 1M (usage: expect vmlck [OP] SIZE)`},
		{strings.Repeat("x", 100), `column 1: no such verb: "` + strings.Repeat("x", 59) + `…"`},
	} {
		t.Run(tt.line, func(t *testing.T) {
			c, err := model.Parse(tt.line)
			got := ""
			if err != nil {
				got = err.Error()
				var p *model.ParseError
				if c != nil || !errors.As(err, &p) {
					t.Errorf("Parse = %v, %T", c, err)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Every verb of the table either parses its own example or says that it is not built.
func TestVerbs(t *testing.T) {
	examples := map[string]string{
		"mmap": "a 1", "munmap": "a", "touch": "a", "mlock": "a", "mlock2": "a", "munlock": "a", "mprotect": "a r",
		"madvise": "a free", "mincore": "a", "memset": "a 0", "memcpy": "a b", "memmove": "a b", "memcmp": "a b",
		"say": "x", "wait": "1s", "speed": "max", "expect": "ok",
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
		c, err := model.Parse(v.Name + " " + examples[v.Name])
		switch {
		case v.Built && err != nil:
			t.Errorf("%s: %v", v.Name, err)
		case v.Built && c.Verb() != v.Name:
			t.Errorf("%s parses as %s", v.Name, c.Verb())
		case !v.Built && (err == nil || !strings.Contains(err.Error(), "not built yet")):
			t.Errorf("%s is not built, and gives %v", v.Name, err)
		}
	}
	for _, later := range strings.Fields("mremap mseal posix_fadvise msync brk malloc free mallopt shmget shmctl " +
		"fork in exec exit kill signal setrlimit capset memcg") {
		if !names[later] {
			t.Errorf("%s of the language is not in the table", later)
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
	for _, option := range model.MmapOptions() {
		if _, err := model.Parse("mmap a 1 " + option); err != nil {
			t.Error(err)
		}
	}
	for _, form := range model.ExpectForms() {
		if form.Help == "" || !strings.HasPrefix(form.Usage, "expect "+form.Name) {
			t.Errorf("expect %s: usage %q, help %q", form.Name, form.Usage, form.Help)
		}
	}
}
