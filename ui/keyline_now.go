package ui

import (
	"time"

	"incore/ui/scene"
)

// keysNow is what the keys line of the grid follows beside the mode.
type keysNow struct {
	dead    bool   // the process is gone
	several bool   // there is another process
	first   []lead // the keys that come first
	only    bool   // there are no others
	hidden  string // a key that is left out
}

// lead is a key that is about what goes on now, and what it does in a word. An empty word is that of the key table.
type lead struct{ key, word string }

// keysOfPages are the keys that act on what is selected, in the order in which they are shown.
var keysOfPages = []string{"r", "w", "l", "u", "o", "p", "a", "d", "x"}

// lastsFrom is how long a command runs before the keys line says how to stop it. Most end sooner, and would have it flicker.
const lastsFrom = 200 * time.Millisecond

// keysOf returns what the keys line follows. What can be done now comes first: the answer to a question, then how to
// end what goes on.
func keysOf(m *Model) keysNow {
	now := keysNow{dead: m.Proc().Death != nil, several: m.Several()}
	add := func(key, word string) { now.first = append(now.first, lead{key, word}) }
	if m.leaving {
		add("q", "quit")
		add("esc", "go on")
		now.only = true
		return now
	}
	lasting := m.State.Running.Command != nil && m.State.Time-m.State.Running.Time >= lastsFrom
	switch {
	case lasting:
		add("esc", "stop")
	case m.Focus.Selecting:
		add("esc", "unselect")
	}
	if m.paused() {
		add("space", "go on")
	} else if lasting {
		add("space", "pause")
	}
	if whyNoStep(m) == "" {
		add(".", "next")
	}
	if m.Focus.Selecting && scene.WhyNoAct(&m.Scene) == "" {
		for _, key := range keysOfPages {
			add(key, "")
		}
		now.hidden = "v"
	}
	return now
}

// leads returns the keys that come first, as the line shows them.
func (now *keysNow) leads() (all []keyHint) {
	for i, l := range now.first {
		b := lookup(modeGrid, l.key)
		k := keyHint{show: b.show, word: l.word, key: l.key, rank: i - len(now.first)}
		if k.word == "" {
			k.word, k.rank = b.word, rankOf(modeGrid, l.key, now.dead)
		}
		all = append(all, k)
	}
	return all
}

// leavesOut reports whether a key of the table is not shown, or was among the first.
func (now *keysNow) leavesOut(key string) bool {
	for _, l := range now.first {
		if l.key == key {
			return true
		}
	}
	return now.only || key == now.hidden
}
