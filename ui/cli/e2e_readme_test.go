package cli_test

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"incore/ui/cli"
)

// minuteKey is a key, or a text, of the README's first minute, and what is to be seen once it was typed.
type minuteKey struct {
	key  string // as it stands in the README
	what string
	sees func(now, was *sight) bool
}

// minuteStep is a step of the first minute: words of it that promise what is looked for, and its
// keys in their order.
type minuteStep struct {
	promises []string
	keys     []minuteKey
}

// readmeText is the README.
func readmeText(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../README.md")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the README is not here: the test runs without its sources")
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// section is what stands beneath a heading of the README, up to the next one of its kind or above.
func section(t *testing.T, text, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "\n"+heading+"\n")
	if !ok {
		t.Fatalf("the README has no heading %q", heading)
	}
	level, _, _ := strings.Cut(heading, " ")
	for ; level != ""; level = level[1:] {
		rest, _, _ = strings.Cut(rest, "\n"+level+" ")
	}
	return rest
}

var (
	numbered = regexp.MustCompile(`(?m)^\d+\. `)
	quoted   = regexp.MustCompile("`([^`]+)`")
)

// TestE2EFirstMinute types the README's own first minute, key by key as it stands there, and sees
// what each step promises. A step that this test does not know fails it.
func TestE2EFirstMinute(t *testing.T) {
	steps := numbered.Split(section(t, readmeText(t), "## A first minute"), -1)[1:]
	needSubject(t)
	known := firstMinute()
	if len(steps) != len(known) {
		t.Fatalf("the README's first minute has %d steps, this test knows %d", len(steps), len(known))
	}
	m := startTerminal(t, 100, 30, nil, "incore")
	m.waitFor(firstFrame...)
	m.keys("Z") // with a cell of one row, and a legend beside the grid, what is seen is held against it
	m.waitSee("the first region", func(s *sight) bool { return s.has(firstFrame...) && s.explained("absent") })
	for i, step := range steps {
		step = strings.Join(strings.Fields(step), " ")
		for _, promise := range known[i].promises {
			if !strings.Contains(step, promise) {
				t.Errorf("step %d does not say %q, which is looked for: %s", i+1, promise, step)
			}
		}
		var keys []string
		for _, q := range quoted.FindAllStringSubmatch(step, -1) {
			keys = append(keys, q[1])
		}
		if want := keysOf(known[i]); !slices.Equal(keys, want) {
			t.Fatalf("step %d has the keys %q, this test knows %q: %s", i+1, keys, want, step)
		}
		for k, key := range keys {
			was := m.see()
			m.keys(keystroke(key))
			m.waitSee(known[i].keys[k].what, func(now *sight) bool { return known[i].keys[k].sees(now, was) })
			if key == "Y" && !copied(m.output(), "mlock(") {
				cli.Eventually(t, "the C is copied", func() bool { return copied(m.output(), "mlock(") })
			}
		}
	}
	m.keys("qq")
	if code := m.waitExit(); code != cli.ExitHeld {
		t.Errorf("exit code is %d", code)
	}
	m.checkRestored()
}

func keysOf(s minuteStep) (keys []string) {
	for _, k := range s.keys {
		keys = append(keys, k.key)
	}
	return keys
}

// keystroke is a key of the README as the bytes that a terminal sends; what is no key's name is text.
func keystroke(key string) string {
	switch key {
	case "→":
		return bytesOf("right")
	case "←":
		return bytesOf("left")
	case "space":
		return " "
	case "esc", "tab", "enter":
		return bytesOf(key)
	}
	return key
}

// firstMinute lists what the README's first minute shows on a screen of 100x30.
func firstMinute() []minuteStep {
	has := func(words ...string) func(now, was *sight) bool {
		return func(now, _ *sight) bool { return now.has(words...) }
	}
	read := func(now, _ *sight) bool {
		costs := now.below("touch(a+0x1000, 4096, read) = 1")
		if readPage() != "zero page" { // then a read brings in a page of the process's own, as a write does
			return strings.Contains(costs, "1 minor")
		}
		cost, _, _ := strings.Cut(costs, "\n")
		return strings.Contains(cost, "1 minor") && !strings.Contains(cost, "RSS") && now.has("zero page")
	}
	return []minuteStep{
		{[]string{"minor fault", "the page is in memory", "its shared page of zeros", "RSS stays as it was"}, []minuteKey{
			{"w", "a minor fault, and the page", func(now, _ *sight) bool {
				return strings.Contains(now.below("touch(a, 4096, write) = 1"), "1 minor") && now.has("PAGE a[0]", "Resident, anonymous") && now.tile(0, 0) == "▇▇"
			}},
			{"→", "the next page, which is absent", has("PAGE a[1]", "Absent")},
			{"r", "the page of zeros, and no change of RSS", read},
		}},
		{[]string{"begins a selection", "Those that were absent come in", "a frame with a lid", "ends the selection", "charged at once", "still absent"}, []minuteKey{
			{"v", "a selection of one page", has("SELECTED a[1]")},
			{"→", "a selection of two", has("SELECTED a[1..2]")},
			{"→", "a selection of three", has("SELECTED a[1..3]")},
			{"→", "a selection of four", has("SELECTED a[1..4]")},
			{"l", "four locked pages, three of which have come in", func(now, _ *sight) bool {
				costs := now.below("mlock(a+0x1000, 16384) = 0")
				return strings.Contains(costs, "RSS +") && strings.Contains(costs, "VmLck +16K")
			}},
			{"esc", "no selection, and frames with lids", func(now, _ *sight) bool {
				return now.has("PAGE a[4]") && !now.has("SELECTED") && now.tile(0, 2) == "▆▆" && now.tile(0, 4) == "▆▆" && now.explained("locked")
			}},
			{"→", "an absent page", has("PAGE a[5]", "Absent")},
			{"o", "a lock on fault of an absent page", func(now, _ *sight) bool {
				return now.has("mlock2(a+0x5000, 4096, MLOCK_ONFAULT) = 0", "no faults, VmLck +4K", "PAGE a[5]", "Absent") && now.explained("lock on fault")
			}},
		}},
		{[]string{"a page that is in memory", "PROT_NONE", "it stays in memory", "SIGSEGV", "the subject lives on"}, []minuteKey{
			{"←", "a page that is there", has("PAGE a[4]", "Resident")},
			{"p", "the menu of protections", has("Protect a[4]", "n none")},
			{"n", "a page that stays, and may not be accessed", func(now, _ *sight) bool {
				return now.has("mprotect(a+0x4000, 4096, PROT_NONE) = 0", "Resident", "PROT_NONE: any access is") && now.tile(0, 4) == "▚▞"
			}},
			{"w", "SIGSEGV, and a subject that lives", has("SIGSEGV SEGV_ACCERR at a+0x4000", "a[4] is PROT_NONE", "● live")},
		}},
		{[]string{"in the line above the keys", "completes the word", "are marked", "is named", "runs it"}, []minuteKey{
			{":mlo", "the command of the last key, and what is typed", func(now, was *sight) bool {
				return strings.Contains(was.lines[len(was.lines)-3], "❯ touch a[4]") && now.has(": mlo")
			}},
			{"tab", "the whole word", has(": mlock")},
			{"space", "what the command takes", has("mlock T")},
			{"a[8..11]", "the call, and the pages that it would reach", func(now, _ *sight) bool {
				return now.has("mlock(a+0x8000, 16384) → 4 pages") && now.ground(0, 8) == now.ground(0, 11) &&
					now.ground(0, 8) != now.ground(0, 12) && now.ground(0, 7) == now.ground(0, 12)
			}},
			{"enter", "the lock", func(now, _ *sight) bool {
				return now.has("❯ mlock a[8..11]", "mlock(a+0x8000, 16384) = 0") && now.tile(0, 8) == "▆▆" && now.tile(0, 11) == "▆▆"
			}},
		}},
		{[]string{"the last call", "arguments and flags in words", "what it returned", "what it changed", "a C program", "copies the C", "goes back"}, []minuteKey{
			{"enter", "the call", has("mlock(a+0x8000, 16384) = 0", "ARGUMENTS", "4 pages: pages 8 to 11 of a", "RETURNED", "CHANGED", "VmLck +16K", "#include <sys/mman.h>")},
			{"Y", "what is copied", has("Copied")},
			{"esc", "the grid", has("REGION a", "PAGE a[4]")},
		}},
		{[]string{"a second process", "shares the pages", "goes there", "copies that page", "Both grids", "acts in the child"}, []minuteKey{
			{":fork child", "what is typed", has(": fork child")},
			{"enter", "two processes with the same pages", func(now, _ *sight) bool {
				return now.has("2 processes", "main · a", "child · a", "❯ fork child") && now.tile(0, 3) == "▄▄" && now.tile(1, 3) == "▖▖"
			}},
			{"n", "the child", has("PAGE child · a[4]", "PROT_NONE")},
			{"←", "a page that is shared", has("PAGE child · a[3]", "shared with", "copy-on-write")},
			{"w", "a page of each one's own, in both grids", func(now, was *sight) bool {
				return now.has("child: touch(a+0x3000, 4096, write) = 1", "❯ in child touch a[3]", "mapped by this") &&
					now.tile(0, 3) != was.tile(0, 3) && now.tile(1, 3) != was.tile(1, 3) && now.tile(1, 3) == "▇▇" && now.tile(0, 3) == "▆▆"
			}},
		}},
	}
}

// below is the two lines beneath the one with that text: of a call, what it cost, which may be more than one line holds.
func (s *sight) below(text string) string {
	if _, y := s.find(text); y >= 0 {
		return strings.Join(s.lines[min(y+1, len(s.lines)):min(y+3, len(s.lines))], "\n")
	}
	return ""
}

// corner is where the page of the first row of a grid begins, of which there is one a process.
func (s *sight) corner(grid, page int) (x, y int) {
	for y, line := range s.lines {
		at := gridRow.FindStringSubmatchIndex(line)
		if at == nil || line[at[2]:at[3]] != "0" {
			continue
		}
		if grid--; grid < 0 {
			return len([]rune(line[:at[3]])) + 1 + 3*page, y
		}
	}
	return -1, -1
}

// tile is how a page of the first row is drawn, in chips.
func (s *sight) tile(grid, page int) string {
	x, y := s.corner(grid, page)
	return string([]rune{s.at(x, y).r, s.at(x+1, y).r})
}

// ground is the background of a page of the first row.
func (s *sight) ground(grid, page int) string {
	x, y := s.corner(grid, page)
	return s.at(x, y).back
}
