package sheet

import tea "charm.land/bubbletea/v2"

// HelpKeys returns the keys of the help.
func HelpKeys() []Key {
	scroll := func(n int) func(Sheet, Host) tea.Cmd { return act(func(sh *Help, _ Host) { sh.Top += n }) }
	screen := func(n int) func(Sheet, Host) tea.Cmd {
		return act(func(sh *Help, _ Host) { sh.Top += n * max(1, sh.h) })
	}
	turn := func(n int) func(Sheet, Host) tea.Cmd {
		return act(func(sh *Help, _ Host) { sh.goTo(sh.Topic + n) })
	}
	keys := []Key{
		{Keys: []string{"esc", "q", "?", "f1"}, Show: "esc q", Row: "esc q ?", Word: "back", Help: "back to where it was opened", Do: shut},
		{Keys: []string{"right", "tab"}, Show: "←→", Row: "←→ tab", ASCII: "left right", Word: "topic",
			Help: "next topic, the one before; or press its digit or letter", Do: turn(1)},
		{Keys: []string{"left", "shift+tab"}, Do: turn(-1)},
		{Keys: []string{"down", "j"}, Show: "↑↓", Row: "↑↓ j k", ASCII: "up down", Word: "scroll", Help: "scroll", Do: scroll(1)},
		{Keys: []string{"up", "k"}, Do: scroll(-1)},
		{Keys: []string{"pgdown", "space"}, Show: "pgup pgdn", Help: "a screen up and down", Do: screen(1)},
		{Keys: []string{"pgup"}, Do: screen(-1)},
		{Keys: []string{"home", "g"}, Show: "g G", Help: "the beginning, the end", Do: act(func(sh *Help, _ Host) { sh.Top = 0 })},
		{Keys: []string{"end", "G"}, Do: act(func(sh *Help, _ Host) { sh.Top = 1 << 20 })},
		{Keys: []string{"enter"}, Show: "enter", Word: "try", Help: "type the marked line of a topic", Why: unless((*Help).whyNoTry), Do: act((*Help).try)},
		{Keys: []string{"L"}, Show: "L", Word: "lessons", Help: "the lessons, from the first that asks about the topic", Why: unless((*Help).whyNoLessons),
			Do: func(sh Sheet, h Host) tea.Cmd { return h.ListLessons(Topics[sh.(*Help).Topic-FirstTopic].Lessons[0]) }},
		{Keys: []string{"ctrl+c"}, Show: "ctrl+c", Help: "quit at once", Do: leave},
	}
	for i, label := range TopicLabels {
		keys = append(keys, Key{Keys: []string{string(label)}, Why: unless(func(sh *Help) string { return sh.whyNoTopic(i) }),
			Do: act(func(sh *Help, _ Host) { sh.goTo(i) })})
	}
	return keys
}
