package malloc

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"
)

// glibcRealloc is what glibc 2.36 answered to calls drawn at random, as glibcAnswers has it, with
// realloc (r BLOCK SIZE) and calloc (c BLOCK N SIZE) among them, N for NULL, and behind each
// answer the minor faults that the call took, each of which is a page that it was the first to
// reach. An empty line begins a process.
//
//go:embed testdata/glibc-realloc.txt
var glibcRealloc string

// glibcProcess plays such lines.
type glibcProcess struct {
	f      *fakeSystem
	a      *Arena
	blocks map[uint64]uint64
}

func TestReallocIsGlibc(t *testing.T) {
	for session := range strings.SplitSeq(glibcRealloc, "\n\n") {
		p := glibcProcess{newFakeSystem(4096), New(4096), map[uint64]uint64{}}
		if _, _, err := p.a.Malloc(p.f, 640); err != nil { // for the tcache, at the first malloc
			t.Fatal(err)
		}
		for line := range strings.Lines(session) {
			call, want, _ := strings.Cut(strings.TrimSpace(line), " = ")
			before := p.f.faults
			got, err := p.answer(call)
			if err != nil {
				t.Fatalf("%s: %v", call, err)
			}
			p.link()
			if !strings.HasPrefix(call, "b ") && call != "m 0 1" {
				got += fmt.Sprint(" ", p.f.faults-before)
			}
			if got != want {
				t.Fatalf("%s: %s, and in glibc %s", call, got, want)
			}
		}
		if p.f.complaint != "" {
			t.Error(p.f.complaint)
		}
	}
}

// link reaches the links of free chunks, which the arena keeps for itself and glibc in the chunks:
// two words behind the header, and four of chunks of which a bin has several sizes.
func (p *glibcProcess) link() {
	for _, bin := range p.a.bins {
		for _, addr := range bin {
			links := uint64(2 * WordSize)
			if p.a.chunks[addr].size >= firstLarge {
				links *= 2
			}
			p.f.touch(addr+headerSize, links)
		}
	}
}

// answer makes the call of a line, and says what came of it as the lines do.
func (p *glibcProcess) answer(call string) (string, error) {
	f := p.f
	var what string
	var n, size, of uint64
	_, _ = fmt.Sscan(call, &what, &n, &size, &of) // those that the call has
	heap := func() uint64 { return f.end - f.start }
	var block uint64
	var ok bool
	var err error
	switch what {
	case "b":
		_, _, err = f.Sbrk(int64(n))
		return fmt.Sprint("S 0 ", heap()), err
	case "f":
		err = p.a.Free(f, p.blocks[n])
		return fmt.Sprint("F ", heap()), err
	case "m":
		block, ok, err = p.a.Malloc(f, size)
	case "c":
		block, _, ok, err = p.a.Calloc(f, size, of)
	case "r":
		block, ok, err = p.a.Realloc(f, p.blocks[n], size)
	}
	switch {
	case err != nil:
		return "", err
	case what == "r" && size == 0:
		return fmt.Sprint("F ", heap()), nil
	case !ok:
		return fmt.Sprint("N ", heap()), nil
	}
	p.blocks[n] = block
	head := f.words[block-WordSize]
	if head&isMmapped != 0 {
		return fmt.Sprint("M ", head, " ", heap()), nil
	}
	return fmt.Sprint("B ", block-f.start, " ", head, " ", heap()), nil
}
