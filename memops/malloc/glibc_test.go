package malloc

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var (
	updateAnswers = flag.Bool("update", false, "write testdata/glibc.txt anew, from the glibc of this machine")
	sessions      = flag.Int("sessions", 60, "how many sessions are put to this machine's glibc")
	firstSeed     = flag.Uint64("seed", 1, "the seed of the first of them")
)

// answers is where glibc's answers to some sessions are kept, for machines that have another libc. It was glibc 2.36 (x86-64,
// Debian 12, pages of 4 KiB) with all its defaults. A line is a call and its answer, and an empty line begins a process:
//
//	m BLOCK SIZE           malloc       c BLOCK N SIZE       calloc
//	r BLOCK SIZE           realloc      a BLOCK ALIGN SIZE   aligned_alloc
//	f BLOCK                free         u BLOCK              all its bytes are written
//	o OPTION VALUE         mallopt      t PAD                malloc_trim
//	s BYTES                sbrk, by the program              w DISTANCE   a mapping is put so far above the heap
//	z                      whether the kernel maps a page of zeros when one is read
//
// and the answers, with the size of the heap and the minor faults that the call took behind each:
//
//	B AT HEAD   a block, where in the heap, and the word before it
//	M HEAD      a block in a mapping of its own         X HEAD   one in the mapping that stands in for brk
//	N           NULL         A VALUE   what was returned           D   nothing is
const answers = "testdata/glibc.txt"

// hasZeros is the first line of a kernel that does.
const hasZeros = "z = A 1"

// glibcProcess plays such lines.
type glibcProcess struct {
	f      *fakeSystem
	a      *Arena
	blocks map[uint64]uint64
	sizes  map[uint64]uint64
}

func newGlibcProcess() *glibcProcess {
	return &glibcProcess{newFakeSystem(4096), New(4096), map[uint64]uint64{}, map[uint64]uint64{}}
}

// answer makes the call of a line, and says what came of it as glibc's lines do.
func (p *glibcProcess) answer(call string) (string, error) {
	f, before := p.f, p.f.faults
	what, rest, _ := strings.Cut(call, " ")
	var n, size, of int64
	_, _ = fmt.Sscan(rest, &n, &size, &of) // those that the call has
	var b uint64
	var ok bool
	var err error
	block, said := uint64(n), "D"
	switch what {
	case "m":
		b, _, err = p.a.Malloc(f, uint64(size))
	case "c":
		b, _, _, err = p.a.Calloc(f, uint64(size), uint64(of))
		size *= of
	case "r":
		b, _, err = p.a.Realloc(f, p.blocks[block], uint64(size))
	case "a":
		b, _, err = p.a.AlignedAlloc(f, uint64(size), uint64(of))
		size = of
	case "f":
		err = p.a.Free(f, p.blocks[block])
	case "u":
		f.touch(p.blocks[block], p.sizes[block], wasWritten)
	case "o":
		err, said = p.a.Mallopt(f, Option(n), uint64(size)), "A 1"
	case "t":
		ok, err = p.a.Trim(f, uint64(n))
		if said = "A 0"; ok {
			said = "A 1"
		}
	case "s":
		_, _, err = f.Sbrk(n)
	case "w":
		f.wall = alignUp(f.end, f.page) + uint64(n) - f.page // a page stays between
	}
	switch {
	case err != nil:
		return "", err
	case strings.Contains("mcra", what) && b == 0:
		said = "N"
	case strings.Contains("mcra", what):
		p.blocks[block], p.sizes[block] = b, uint64(size)
		switch head := f.words[b-WordSize]; {
		case head&isMmapped != 0:
			said = fmt.Sprint("M ", head)
		case b < f.end:
			said = fmt.Sprint("B ", b-f.start, " ", head)
		default:
			said = fmt.Sprint("X ", head)
		}
	}
	faults := f.faults - before
	if what == "s" || what == "w" {
		faults = 0
	}
	return fmt.Sprint(said, " ", f.end-f.start, " ", faults), nil
}

// glibcSession draws calls, as many as glibc answers.
type glibcSession struct {
	*glibcProcess
	dice  *rand.Rand
	lines []string // each with the arena's answer
	live  []uint64 // blocks
	next  uint64
	most  uint64 // bytes of an ordinary request
}

// drawSession draws one of a seed.
func drawSession(seed uint64, zeros bool) (lines []string, err error) {
	s := glibcSession{glibcProcess: newGlibcProcess(), dice: rand.New(rand.NewPCG(seed, 12))}
	s.f.zeros = zeros
	s.most = []uint64{130, 1100, 5000, 40_000, 200_000}[s.dice.IntN(5)]
	for range 20 + s.dice.IntN(400) {
		call := s.draw()
		before := s.standIns()
		got, err := s.answer(call)
		switch {
		case errors.Is(err, errUneven):
			return s.lines, nil // glibc would end there
		case err != nil:
			return s.lines, fmt.Errorf("%s: %w", call, err)
		case s.differsIn236(before):
			return s.lines, nil
		}
		if strings.HasPrefix(got, "N") && call[0] != 'r' {
			s.live = s.live[:len(s.live)-1]
		}
		s.lines = append(s.lines, call+" = "+got)
		if s.f.checkArena(s.a); s.f.complaint != "" {
			return s.lines, errors.New(s.f.complaint)
		}
	}
	return s.lines, nil
}

// standIns is how many mappings stand in for brk.
func (s *glibcSession) standIns() int { return len(s.f.mappings) - len(s.a.mapped) }

// differsIn236 reports whether a mapping came to stand in for brk whose size is another one in glibc 2.35 to 2.37, where two
// arguments of sysmalloc_mmap_fallback are the wrong way round: it is a multiple of 1 MiB at first, and later as small as it can be.
func (s *glibcSession) differsIn236(before int) bool {
	now := s.standIns()
	return now > before && (now > 1 || s.f.mappings[s.f.next]%mmapAsMorecore != 0)
}

// size draws a size in bytes.
func (s *glibcSession) size() uint64 {
	d := s.dice
	switch d.IntN(20) {
	case 0:
		return d.Uint64N(400_000)
	case 1:
		return []uint64{0, 24, 25, 120, 121, 1000, 1008, 1009, 1032, 1033, 65_500, 131_048, 131_049, 1 << 20, 3 << 20}[d.IntN(15)]
	case 2, 3, 4:
		return 8 + 16*d.Uint64N(12) // a few sizes, so that the lists of them fill
	case 5:
		return d.Uint64N(5000)
	}
	return d.Uint64N(s.most)
}

// block draws one that is there, and takes it from the list.
func (s *glibcSession) block() uint64 {
	i := s.dice.IntN(len(s.live))
	b := s.live[i]
	s.live = slices.Delete(s.live, i, i+1)
	return b
}

func (s *glibcSession) draw() string {
	d := s.dice
	if n := d.IntN(100); len(s.live) > 0 && n < 52 {
		b := s.block()
		switch {
		case n < 36:
			return fmt.Sprint("f ", b)
		case n < 46:
			size := s.size()
			if size > 0 {
				s.live = append(s.live, b)
			}
			return fmt.Sprint("r ", b, " ", size)
		}
		s.live = append(s.live, b)
		return fmt.Sprint("u ", b)
	}
	switch n := d.IntN(200); {
	case n < 4:
		return fmt.Sprint("o -1 ", []int{-1, 0, 1, 4096, 100_000, 1 << 20, 1<<31 - 1}[d.IntN(7)])
	case n < 8:
		return fmt.Sprint("o -2 ", []int{0, 1, 4096, 100_000, 1 << 20}[d.IntN(5)])
	case n < 12:
		return fmt.Sprint("o -3 ", []int{0, 1000, 4096, 100_000, 1 << 20, 40 << 20}[d.IntN(6)])
	case n < 15:
		return fmt.Sprint("o -4 ", d.IntN(4))
	case n < 24:
		return fmt.Sprint("t ", []int{0, 1, 5000, 100_000, 1 << 20}[d.IntN(5)])
	case n < 27:
		return fmt.Sprint("s ", []int{0, 8, 16, 100, 4096, 8192}[d.IntN(6)])
	case n < 28 && s.f.wall == 0:
		return fmt.Sprint("w ", 4096*(1+d.IntN(60)))
	}
	b := s.next
	s.next++
	s.live = append(s.live, b)
	switch n := d.IntN(10); {
	case n < 2:
		return fmt.Sprint("c ", b, " ", d.IntN(4), " ", s.size())
	case n < 4:
		size := s.size()
		align := []uint64{0, 1, 16, 17, 24, 32, 48, 64, 256, 1000, 4096, 8192, 65_536, 1 << 20}[d.IntN(14)]
		if need := size + 2*align + 100; align > 4096 && (s.f.wall != 0 || need >= s.a.mmapThreshold) {
			align = 4096 // where a mapping lies beyond a page is the kernel's to say
		}
		return fmt.Sprint("a ", b, " ", align, " ", size)
	}
	return fmt.Sprint("m ", b, " ", s.size())
}

// The rule is glibc's: where blocks come to lie, what moves the break, which pages are reached.
func TestArenaIsGlibc(t *testing.T) {
	program := glibcProgram(t)
	first, err := exec.Command(program).Output()
	if err != nil {
		t.Fatal(err)
	}
	zeros := string(first) == hasZeros+"\n"
	var kept strings.Builder
	for seed := *firstSeed; seed < *firstSeed+uint64(*sessions); seed++ {
		lines, err := drawSession(seed, zeros)
		if err != nil {
			t.Fatalf("seed %d: %v, after\n%s", seed, err, strings.Join(lines, "\n"))
		}
		var calls strings.Builder
		for _, line := range lines {
			call, _, _ := strings.Cut(line, " = ")
			calls.WriteString(call + "\n")
		}
		cmd := exec.Command(program)
		cmd.Stdin = strings.NewReader(calls.String())
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("seed %d: %v: %s\n%s", seed, err, out, calls.String())
		}
		_, text, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
		for i, line := range strings.Split(text, "\n") {
			if lines[i] != line {
				t.Fatalf("seed %d, line %d: %s, and in glibc %s, after\n%s", seed, i+1, lines[i], line, strings.Join(lines[:i], "\n"))
			}
		}
		if len(lines) < 200 && seed < *firstSeed+60 {
			kept.WriteString(string(out) + "\n")
		}
	}
	if *updateAnswers {
		if err := os.WriteFile(answers, []byte(kept.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// glibcProgram builds what asks this machine's glibc, if that is the one.
func glibcProgram(t *testing.T) string {
	t.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip(err)
	}
	program := filepath.Join(t.TempDir(), "glibc")
	if out, err := exec.Command(gcc, "-O1", "-fno-builtin", "-w", "-Wl,-z,now", "-o", program, "testdata/glibc.c").CombinedOutput(); err != nil {
		t.Skipf("gcc: %v: %s", err, out)
	}
	if version, err := exec.Command("getconf", "GNU_LIBC_VERSION").Output(); err != nil || strings.TrimSpace(string(version)) != "glibc 2.36" {
		t.Skipf("the libc of this machine is %q, not glibc 2.36", strings.TrimSpace(string(version)))
	}
	if os.Getpagesize() != 4096 {
		t.Skip("pages are not of 4 KiB")
	}
	return program
}

// Where this machine has another libc, what glibc answered once.
func TestArenaIsGlibcKept(t *testing.T) {
	text, err := os.ReadFile(answers)
	if err != nil {
		t.Fatal(err)
	}
	for session := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		p := newGlibcProcess()
		for line := range strings.Lines(session) {
			call, want, _ := strings.Cut(strings.TrimSpace(line), " = ")
			if call == "z" {
				p.f.zeros = want == "A 1"
				continue
			}
			if got, err := p.answer(call); got != want || err != nil {
				t.Fatalf("%s: %s, %v, and in glibc %s", call, got, err, want)
			}
		}
		if p.f.complaint != "" {
			t.Error(p.f.complaint)
		}
	}
}
