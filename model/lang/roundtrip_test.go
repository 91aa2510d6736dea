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
		if len(lang.Parts(v.Name)) == 0 {
			continue // nothing is drawn
		}
		line := rapid.Custom(func(t *rapid.T) string { return modeltest.DrawLine(t, v.Name) })
		for seed := range 8 {
			f.Add(line.Example(seed))
		}
	}
	for _, s := range []string{
		"mlock a[4..]", "mlock key+100,32", "mlock key[1]+16,32", "expect rss >= +64K", "expect vmlck -1", "munlock 0x7f12_3456_7000,4096", `say it\'s "a \" b" '#' # x`, "expect minor <=4",
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
