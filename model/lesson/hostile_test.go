//go:build unix

package lesson_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"incore/model/lesson"
)

// hostile are texts that make a careless parser of Markdown slow, as lines of at most 1000 bytes that fill a lesson.
var hostile = map[string]func(i int) string{
	"quotes":                   func(int) string { return strings.Repeat("> ", 12) + "a" },
	"quotes and lists":         func(int) string { return strings.Repeat("> - ", 5) + "a" },
	"lists":                    func(i int) string { return strings.Repeat("  ", i%8) + "- a" },
	"numbered lists":           func(i int) string { return fmt.Sprintf("%d. a", i%1000) },
	"empty items":              func(int) string { return "-" },
	"brackets":                 func(int) string { return strings.Repeat("[", 990) },
	"bracket pairs":            func(int) string { return strings.Repeat("[a](", 240) },
	"closed brackets":          func(int) string { return strings.Repeat("[", 490) + strings.Repeat("]", 490) },
	"brackets of a definition": func(i int) string { return strings.Repeat("[a]", 300) },
	"images":                   func(int) string { return strings.Repeat("![[]()", 160) },
	"stars":                    func(int) string { return strings.Repeat("*a ", 330) },
	"stars and underscores":    func(int) string { return strings.Repeat("*a_ ", 240) },
	"closing stars":            func(int) string { return strings.Repeat("a**b", 120) + strings.Repeat("c* ", 160) },
	"many stars":               func(int) string { return strings.Repeat("*", 990) },
	"backticks": func(int) string {
		var b strings.Builder
		for n := 1; b.Len() < 900; n++ {
			b.WriteString("e" + strings.Repeat("`", n))
		}
		return b.String()
	},
	"one backtick":      func(int) string { return strings.Repeat("`a", 1) + strings.Repeat("a", 900) },
	"link definitions":  func(i int) string { return fmt.Sprintf("[%d]: x", i) },
	"open definitions":  func(int) string { return "[a" + strings.Repeat("\\[", 400) },
	"definition titles": func(i int) string { return fmt.Sprintf("[%d]: x \"", i) },
	"a table": func(i int) string {
		if i%150 == 1 {
			return strings.Repeat("|-", 480)
		}
		return strings.Repeat("|a", 480)
	},
	"tables alone":     func(int) string { return strings.Repeat("|-", 480) },
	"less than":        func(int) string { return strings.Repeat("< ", 490) },
	"entities":         func(int) string { return strings.Repeat("&", 990) },
	"escapes":          func(int) string { return strings.Repeat("\\", 990) },
	"headings":         func(int) string { return "# a" },
	"underlines":       func(int) string { return "===" },
	"open comments":    func(int) string { return "a <!-- a" },
	"open tags":        func(int) string { return strings.Repeat("a <a ", 190) },
	"instructions":     func(int) string { return strings.Repeat("a <?", 240) },
	"declarations":     func(int) string { return strings.Repeat("a <!A ", 160) },
	"character data":   func(int) string { return strings.Repeat("a <![CDATA[", 90) },
	"mails":            func(int) string { return strings.Repeat("a@", 490) },
	"spaces":           func(int) string { return strings.Repeat(" ", 990) + "a" },
	"hard breaks":      func(int) string { return "a" + strings.Repeat(" ", 990) },
	"empty lines":      func(int) string { return "" },
	"short lines":      func(int) string { return "a" },
	"fences":           func(int) string { return "```" },
	"boxes":            func(int) string { return "- [ ] a?" },
	"questions":        func(i int) string { return []string{"Is it so?", "", "- [ ] a", "- [ ] b", ""}[i%5] },
	"values":           func(int) string { return strings.Repeat("{{page}}", 120) },
	"wide characters":  func(int) string { return strings.Repeat("世界", 160) },
	"indented code":    func(int) string { return "    a" },
	"quotes left open": func(i int) string { return []string{"> a", "a", "a"}[i%3] },
}

// hostileText fills a lesson with such lines, in paragraphs of so many lines.
func hostileText(line func(int) string, paragraph int) []byte {
	var b strings.Builder
	b.WriteString(head)
	for i, n := 0, 0; ; i++ {
		l := line(i)
		if b.Len()+len(l)+1+len(whole)+2 > lesson.MaxFile {
			break
		}
		b.WriteString(l + "\n")
		if n++; n == paragraph {
			b.WriteString("\n")
			n = 0
		}
	}
	b.WriteString(whole)
	return []byte(b.String())
}

// mostParsing is how much of the processor's time a lesson of a megabyte may take.
const mostParsing = time.Minute

// processorTime is what this process has taken of the processor's time. A busy machine does not change it.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var of syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &of); err != nil {
		t.Fatal(err)
	}
	return time.Duration(of.Utime.Nano() + of.Stime.Nano())
}

// TestHostileText holds that no text keeps the parser for long: a lesson of a megabyte that is made to be slow is parsed, or
// refused.
func TestHostileText(t *testing.T) {
	if testing.Short() || raceDetector { // which is ten times as slow, and watches one goroutine here
		t.Skip("it parses some hundred megabytes")
	}
	for name, line := range hostile {
		for _, paragraph := range []int{1, 2, 195} {
			t.Run(fmt.Sprintf("%s, %d lines together", name, paragraph), func(t *testing.T) {
				src := hostileText(line, paragraph)
				before := processorTime(t)
				_, err := lesson.Parse("a.md", src, lesson.Options{})
				took := processorTime(t) - before
				t.Log(took, err)
				if took > mostParsing {
					t.Errorf("a megabyte is parsed in %v", took)
				}
			})
		}
	}
}

// TestReadIsBounded holds that of a file of a gigabyte no more is read and kept than a lesson may have.
func TestReadIsBounded(t *testing.T) {
	large := &zeros{left: 1 << 30}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	src, err := lesson.Read("a.md", large)
	runtime.ReadMemStats(&after)
	if err == nil || err.Error() != "a.md: the lesson is larger than 1 MiB" || src != nil {
		t.Errorf("%d bytes, %v", len(src), err)
	}
	if read := 1<<30 - large.left; read > 2*lesson.MaxFile {
		t.Errorf("%d bytes were read", read)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 16*lesson.MaxFile {
		t.Errorf("it took %d bytes of memory", took)
	}
	if src, err := lesson.Read("a.md", &zeros{left: lesson.MaxFile}); err != nil || len(src) != lesson.MaxFile {
		t.Errorf("%d bytes, %v", len(src), err)
	}
}

// zeros is a file of zeros.
type zeros struct{ left int }

func (z *zeros) Read(b []byte) (int, error) {
	if z.left == 0 {
		return 0, io.EOF
	}
	n := min(len(b), z.left)
	z.left -= n
	return n, nil
}

// TestParseIsBounded holds that what a lesson of a megabyte takes of memory while it is parsed is bounded too.
func TestParseIsBounded(t *testing.T) {
	src := megabyte()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := lesson.Parse("a.md", src, lesson.Options{}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
		t.Errorf("it took %d MiB", took>>20)
	} else {
		t.Logf("%d MiB", took>>20)
	}
}

// megabyte is a lesson of nearly a megabyte as one is written: prose, lists, blocks that are shown, 200 steps with their questions.
func megabyte() []byte {
	var b strings.Builder
	b.WriteString(head)
	paragraph := strings.Repeat("The kernel locks one page of the region, and `VmLck` says so: *one* page, not the 32 bytes. See mlock(2).\n", 3)
	for i := range 200 {
		fmt.Fprintf(&b, "## Part %d\n\n%s\n%s\nWhat comes of it?\n\n- [ ] one\n      `expect vmlck 1`\n- [ ] two\n      `expect vmlck 2` `expect ok`\n\n%s\n",
			i, paragraph, "```c\nint x[2] = {1, 2};\n```\n", step)
		for b.Len() < (i+1)*(lesson.MaxFile-2000)/200 {
			b.WriteString(paragraph + "\n- a list, with a [link](https://example.org/)\n- and more of it\n\n")
		}
	}
	b.WriteString(whole)
	return []byte(b.String())
}

func BenchmarkParse1MB(b *testing.B) {
	src := megabyte()
	if len(src) < 1_000_000 || len(src) > lesson.MaxFile {
		b.Fatal(len(src))
	}
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := lesson.Parse("a.md", src, lesson.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
