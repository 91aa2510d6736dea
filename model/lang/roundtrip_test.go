package lang_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"incore/model"
	"incore/model/lang"
	"incore/model/modeltest"
)

func TestEveryCommandParsesBack(t *testing.T) { rapid.Check(t, commandParsesBack) }

func FuzzPrint(f *testing.F) { f.Fuzz(rapid.MakeFuzz(commandParsesBack)) }

func commandParsesBack(t *rapid.T) {
	c := modeltest.DrawCommand(t)
	line := c.String()
	got, err := lang.Parse(line)
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	if diff := cmp.Diff(c, got); diff != "" {
		t.Fatalf("%q (-made +parsed):\n%s", line, diff)
	}
}

// A size or a page that the parser took can be turned into bytes on a kernel with
// the largest pages without going round.
func TestSizesDoNotOverflow(t *testing.T) {
	const largest = 64 << 10
	rapid.Check(t, func(t *rapid.T) {
		s := modeltest.DrawSize(t)
		unit := s
		unit.N = 1
		if s.Bytes(largest)/unit.Bytes(largest) != s.N {
			t.Fatalf("%s overflows", s)
		}
		target := modeltest.DrawTarget(t, "target")
		p := model.Process{PageSize: largest, Regions: []*model.Region{{
			RegionInfo: model.RegionInfo{Name: target.Region, Base: 1 << 47, Len: largest * 4},
		}}}
		if span, err := p.Resolve(target); err == nil && target.Form != model.RawSpan && span.End() < span.Addr {
			t.Fatalf("%s is %#x..%#x", target, span.Addr, span.End())
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, v := range lang.Verbs() {
		f.Add(v.Usage)
	}
	for _, s := range []string{
		"mmap a 64 shared memfd rwx locked populate noreserve # x", "mlock a[4..7]", "mlock a[4..]", "touch a every 2 at 9/s",
		"mlock key+100,32", "munlock 0x7f12_3456_7000,4096", `say it\'s "a \" b" '#'`, "wait 1h0m0s", "expect minor <=4",
		"expect count a prot=rw != 3", "expect signal SIGSEGV SEGV_ACCERR in a[9]", "expect rlimit memlock unlimited",
		"mmap a 4 file 'my notes' at b[2] r", "mmap a 4 alias b at 0x10000,1", "mmap a 4 scratch hugetlb grows_down", "mremap a 8",
		"brk +64K", "brk -4", "malloc b 100B", "mallopt mmap_threshold 1M", "shmctl s lock", "in kid mlock a", "in kid in a exec",
		"in kid expect dead SIGKILL", "expect alive kid", "expect dead kid SIGBUS", "exit 255", "kill SIGTERM", "signal SIGBUS die",
		"setrlimit memlock 64K unlimited", "capset -ipc_lock", "memcg max", "msync a sync", "posix_fadvise a willneed",
		"say \u2028", "say \x1b[2J", "\ufeffreset",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		c, err := lang.Parse(line)
		if err != nil {
			modeltest.RefuseControls(t, err.Error())
			return
		}
		if c == nil {
			return
		}
		printed := c.String()
		modeltest.RefuseControls(t, printed)
		again, err := lang.Parse(printed)
		if err != nil {
			t.Fatalf("%q prints as %q: %v", line, printed, err)
		}
		if diff := cmp.Diff(c, again); diff != "" {
			t.Fatalf("%q prints as %q, which is another command:\n%s", line, printed, diff)
		}
		if again.String() != printed {
			t.Fatalf("%q prints as %q", printed, again)
		}
	})
}

func FuzzParseScript(f *testing.F) {
	f.Add("file", "mmap a 4\n# x\n\nmlock a\r\n")
	f.Add("a\nb\x1b", "\x00")
	f.Fuzz(func(t *testing.T, name, script string) {
		lines, err := lang.ParseScript(name, strings.NewReader(script))
		if err != nil {
			modeltest.RefuseControls(t, err.Error())
			return
		}
		for i, l := range lines {
			modeltest.RefuseControls(t, l.Text)
			if l.Command == nil || i > 0 && l.Number <= lines[i-1].Number {
				t.Fatalf("line %d: %+v", i, l)
			}
		}
	})
}
