package calls_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
	"incore/model/modeltest"
)

// loggedCall is a call that memops can tell of, and the least and most arguments that it
// tells.
type loggedCall struct{ least, most int }

// loggedCalls reads the source of memops for the calls that it makes, by name.
func loggedCalls(t *testing.T) map[string]loggedCall {
	t.Helper()
	files := memopsSource(t)
	if len(files) < 40 {
		t.Fatalf("%d files of memops", len(files))
	}
	found := map[string]loggedCall{}
	note := func(name ast.Expr, least, most int) {
		lit, ok := name.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		text, _ := strconv.Unquote(lit.Value)
		was, again := found[text]
		if again {
			least, most = min(least, was.least), max(most, was.most)
		}
		found[text] = loggedCall{least, most}
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || strings.Contains(file, "doctor") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				f, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || f.Sel.Name != "syscall" && f.Sel.Name != "onSpan" {
					return true
				}
				args := len(n.Args) - 2
				if f.Sel.Name == "onSpan" {
					args++ // the target is an address and a length
				}
				name, _ := n.Args[0].(*ast.BasicLit)
				if n.Ellipsis.IsValid() && name != nil && name.Value == `"mremap"` { // the last one is the new address
					note(n.Args[0], 4, 5)
				} else if n.Ellipsis.IsValid() { // openat: three, or four
					note(n.Args[0], 3, 4)
				} else {
					note(n.Args[0], args, args)
				}
			case *ast.CompositeLit:
				var name ast.Expr
				args := -1
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok {
						switch k, _ := kv.Key.(*ast.Ident); {
						case k == nil:
						case k.Name == "Call":
							name = kv.Value
						case k.Name == "Args":
							if list, ok := kv.Value.(*ast.CompositeLit); ok {
								args = len(list.Elts)
							}
						}
					}
				}
				if name != nil && args >= 0 {
					note(name, args, args)
				}
			}
			return true
		})
	}
	if len(found) < 30 {
		t.Fatalf("%d calls were found: %v", len(found), found)
	}
	return found
}

// Every call that a log can have has its man page, and a name and words for every argument.
func TestArgumentsOfEveryCall(t *testing.T) {
	logged := loggedCalls(t)
	for _, list := range callsOf { // the same as explanations go by
		for _, call := range strings.Fields(list) {
			if _, ok := logged[call]; !ok {
				t.Errorf("%s was not found in memops", call)
			}
		}
	}
	for call, n := range logged {
		e := model.Event{Call: call}
		for range n.most {
			e.Args = append(e.Args, model.Arg{Text: "7"})
		}
		if page, what := calls.Manual(e); page == "" || !strings.HasSuffix(what, ".") {
			t.Errorf("%s: man page %q, what it is for %q", call, page, what)
		}
		for i, a := range calls.Arguments(e, nil, 4096) {
			if strings.HasPrefix(a.Name, "argument ") {
				t.Errorf("%s: argument %d has no name", call, i+1)
			}
		}
		if len(calls.Returned(e, nil, 4096)) == 0 {
			t.Errorf("%s: nothing is told of what it returned", call)
		}
		more := e
		more.Args = append(slices.Clone(e.Args), model.Arg{Text: "7"})
		if list := calls.Arguments(more, nil, 4096); !strings.HasPrefix(list[len(list)-1].Name, "argument ") {
			t.Errorf("%s has %d arguments, and a name for one more", call, n.most)
		}
	}
	for _, call := range calls.CallsExplained() {
		if _, ok := logged[call]; !ok {
			t.Errorf("%s is explained, and memops makes no such call", call)
		}
	}
}

// Every flag of the calls is explained.
func TestEveryFlagIsExplained(t *testing.T) {
	for f := model.RightNone; f <= model.CloneSigchld; f++ {
		e := model.Event{Call: "mlockall", Args: []model.Arg{model.FlagsArg(f)}}
		bits := calls.Arguments(e, nil, 4096)[0].Bits // before it a file has how it is opened
		if last := bits[len(bits)-1]; last.Name != f.String() || last.Words == "" {
			t.Errorf("%s is not explained: %q", f, bits)
		}
	}
}

// Every other constant that memops writes into a log is explained.
func TestEveryConstantIsExplained(t *testing.T) {
	names := map[string]bool{}
	constant := regexp.MustCompile(`"[A-Z][A-Z_0-9]*"`)
	kept := regexp.MustCompile(`^(MAP|PROT|MCL|MLOCK|MREMAP|MFD|O|AT|SHM|IPC|CLONE|RLIMIT|M|SIG)_?[A-Z_]+$`)
	files := memopsSource(t)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || strings.Contains(file, "doctor") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, lit := range constant.FindAllString(string(src), -1) {
			if name := strings.Trim(lit, `"`); kept.MatchString(name) && name != "SIG_DFL" && name != "MMAP" && !strings.HasSuffix(name, "_") {
				names[name] = true
			}
		}
	}
	if len(names) < 20 {
		t.Errorf("%d constants were found: %v", len(names), names)
	}
	for _, a := range lang.Advices() {
		names["MADV_"+strings.ToUpper(a)] = true
	}
	for _, a := range lang.FileAdvices() {
		names["POSIX_FADV_"+strings.ToUpper(a)] = true
	}
	for _, s := range lang.Signals() {
		names[s] = true
	}
	for name := range names {
		e := model.Event{Call: "kill", Args: []model.Arg{{}, {Text: name, Value: 1}}}
		if bits := calls.Arguments(e, nil, 4096)[1].Bits; len(bits) != 1 || bits[0].Words == "" {
			t.Errorf("%s is not explained", name)
		}
	}
}

func TestArguments(t *testing.T) {
	const base = 0x7f0000000000
	regions := []model.RegionInfo{
		{Name: "a", Base: base, Len: 64 << 12}, {Name: "in", Base: base + 8<<12, Len: 2 << 12},
		{Name: "blk", Base: 0x501000, Len: 1 << 12, Malloc: model.FromBrk, Start: 0x501010, Size: 100},
	}
	span := func(call string, at, n uint64, more ...model.Arg) model.Event {
		return model.Event{Call: call, Args: append([]model.Arg{modeltest.Addr(at), modeltest.Bytes(n)}, more...)}
	}
	text := func(s string) model.Arg { return model.Arg{Text: s} }
	for _, tt := range []struct {
		name  string
		event model.Event
		want  []string // name value: words, and its bits
	}{
		{"a whole region", span("mlock", base, 64<<12), []string{"addr a: 0x7f0000000000: where a begins", "length 262144: 256K, 64 pages: all of a"}},
		{"pages", span("mlock", base+3<<12, 2<<12), []string{"addr a+0x3000: 0x7f0000003000: page 3 of a", "length 8192: 8K, 2 pages: pages 3 to 4 of a"}},
		{"one page", span("munlock", base+3<<12, 1<<12), []string{"addr a+0x3000: 0x7f0000003000: page 3 of a", "length 4096: 4K, 1 page: page 3 of a"}},
		{"outwards", span("mlock", base+4090, 50), []string{
			"addr a+0xffa: 0x7f0000000ffa: byte 4090 of page 0 of a; the kernel rounds it down to its page",
			"length 50: 50 bytes; the kernel rounds outwards to whole pages: pages 0 to 1 of a"}},
		{"refused", span("mprotect", base+1, 4096, model.ProtFlags.Arg(0)), []string{
			"addr a+0x1: 0x7f0000000001: byte 1 of page 0 of a; it has to be a multiple of the page size",
			"length 4096: 4K, 1 page", "prot PROT_NONE: [PROT_NONE any access is SIGSEGV]"}},
		{"the length alone", span("munmap", base, 5000), []string{"addr a: 0x7f0000000000: where a begins",
			"length 5000: 5000 bytes; the kernel rounds up to whole pages: pages 0 to 1 of a"}},
		{"past the end", span("mlock", base+63<<12, 2<<12), []string{"addr a+0x3f000: 0x7f000003f000: page 63 of a",
			"length 8192: 8K, 2 pages: pages 63 to 64 of a, which has 64"}},
		{"in the hole of another", span("mlock", base+8<<12, 1<<12), []string{"addr in: 0x7f0000008000: where in begins", "length 4096: 4K, 1 page: page 0 of in"}},
		{"the page of a block", model.Event{Call: "munmap", Args: []model.Arg{modeltest.Addr(0x501000), modeltest.Bytes(4096)}}, []string{
			"addr 0x501000: 0x501000: page 0 of blk", "length 4096: 4K, 1 page: page 0 of blk"}},
		{"a file", model.Event{Call: "fadvise64", Args: []model.Arg{text("3"), modeltest.Bytes(8192), modeltest.Bytes(4096), text("POSIX_FADV_NORMAL")}}, []string{
			"fd 3: the descriptor of the file", "offset 8192: from there in the file on: 8K, 2 pages", "len 4096: 4K, 1 page",
			"advice POSIX_FADV_NORMAL: [POSIX_FADV_NORMAL no advice, the default]"}},
		{"without a name", model.Event{Call: "openat", Args: []model.Arg{text("AT_FDCWD"), text(`"/tmp"`), model.FlagsArg(model.OpenReadWrite, model.OpenTmpfile)}}, []string{
			"dirfd AT_FDCWD: [AT_FDCWD a path that is not from the root counts from the working directory]",
			`pathname "/tmp": the directory that the file is to lie in`,
			"flags O_RDWR|O_TMPFILE: [O_RDWR for reading and writing] [O_TMPFILE a file without a name, in that directory]"}},
		{"the break", model.Event{Call: "brk", Args: []model.Arg{modeltest.Addr(0x600000)}}, []string{"addr 0x600000: where the break is to be"}},
		{"a child", model.Event{Call: "clone", Args: []model.Arg{model.FlagsArg(model.CloneSigchld), text("NULL")}}, []string{
			"flags SIGCHLD: [SIGCHLD what the parent is sent when the child ends]", "stack NULL: the child goes on with the parent's"}},
		{"in none", span("mlock", 0x1000, 4096), []string{"addr 0x1000: in no region", "length 4096: 4K, 1 page: 1 page from 0x1000 on"}},
		{"past the last address", span("mlock", 1<<64-4096, 8192), []string{"addr 0xfffffffffffff000: in no region", "length 8192: 8K, 2 pages, past the last address"}},
		{"nothing", span("mlock", base, 0), []string{"addr a: 0x7f0000000000: where a begins", "length 0: 0 bytes"}},
		{"a block", span("mlock", 0x501010, 100), []string{
			"addr blk: 0x501010: the first byte that malloc gave, byte 16 of a page; the kernel rounds it down to its page",
			"length 100: 100 bytes; the kernel rounds outwards to whole pages: page 0 of blk"}},
		{"bytes", model.Event{Command: modeltest.Parsed("in kid touch a every 2"), Call: "touch", Args: []model.Arg{
			modeltest.Addr(base + 4090), modeltest.Bytes(50), text("write, every 2"),
		}}, []string{"addr a+0xffa: 0x7f0000000ffa: byte 4090 of page 0 of a",
			"length 50: 50 bytes, on pages 0 to 1 of a", "access write, every 2: a byte of each is written"}},
		{"flags", model.Event{Call: "mmap", Args: []model.Arg{text("NULL"), modeltest.Bytes(5000), model.ProtFlags.Arg(3), model.FlagsArg(model.MapPrivate, model.MapAnonymous), {Text: "-1", Value: ^uint64(0)}, text("0")}}, []string{
			"addr NULL: the kernel chooses where", "length 5000: 5000 bytes; the kernel rounds up to 2 pages",
			"prot PROT_READ|PROT_WRITE: [PROT_READ may be read] [PROT_WRITE may be written]",
			"flags MAP_PRIVATE|MAP_ANONYMOUS: [MAP_PRIVATE changes are this process's own: a page is copied as it is written] [MAP_ANONYMOUS no file: zeroed memory]",
			"fd -1: no file", "offset 0: from the first byte of the file on, if there is one"}},
		{"more than there is a flag for", model.Event{Call: "mlockall", Args: []model.Arg{model.MlockallFlags.Arg(0x12)}}, []string{
			"flags MCL_FUTURE|0x10: [MCL_FUTURE all that will be mapped from now on] [0x10 ]"}},
		{"no flags", span("mlock2", base, 4096, model.MlockFlags.Arg(0)), []string{"addr a: 0x7f0000000000: where a begins", "length 4096: 4K, 1 page: page 0 of a",
			"flags 0: like mlock: all pages are brought in now"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, a := range calls.Arguments(tt.event, regions, 4096) {
				s := a.Name + " " + a.Value + ": " + a.Words
				for i, b := range a.Bits {
					if i > 0 {
						s += " "
					}
					s += "[" + b.Name + " " + b.Words + "]"
				}
				got = append(got, s)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestReturned(t *testing.T) {
	const base = 0x7f0000000000
	regions := []model.RegionInfo{{Name: "a", Base: base, Len: 64 << 12}}
	for _, tt := range []struct {
		event model.Event
		want  []string
	}{
		{model.Event{Call: "mlock"}, []string{"0: all of them are in memory, and locked."}},
		{model.Event{Call: "mlock", Ret: -1, Errno: "ENOMEM", ErrText: "Cannot allocate memory"}, []string{"-1, and errno is ENOMEM: Cannot allocate memory."}},
		{model.Event{Call: "malloc", Errno: "ENOMEM"}, []string{"NULL, and errno is ENOMEM."}},
		{model.Event{Call: "fadvise64", Errno: "EBADF"}, []string{"The error EBADF. posix_fadvise returns it, and leaves errno alone."}},
		{model.Event{Call: "mmap", Ret: base, RetHex: true}, []string{"0x7f0000000000: the address where the mapping begins. It is a."}},
		{model.Event{Call: "brk", Ret: 0x501000, RetHex: true}, []string{"0x501000: where the break is now."}},
		{model.Event{Call: "touch", Ret: 64, Result: "median 1µs"}, []string{"64: how many pages were accessed.", "Median 1µs."}},
		{model.Event{Call: "touch", Ret: 3, Result: "3 of 64 pages", Signal: &model.Signal{Name: "SIGSEGV", Code: "SEGV_ACCERR", Addr: base + 0x3000}},
			[]string{"3 pages accessed, then a signal.", "SIGSEGV at a+0x3000, SEGV_ACCERR: it is mapped, and its protection forbids the access."}},
		{model.Event{Call: "memset", Signal: &model.Signal{Name: "SIGBUS", Code: "77", Addr: 16}}, []string{"SIGBUS at 0x10, 77."}},
		{model.Event{Call: "kill", Signal: &model.Signal{Name: "SIGSEGV", Code: "SI_USER"}},
			[]string{"0: it was sent.", "SIGSEGV, SI_USER: a process sent it, with kill(2)."}},
		{model.Event{Call: "memcmp"}, []string{"0: all bytes are equal."}},
		{model.Event{Call: "memcmp", Ret: -7, Result: "byte 3 differs"}, []string{"-7: the first bytes that differ, the one less the other.", "Byte 3 differs."}},
		{model.Event{Call: "free", Result: "munmap; and more"}, []string{"Free returns nothing.", "munmap; and more."}},
		{model.Event{Call: "exit_group"}, []string{"It does not return."}},
		{model.Event{Call: "memset", Refused: "no answer: main is dead"}, []string{"It did not return: no answer: main is dead."}},
		{model.Event{Call: "clone", Ret: 77, Result: "child"}, []string{"77: the child's process ID.", "incore calls it child."}},
		{model.Event{Call: "mallopt", Ret: 1}, []string{"1: it is set."}},
		{model.Event{Command: modeltest.Parsed("say x"), Note: "x"}, nil},
	} {
		if d := cmp.Diff(tt.want, calls.Returned(tt.event, regions, 4096)); d != "" {
			t.Errorf("%+v: -want +got:\n%s", tt.event, d)
		}
	}
}

func TestChanges(t *testing.T) {
	for _, tt := range []struct {
		event model.Event
		want  []string
	}{
		{model.Event{Call: "mlock", Elapsed: 4100, Minor: 2, RSS: 8192, VmLck: 8192}, []string{"It took 4.1µs.", "2 minor faults, none of them waited for I/O.",
			"RSS +8K: 2 pages more in memory.", "VmLck +8K: 2 pages more charged against RLIMIT_MEMLOCK."}},
		{model.Event{Call: "madvise", Elapsed: time.Millisecond, RSS: -4096, Watched: true}, []string{
			"It took 1.0ms, which may have waits in it: it was looked at meanwhile.", "No page faults.", "RSS -4K: 1 page fewer in memory."}},
		{model.Event{Call: "touch", Minor: 1, Major: 2}, []string{"It took 0ns.", "1 minor fault, and 2 major ones, which waited for I/O."}},
		{model.Event{Call: "mmap", Mapped: &model.RegionInfo{Name: "b", Base: 0x5000, Len: 8192}, Gone: []string{"a", "c"}},
			[]string{"It took 0ns.", "No page faults.", "b begins at 0x5000 and has 2 pages.", "Nothing is left of a, c."}},
		{model.Event{Call: "mremap", Mapped: &model.RegionInfo{Name: "b", Base: 0x5000, Len: 4096}},
			[]string{"It took 0ns.", "No page faults.", "b is now at 0x5000 and has 1 page."}},
		{model.Event{Call: "memset", Minor: 1}, []string{"It took 0ns.", "1 minor fault, which did not wait for I/O."}},
		{model.Event{Call: "touch", Major: 1, Unasked: model.Unasked{ReadAhead: 255, Mapped: 1}}, []string{"It took 0ns.", "0 minor faults, and 1 major one, which waited for I/O.",
			"255 pages more came into the page cache, unasked: the kernel reads ahead in a file, which MADV_RANDOM (mmap … tidy) ends.",
			"1 page more came into the page table, unasked: a fault maps what the page cache has around the page (fault-around)."}},
		{model.Event{Call: "mallopt", Ret: 1}, nil},
		{model.Event{Call: "exit_group"}, nil},
		{model.Event{Note: "x"}, nil},
	} {
		if d := cmp.Diff(tt.want, calls.Changes(tt.event, 4096)); d != "" {
			t.Errorf("%+v: -want +got:\n%s", tt.event, d)
		}
	}
}

// memopsSource returns the files of package memops and of the packages below it. It skips the test where the module's
// source is not at hand, as where a test binary runs somewhere else.
func memopsSource(t *testing.T) []string {
	t.Helper()
	if _, err := os.Stat("../../go.mod"); err != nil {
		t.Skip("the source of package memops is not here")
	}
	var files []string
	for _, pattern := range []string{"../../memops/*.go", "../../memops/*/*.go"} {
		list, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, list...)
	}
	return files
}
