package ui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/model/lang"
	"incore/ui/scene"
)

// binding is one row of the key table, from which the keys work, the keys line is
// drawn and the help is made.
type binding struct {
	mode  mode
	keys  []string // as Bubble Tea names them
	show  string   // how the keys line writes them
	ascii string   // the same in ASCII, where it differs
	word  string   // in the keys line; "" leaves it out there
	row   string   // how the help writes them, where it has several bindings in one row
	help  string   // in the help; "" where the row of another binding has it
	group string   // of the help
	whole bool     // it acts on the whole session
	// why says why the key cannot work now, or "".
	why func(*Model) string
	do  func(*Model, string) tea.Cmd
}

// ofScene returns a reason that what is shown alone decides of.
func ofScene(why func(*scene.Scene) string) func(*Model) string {
	return func(m *Model) string { return why(&m.Scene) }
}

// term returns how the help writes the keys.
func (b *binding) term(ascii bool) string {
	switch {
	case ascii && b.ascii != "":
		return b.ascii
	case b.row != "":
		return b.row
	}
	return b.show
}

// The groups of the help.
const (
	groupMove   = "Move"
	groupSelect = "Select"
	groupPages  = "Act on the page or the selection"
	groupLook   = "See"
	groupWhole  = "Commands and the program"
)

// bindings returns the one table of keys. Its order is that of the help; what the keys
// line leaves out first where it is narrow stands last in keyLine.
func bindings() []binding {
	return slices.Concat(moveKeys(), actKeys(), lookKeys(), presentKeys(), otherKeys(), paletteKeys(), menuKeys(), jumpKeys(), lessonKeys(), handsKeys(), openKeys(), sheetBindings(), helpFromAnywhere())
}

func moveKeys() []binding {
	region, alone := ofScene(scene.WhyNoRegion), ofScene(scene.WhyAlone)
	move := func(dx, dy int64, extend bool) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.move(dx, dy, extend); return nil }
	}
	page := func(n int64) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.movePage(n); return nil }
	}
	to := func(where func(cur, row, last int64) int64) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.moveTo(where); return nil }
	}
	next := func(n int) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.nextRegion(n); return nil }
	}
	process := func(n int) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.NextProcess(n); return nil }
	}
	calls := func(n int) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.scrollCalls(n); return nil }
	}
	return []binding{
		{keys: []string{"left", "h"}, show: "←↑↓→ hkj;", ascii: "arrows hkj;", help: "move; ; is right, l locks", group: groupMove, why: region, do: move(-1, 0, false)},
		{keys: []string{"right", ";"}, group: groupMove, why: region, do: move(1, 0, false)},
		{keys: []string{"up", "k"}, group: groupMove, why: region, do: move(0, -1, false)},
		{keys: []string{"down", "j"}, group: groupMove, why: region, do: move(0, 1, false)},
		{keys: []string{"home", "0"}, show: "home end 0 $", help: "first, last page of the row", group: groupMove, why: region,
			do: to(func(cur, row, last int64) int64 { return cur / row * row })},
		{keys: []string{"end", "$"}, group: groupMove, why: region,
			do: to(func(cur, row, last int64) int64 { return cur/row*row + row - 1 })},
		{keys: []string{"pgup"}, show: "pgup pgdn", help: "a screen up and down", group: groupMove, why: region, do: page(-1)},
		{keys: []string{"pgdown"}, group: groupMove, why: region, do: page(1)},
		{keys: []string{"g"}, show: "g", word: "go", help: "go to a[40], a page, an address, a region, a process", group: groupMove,
			do: func(m *Model, _ string) tea.Cmd { openJump(m, modeGo); return nil }},
		{keys: []string{"/"}, show: "/", word: "find", help: "look for a text in calls and regions", group: groupMove,
			do: func(m *Model, _ string) tea.Cmd { openJump(m, modeFind); return nil }},
		{keys: []string{"ctrl+home"}, show: "ctrl+home G", help: "first, last page of the region", group: groupMove, why: region,
			do: to(func(cur, row, last int64) int64 { return 0 })},
		{keys: []string{"G", "ctrl+end"}, group: groupMove, why: region,
			do: to(func(cur, row, last int64) int64 { return last })},
		{keys: []string{"tab"}, show: "tab", row: "tab shift+tab", word: "region", help: "next region of any process, or back", group: groupMove, why: ofScene(scene.WhyOneRegion), do: next(1)},
		{keys: []string{"shift+tab"}, group: groupMove, why: ofScene(scene.WhyOneRegion), do: next(-1)},
		{keys: []string{"n"}, show: "n", row: "n N", word: "process", help: "next process, the one before", group: groupMove, why: alone, do: process(1)},
		{keys: []string{"N"}, group: groupMove, why: alone, do: process(-1)},
		{keys: []string{"["}, show: "[ ]", help: "older and newer calls", group: groupMove, why: whyNoOlderCall, do: calls(1)},
		{keys: []string{"]"}, group: groupMove, why: whyNoNewerCall, do: calls(-1)},
		{keys: []string{"shift+left", "H"}, show: "shift+←↑↓→", ascii: "shift+arrows", help: "select; also H K J", group: groupSelect, why: region, do: move(-1, 0, true)},
		{keys: []string{"shift+right"}, group: groupSelect, why: region, do: move(1, 0, true)},
		{keys: []string{"shift+up", "K"}, group: groupSelect, why: region, do: move(0, -1, true)},
		{keys: []string{"shift+down", "J"}, group: groupSelect, why: region, do: move(0, 1, true)},
		{keys: []string{"v"}, show: "v", word: "select", help: "begin or end a selection", group: groupSelect, why: region,
			do: func(m *Model, _ string) tea.Cmd { m.toggleSelect(); return nil }},
		{keys: []string{"V", "ctrl+a"}, show: "V", help: "select the whole region", group: groupSelect, why: region,
			do: func(m *Model, _ string) tea.Cmd { m.selectAll(); return nil }},
	}
}

func actKeys() []binding {
	act := ofScene(scene.WhyNoAct)
	of := func(c func(model.Target) model.Command) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.submit(m.within(c(m.Target()))); return nil }
	}
	touch := func(a lang.Access) func(model.Target) model.Command {
		return func(t model.Target) model.Command { return lang.Touch{T: t, Access: a, Every: 1} }
	}
	return []binding{
		{keys: []string{"r"}, show: "r", row: "r w x", word: "read", help: "read, write, run the pages", group: groupPages, why: act, do: of(touch(lang.Read))},
		{keys: []string{"w"}, show: "w", word: "write", group: groupPages, why: act, do: of(touch(lang.Write))},
		{keys: []string{"x"}, show: "x", word: "execute", group: groupPages, why: act, do: of(touch(lang.Exec))},
		{keys: []string{"l"}, show: "l", row: "l o u", word: "lock", help: "mlock, on fault, munlock", group: groupPages, why: act,
			do: of(func(t model.Target) model.Command { return lang.Mlock{T: t} })},
		{keys: []string{"o"}, show: "o", word: "on fault", group: groupPages, why: act,
			do: of(func(t model.Target) model.Command { return lang.Mlock2{T: t, OnFault: true} })},
		{keys: []string{"u"}, show: "u", word: "unlock", group: groupPages, why: act,
			do: of(func(t model.Target) model.Command { return lang.Munlock{T: t} })},
		{keys: []string{"p"}, show: "p", row: "p a", word: "protect", help: "mprotect, madvise: a menu", group: groupPages, why: act,
			do: func(m *Model, _ string) tea.Cmd { m.openPagesMenu(protMenu(m.Target())); return nil }},
		{keys: []string{"a"}, show: "a", word: "advise", group: groupPages, why: act,
			do: func(m *Model, _ string) tea.Cmd { m.openPagesMenu(adviceMenu(m.Target())); return nil }},
		{keys: []string{"c"}, show: "c", row: "c d", help: "mincore once; munmap", group: groupPages, why: act,
			do: of(func(t model.Target) model.Command { return lang.Mincore{T: t} })},
		{keys: []string{"d"}, show: "d", word: "unmap", group: groupPages, why: act,
			do: of(func(t model.Target) model.Command { return lang.Munmap{T: t} })},
	}
}

func otherKeys() []binding {
	return []binding{
		{keys: []string{"m"}, show: "m", word: "map", help: "map a new region", group: groupWhole, why: ofScene(scene.WhyDead),
			do: func(m *Model, _ string) tea.Cmd {
				m.openPalette(fmt.Sprintf("mmap %s 64", m.freeName()))
				return nil
			}},
		{keys: []string{":"}, show: ":", word: "command", help: "type any command", group: groupWhole,
			do: func(m *Model, _ string) tea.Cmd { m.openPalette(""); return nil }},
		{keys: []string{"R"}, show: "R", word: "reset", help: "begin again in a fresh subject, as at the start", group: groupWhole, whole: true,
			do: func(m *Model, _ string) tea.Cmd { m.askReset(); return nil }},
		{keys: []string{"?"}, show: "?", word: "help", help: "keys, and what things mean", group: groupWhole,
			do: func(m *Model, _ string) tea.Cmd { m.open(modeHelp); return nil }},
		{keys: []string{"esc"}, show: "esc", help: "back, or stop a touch", group: groupWhole, why: whyNothingToLeave, do: back},
		{keys: []string{repaintKey}, show: repaintKey, help: "draw the screen anew, if something else wrote on it", group: groupWhole,
			do: func(m *Model, _ string) tea.Cmd { m.repaint(); return nil }},
		{keys: []string{"ctrl+z"}, show: "ctrl+z", help: "suspend", group: groupWhole,
			do: func(*Model, string) tea.Cmd { return tea.Suspend }},
		{keys: []string{"q"}, show: "q", word: "quit", help: "quit; asks once something was done", group: groupWhole, do: askQuit},
		{keys: []string{"ctrl+c"}, show: "ctrl+c", help: "quit at once, from anywhere", group: groupWhole, do: quit},
	}
}

// repaintKey draws the screen anew in every mode: what another program wrote over it stays else, as only differences are written.
const repaintKey = "ctrl+l"

func quit(*Model, string) tea.Cmd { return tea.Quit }

func back(m *Model, _ string) tea.Cmd { m.back(); return nil }

// leavingTexts ask whether to quit; the longest for which there is room is shown.
var leavingTexts = []string{
	"Quit? The processes and their pages end with incore. q again quits, any other key goes on.",
	"Quit? q again quits, any other key goes on.",
	"q again quits.",
}

// askQuit quits. If something was done since the opening scene it asks first, since that is lost.
func askQuit(m *Model, _ string) tea.Cmd {
	if m.asked == "" {
		return tea.Quit
	}
	m.leaving = true
	return nil
}

// answerQuit takes the key that answers whether to quit.
func answerQuit(m *Model, key string) tea.Cmd {
	m.leaving, m.status = false, status{}
	if slices.Contains([]string{"q", "y", "ctrl+c"}, key) {
		return tea.Quit
	}
	return nil
}
