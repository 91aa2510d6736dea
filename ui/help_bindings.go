package ui

import tea "charm.land/bubbletea/v2"

// helpKeys are the keys of the help.
func helpKeys() []SheetKey {
	scroll := func(n int) func(Sheet, SheetHost) tea.Cmd { return act(func(sh *Help, _ SheetHost) { sh.top += n }) }
	screen := func(n int) func(Sheet, SheetHost) tea.Cmd {
		return act(func(sh *Help, _ SheetHost) { sh.top += n * max(1, sh.h) })
	}
	turn := func(n int) func(Sheet, SheetHost) tea.Cmd {
		return act(func(sh *Help, _ SheetHost) { sh.goTo(sh.page + n) })
	}
	keys := []SheetKey{
		{Keys: []string{"esc", "?", "f1"}, Show: "esc", Row: "esc ?", Word: "back", Help: "back to where it was opened", Do: shut},
		{Keys: []string{"right", "tab"}, Show: "←→", Row: "←→ tab", ASCII: "left right", Word: "page",
			Help: "next page, the one before; or its digit or letter", Do: turn(1)},
		{Keys: []string{"left", "shift+tab"}, Do: turn(-1)},
		{Keys: []string{"down", "j"}, Show: "↑↓", Row: "↑↓ j k", ASCII: "up down", Word: "scroll", Help: "scroll", Do: scroll(1)},
		{Keys: []string{"up", "k"}, Do: scroll(-1)},
		{Keys: []string{"pgdown", "space"}, Show: "pgup pgdn", Help: "a screen up and down", Do: screen(1)},
		{Keys: []string{"pgup"}, Do: screen(-1)},
		{Keys: []string{"home", "g"}, Show: "g G", Help: "the beginning, the end", Do: act(func(sh *Help, _ SheetHost) { sh.top = 0 })},
		{Keys: []string{"end", "G"}, Do: act(func(sh *Help, _ SheetHost) { sh.top = 1 << 20 })},
		{Keys: []string{"enter"}, Show: "enter", Word: "try", Help: "type the marked line of a topic", Why: unless((*Help).whyNoTry), Do: act((*Help).try)},
		{Keys: []string{"q", "ctrl+c"}, Show: "q", Word: "quit", Help: "quit", Do: leave},
	}
	for i, label := range pageLabels {
		keys = append(keys, SheetKey{Keys: []string{string(label)}, Why: unless(func(sh *Help) string { return sh.whyNoPage(i) }),
			Do: act(func(sh *Help, _ SheetHost) { sh.goTo(i) })})
	}
	return keys
}
