package ui

import tea "charm.land/bubbletea/v2"

// edit returns what a key does that changes the line that is typed.
func edit(f func(*palette)) func(*Model, string) tea.Cmd {
	return func(m *Model, _ string) tea.Cmd { f(typesInto(m)); return nil }
}

// paletteKeys returns the keys of the line in which a command is typed.
func paletteKeys() []binding {
	return append([]binding{
		{mode: modePalette, keys: []string{"enter"}, show: "enter", word: "run", do: func(m *Model, _ string) tea.Cmd { return m.run() }},
		{mode: modePalette, keys: []string{"tab"}, show: "tab", word: "complete", do: func(m *Model, _ string) tea.Cmd { m.complete(1); return nil }},
		{mode: modePalette, keys: []string{"shift+tab"}, do: func(m *Model, _ string) tea.Cmd { m.complete(-1); return nil }},
		{mode: modePalette, keys: []string{"up", "ctrl+p"}, show: "↑↓", ascii: "up down", word: "history", do: edit(func(p *palette) { p.recall(-1) })},
		{mode: modePalette, keys: []string{"down", "ctrl+n"}, do: edit(func(p *palette) { p.recall(1) })},
	}, editKeys(modePalette)...)
}

// editKeys returns the keys that edit the line of a mode, and those that leave it.
func editKeys(md mode) []binding {
	return []binding{
		{mode: md, keys: []string{"left", "ctrl+b"}, do: edit(func(p *palette) { p.moveTo(p.at - 1) })},
		{mode: md, keys: []string{"right", "ctrl+f"}, do: edit(func(p *palette) { p.moveTo(p.at + 1) })},
		{mode: md, keys: []string{"home", "ctrl+a"}, do: edit(func(p *palette) { p.moveTo(0) })},
		{mode: md, keys: []string{"end", "ctrl+e"}, do: edit(func(p *palette) { p.moveTo(len(p.line)) })},
		{mode: md, keys: []string{"backspace"}, do: edit(func(p *palette) { p.remove(p.at-1, p.at) })},
		{mode: md, keys: []string{"delete", "ctrl+d"}, do: edit(func(p *palette) { p.remove(p.at, p.at+1) })},
		{mode: md, keys: []string{"ctrl+w", "alt+backspace"}, do: edit((*palette).removeWord)},
		{mode: md, keys: []string{"ctrl+u"}, do: edit(func(p *palette) { p.remove(0, p.at) })},
		{mode: md, keys: []string{"ctrl+k"}, do: edit(func(p *palette) { p.remove(p.at, len(p.line)) })},
		{mode: md, keys: []string{"esc"}, show: "esc", word: "back", do: back},
		{mode: md, keys: []string{"ctrl+c"}, show: "ctrl+c", word: "quit", do: quit},
	}
}

// menuKeys returns the keys of a menu, beside those of its items.
func menuKeys() []binding {
	return []binding{
		{mode: modeMenu, keys: []string{"enter"}, show: "enter", word: "choose", do: func(m *Model, _ string) tea.Cmd { m.choose(m.menu.at); return nil }},
		{mode: modeMenu, keys: []string{"left", "up", "shift+tab"}, show: "←→", ascii: "left right", word: "move", do: func(m *Model, _ string) tea.Cmd { m.menu.move(-1); return nil }},
		{mode: modeMenu, keys: []string{"right", "down", "tab"}, do: func(m *Model, _ string) tea.Cmd { m.menu.move(1); return nil }},
		{mode: modeMenu, keys: []string{"esc"}, show: "esc", word: "back", do: back},
		{mode: modeMenu, keys: []string{"ctrl+c"}, show: "ctrl+c", word: "quit", do: quit},
	}
}
