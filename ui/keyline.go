package ui

import "slices"

// keyHint is one key of the keys line.
type keyHint struct{ show, word string }

// keysApart is the columns between two keys of the keys line.
const keysApart = 2

// keyRank is which keys of the grid stay longest where the line is short: what a
// newcomer needs first, and never without a way out.
var keyRank = []string{"write", "lock", "quit", "help", "process", "move", "read", "unlock", "command", "map", "protect", "on fault",
	"select", "execute", "advise", "unmap", "reset", "region"}

// keysOfDead are the keys that do something where the process is gone.
var keysOfDead = []string{"process", "region", "reset", "command", "help", "quit"}

// keyLine are the keys of a mode that are shown in w columns, in the order of the
// table. Of a subject that is gone the way to a fresh one is what is wanted most. The way
// to another process is told where there is one.
func keyLine(md mode, th *theme, w int, dead, several bool) []keyHint {
	var all []keyHint
	if md == modeGrid {
		all = append(all, keyHint{th.arrows, "move"})
	}
	for i := range table {
		b := &table[i]
		if b.mode != md || b.word == "" || b.word == "process" && !several || dead && md == modeGrid && !slices.Contains(keysOfDead, b.word) {
			continue
		}
		show := b.show
		if th.ascii && b.ascii != "" {
			show = b.ascii
		}
		all = append(all, keyHint{show, b.word})
	}
	rank := func(k keyHint) int {
		if dead && (k.word == "reset" || k.word == "process") {
			return -1
		}
		if i := slices.Index(keyRank, k.word); md == modeGrid && i >= 0 {
			return i
		}
		return len(keyRank)
	}
	width := func() int {
		n := -keysApart
		for _, k := range all {
			n += textWidth(k.show) + 1 + textWidth(k.word) + keysApart
		}
		return n
	}
	for len(all) > 0 && width() > w {
		worst := 0
		for i, k := range all {
			if rank(k) >= rank(all[worst]) {
				worst = i
			}
		}
		all = slices.Delete(all, worst, worst+1)
	}
	return all
}

// drawKeys draws as many keys of the mode as fit.
func (m *Model) drawKeys() {
	a, th, c := m.lay.keys, m.theme, &m.canvas
	if a.empty() || m.lay.size == sizeSmall && (m.mode == modePalette || m.mode == modeMenu) {
		return
	}
	if m.mode == modePalette && len(m.usageLines(a.w-2)) > 1 {
		return
	}
	x := a.x
	for _, k := range keyLine(m.mode, th, a.w, m.proc().Death != nil, m.several()) {
		x += c.text(x, a.y, a.x+a.w-x, k.show, th.key) + 1
		x += c.text(x, a.y, a.x+a.w-x, k.word, th.dim) + keysApart
	}
}
