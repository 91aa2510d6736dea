package ui

import tea "charm.land/bubbletea/v2"

// paletteKeys are the keys of the line in which a command is typed.
func paletteKeys() []binding {
	edit := func(f func(*palette)) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { f(&m.palette); return nil }
	}
	return []binding{
		{mode: modePalette, keys: []string{"enter"}, show: "enter", word: "run", do: func(m *Model, _ string) tea.Cmd { return m.run() }},
		{mode: modePalette, keys: []string{"tab"}, show: "tab", word: "complete", do: func(m *Model, _ string) tea.Cmd { m.complete(1); return nil }},
		{mode: modePalette, keys: []string{"shift+tab"}, do: func(m *Model, _ string) tea.Cmd { m.complete(-1); return nil }},
		{mode: modePalette, keys: []string{"up", "ctrl+p"}, show: "↑↓", ascii: "up down", word: "history", do: edit(func(p *palette) { p.recall(-1) })},
		{mode: modePalette, keys: []string{"down", "ctrl+n"}, do: edit(func(p *palette) { p.recall(1) })},
		{mode: modePalette, keys: []string{"left", "ctrl+b"}, do: edit(func(p *palette) { p.moveTo(p.at - 1) })},
		{mode: modePalette, keys: []string{"right", "ctrl+f"}, do: edit(func(p *palette) { p.moveTo(p.at + 1) })},
		{mode: modePalette, keys: []string{"home", "ctrl+a"}, do: edit(func(p *palette) { p.moveTo(0) })},
		{mode: modePalette, keys: []string{"end", "ctrl+e"}, do: edit(func(p *palette) { p.moveTo(len(p.line)) })},
		{mode: modePalette, keys: []string{"backspace"}, do: edit(func(p *palette) { p.remove(p.at-1, p.at) })},
		{mode: modePalette, keys: []string{"delete", "ctrl+d"}, do: edit(func(p *palette) { p.remove(p.at, p.at+1) })},
		{mode: modePalette, keys: []string{"ctrl+w", "alt+backspace"}, do: edit((*palette).removeWord)},
		{mode: modePalette, keys: []string{"ctrl+u"}, do: edit(func(p *palette) { p.remove(0, p.at) })},
		{mode: modePalette, keys: []string{"ctrl+k"}, do: edit(func(p *palette) { p.remove(p.at, len(p.line)) })},
		{mode: modePalette, keys: []string{"esc"}, show: "esc", word: "back", do: back},
		{mode: modePalette, keys: []string{"ctrl+c"}, show: "ctrl+c", word: "quit", do: quit},
	}
}

// menuKeys are the keys of a menu, beside those of its items.
func menuKeys() []binding {
	return []binding{
		{mode: modeMenu, keys: []string{"enter"}, show: "enter", word: "choose", do: func(m *Model, _ string) tea.Cmd { m.choose(m.menu.at); return nil }},
		{mode: modeMenu, keys: []string{"left", "up", "shift+tab"}, show: "←→", ascii: "left right", word: "move", do: func(m *Model, _ string) tea.Cmd { m.menu.move(-1); return nil }},
		{mode: modeMenu, keys: []string{"right", "down", "tab"}, do: func(m *Model, _ string) tea.Cmd { m.menu.move(1); return nil }},
		{mode: modeMenu, keys: []string{"esc"}, show: "esc", word: "back", do: back},
		{mode: modeMenu, keys: []string{"ctrl+c"}, show: "ctrl+c", word: "quit", do: quit},
	}
}

// helpKeys are the keys of the help, and the one that opens it from everywhere.
func helpKeys() []binding {
	scroll := func(n int) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.help.top += n; return nil }
	}
	screen := func(n int) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.help.top += n * max(1, m.height-4); return nil }
	}
	turn := func(n int) func(*Model, string) tea.Cmd {
		return func(m *Model, _ string) tea.Cmd { m.goToPage(m.help.page + n); return nil }
	}
	open := func(m *Model, _ string) tea.Cmd { m.openHelp(); return nil }
	keys := []binding{
		{mode: modeHelp, keys: []string{"esc", "?", "f1"}, show: "esc", row: "esc ?", word: "back", help: "back to where it was opened",
			do: func(m *Model, _ string) tea.Cmd { m.closeHelp(); return nil }},
		{mode: modeHelp, keys: []string{"right", "tab"}, show: "←→", row: "←→ tab", ascii: "left right", word: "page",
			help: "next page, the one before; or its digit or letter", do: turn(1)},
		{mode: modeHelp, keys: []string{"left", "shift+tab"}, do: turn(-1)},
		{mode: modeHelp, keys: []string{"down", "j"}, show: "↑↓", row: "↑↓ j k", ascii: "up down", word: "scroll", help: "scroll", do: scroll(1)},
		{mode: modeHelp, keys: []string{"up", "k"}, do: scroll(-1)},
		{mode: modeHelp, keys: []string{"pgdown", "space"}, show: "pgup pgdn", help: "a screen up and down", do: screen(1)},
		{mode: modeHelp, keys: []string{"pgup"}, do: screen(-1)},
		{mode: modeHelp, keys: []string{"home", "g"}, show: "g G", help: "the beginning, the end", do: func(m *Model, _ string) tea.Cmd { m.help.top = 0; return nil }},
		{mode: modeHelp, keys: []string{"end", "G"}, do: func(m *Model, _ string) tea.Cmd { m.help.top = 1 << 20; return nil }},
		{mode: modeHelp, keys: []string{"enter"}, show: "enter", word: "try", help: "type the marked line of a topic", why: (*Model).whyNoTry,
			do: func(m *Model, _ string) tea.Cmd { m.try(); return nil }},
		{mode: modeHelp, keys: []string{"q", "ctrl+c"}, show: "q", word: "quit", help: "quit", do: quit},
	}
	for i, label := range pageLabels {
		keys = append(keys, binding{mode: modeHelp, keys: []string{string(label)}, why: func(m *Model) string { return m.whyNoPage(i) },
			do: func(m *Model, _ string) tea.Cmd { m.goToPage(i); return nil }})
	}
	keys = append(keys, binding{keys: []string{"f1"}, show: "F1", help: "the help, from anywhere", group: groupWhole, do: open})
	for _, md := range []mode{modePalette, modeMenu, modeCall, modeSpace, modePage} {
		keys = append(keys, binding{mode: md, keys: []string{"f1"}, do: open})
	}
	for _, md := range []mode{modeSpace, modePage} {
		keys = append(keys, binding{mode: md, keys: []string{"?"}, show: "?", word: "help", help: "this help", do: open})
	}
	return keys
}
