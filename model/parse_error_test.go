package model_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
)

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"mlok a", `column 1: no such verb: "mlok" (did you mean mlock?)`},
		{"  frobnicate", `column 3: no such verb: "frobnicate"`},
		{"mmap a", `column 7: mmap needs a size, such as 64 (pages), 64K or 1M (usage: mmap NAME SIZE [private|shared] [anon|memfd|scratch|file PATH|alias NAME] [none|r|w|rw|rx|rwx] [locked] [populate] [noreserve] [hugetlb] [grows_down] [at T])`},
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
		{"mmap a 4 memfd alias b", `column 16: cannot be both memfd and: "alias"`},
		{"mmap a 4 alias b anon", `column 18: cannot be both alias and: "anon"`},
		{"mmap a 4 alias b alias c", `column 18: said twice: "alias"`},
		{"mmap a 4 alias b[1]", `column 16: a name is a small letter, then small letters, digits and _: "b[1]"`},
		{"mmap a 4 file x scratch", `column 17: cannot be both file and: "scratch"`},
		{"mmap a 4 file ''", `column 15: an empty path names no file: "''"`},
		{"mmap a 4 file", `column 14: mmap needs a path after file (usage: mmap NAME SIZE [private|shared] [anon|memfd|scratch|file PATH|alias NAME] [none|r|w|rw|rx|rwx] [locked] [populate] [noreserve] [hugetlb] [grows_down] [at T])`},
		{"mmap a 4 file \"x\x00y\"", `column 17: control characters are not taken: "\x00"`},
		{"mmap a 4 at b at c", `column 15: said twice: "at"`},
		{"mmap a 4 at B", `column 13: not a target, such as a, a[3], a[4..7], a+100,50 or 0x7f1234567000,4096: "B"`},
		{"mmap a 4 growsdown", `column 10: no such option of mmap: "growsdown" (did you mean grows_down?)`},
		{"mremap a[1] 4", `column 8: a name is a small letter, then small letters, digits and _: "a[1]"`},
		{"mremap a", `column 9: mremap needs a size, such as 64 (pages), 64K or 1M (usage: mremap NAME SIZE)`},
		{"posix_fadvise a noreuse", `column 17: no such advice: "noreuse"`},
		{"posix_fadvise a", `column 16: posix_fadvise needs an advice, normal|random|sequential|willneed|dontneed (usage: posix_fadvise T normal|random|sequential|willneed|dontneed)`},
		{"msync a synch", `column 9: no such mode: "synch" (did you mean sync?)`},
		{"mprotect a", `column 11: mprotect needs a protection, none|r|w|rw|rx|rwx (usage: mprotect T none|r|w|rw|rx|rwx)`},
		{"brk 64K", `column 5: the size needs a sign, + for up and - for down: "64K" (did you mean +64K?)`},
		{"brk + 64K", `column 5: the size follows its sign in one word, such as +64K: "+"`},
		{"brk -64k", `column 6: not a size, such as 64 (pages), 4096B, 64K, 1M, 2G or 1T: "64k" (did you mean 64K?)`},
		{"brk up", `column 5: not a size, such as 64 (pages), 4096B, 64K, 1M, 2G or 1T: "up"`},
		{"brk ''", `column 5: not a size, such as 64 (pages), 4096B, 64K, 1M, 2G or 1T: "''"`},
		{"brk", `column 4: brk needs a size with its sign, such as +64K or -64K (usage: brk +SIZE|-SIZE)`},
		{"mallopt mmap_treshold 1M", `column 9: no other option than mmap_threshold is known: "mmap_treshold" (did you mean mmap_threshold?)`},
		{"shmctl s lok", `column 10: no such operation: "lok" (did you mean lock?)`},
		{"shmctl s", `column 9: shmctl needs an operation, lock|unlock|rmid (usage: shmctl NAME lock|unlock|rmid)`},
		{"fork main", `column 6: that is the first process's name: "main"`},
		{"fork Kid", `column 6: a name is a small letter, then small letters, digits and _: "Kid" (did you mean kid?)`},
		{"in kid", `column 7: in needs a command (usage: in NAME COMMAND)`},
		{"in kid in main mlock a", `column 8: in cannot stand within in: "in"`},
		{"in kid reset", `column 8: of the whole session, and not of one process: "reset"`},
		{"in kid say x", `column 8: of the whole session, and not of one process: "say"`},
		{"in kid wait", `column 8: of the whole session, and not of one process: "wait"`},
		{"in kid speed max", `column 8: of the whole session, and not of one process: "speed"`},
		{"in kid mlok a", `column 8: no such verb: "mlok" (did you mean mlock?)`},
		{"in kid mlock", `column 13: mlock needs a target, such as a, a[3], a[4..7] or a+100,50 (usage: mlock T)`},
		{"in kid mlock a b", `column 16: a word too many: "b" (usage: mlock T)`},
		{"in kid expect all a locke", `column 21: no such state of a page: "locke" (did you mean locked?)`},
		{"in a[1] mlock a", `column 4: a name is a small letter, then small letters, digits and _: "a[1]"`},
		{"exec /bin/sh", `column 6: a word too many: "/bin/sh" (usage: exec)`},
		{"exit 256", `column 6: an exit code is 0 to 255: "256"`},
		{"exit -1", `column 6: an exit code is 0 to 255: "-1"`},
		{"kill term", `column 6: no such signal: "term" (did you mean SIGTERM?)`},
		{"kill -9", `column 6: no such signal: "-9" (did you mean SIGKILL?)`},
		{"kill 32", `column 6: no such signal: "32"`},
		{"kill -SIGTERM", `column 6: no such signal: "-SIGTERM" (did you mean SIGTERM?)`},
		{"signal segv", `column 8: signal is about SIGSEGV and SIGBUS alone: "segv" (did you mean SIGSEGV?)`},
		{"signal SIGBUSS", `column 8: signal is about SIGSEGV and SIGBUS alone: "SIGBUSS" (did you mean SIGBUS?)`},
		{"signal SIGILL die", `column 8: signal is about SIGSEGV and SIGBUS alone: "SIGILL"`},
		{"signal SIGSEGV dye", `column 16: a signal is to catch or to die: "dye" (did you mean die?)`},
		{"setrlimit nofile 4", `column 11: no other limit than memlock is known: "nofile"`},
		{"setrlimit memlock", `column 18: setrlimit needs a size, such as 64 (pages), 64K or 1M, or unlimited (usage: setrlimit memlock SIZE|unlimited [SIZE|unlimited])`},
		{"setrlimit memlock 4 unlimted", `column 21: not a size, such as 64 (pages), 4096B, 64K, 1M, 2G or 1T: "unlimted" (did you mean unlimited?)`},
		{"capset ipc_lock", `column 8: a capability is dropped, with a minus before it: "ipc_lock" (did you mean -ipc_lock?)`},
		{"capset -CAP_IPC_LOCK", `column 8: no such capability: "-CAP_IPC_LOCK" (did you mean -ipc_lock?)`},
		{"capset -", `column 8: no such capability: "-"`},
		{"memcg unlimited", `column 7: not a size, such as 64 (pages), 4096B, 64K, 1M, 2G or 1T: "unlimited" (did you mean max?)`},
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
		{"expect alive SIGKILL", `column 14: a word too many: "SIGKILL" (usage: expect alive [NAME])`},
		{"expect alive kid SIGKILL", `column 18: a word too many: "SIGKILL" (usage: expect alive [NAME])`},
		{"expect dead SIGKILL kid", `column 21: a word too many: "kid" (usage: expect dead [NAME] [SIGNAL])`},
		{"expect dead kid KILL", `column 17: no such signal: "KILL" (did you mean SIGKILL?)`},
		{"expect dead kid-1", `column 13: a name is a small letter, then small letters, digits and _: "kid-1"`},
		{"expect rlimit memlock max", `column 23: not a size, such as 64 (pages), 4096B, 64K, 1M, 2G or 1T: "max" (did you mean unlimited?)`},
		{"expect rlimit memlock <", `column 24: expect rlimit needs a size, such as 64 (pages), 64K or 1M, or unlimited (usage: expect rlimit memlock [OP] SIZE|unlimited)`},
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
