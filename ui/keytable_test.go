package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"incore/model"
	"incore/model/lang"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/sheet"
)

func TestKeysAreUnambiguous(t *testing.T) {
	was := map[string]bool{}
	for _, b := range table {
		for _, k := range b.keys {
			id := fmt.Sprint(b.mode, " ", k)
			if was[id] {
				t.Errorf("%s is bound twice", id)
			}
			was[id] = true
		}
		if b.mode == modeGrid && b.group == "" {
			t.Errorf("%v is in no group of the help", b.keys)
		}
	}
}

// Every key of the keys line has a rank, so that none is left out by accident.
func TestEveryKeyHasARank(t *testing.T) {
	for _, b := range table {
		if b.mode == modeGrid && b.word != "" && !slices.Contains(keyRank, b.keys[0]) {
			t.Errorf("%s, %s, has no rank", b.keys[0], b.word)
		}
	}
}

// What to press instead of a key that is bound to nothing is bound.
func TestInsteadIsBound(t *testing.T) {
	for key, to := range instead {
		if lookup(modeGrid, to[0]) == nil {
			t.Errorf("%s is told to be %s, which is bound to nothing", key, to[0])
		}
		if lookup(modeGrid, key) != nil {
			t.Errorf("%s is told to be %s, and is bound itself", key, to[0])
		}
	}
}

// arrowNames are how the help may write keys.
var arrowNames = map[string]string{"left": "←", "right": "→", "up": "↑", "down": "↓", "pgdown": "pgdn"}

// The page of keys tells of every key of the table, but of the labels of the pages, which
// stand in their list.
func TestEveryKeyIsInTheHelp(t *testing.T) {
	m := New(nil, Options{})
	says := map[mode]string{}
	for _, g := range m.sheets[modeHelp-firstSheet].(*sheet.Help).KeyGroups(60) {
		md := modeGrid
		for _, n := range modeNames() {
			if g[0].Text.String() == n.name {
				md = n.mode
			}
		}
		for _, row := range g {
			says[md] += " " + row.Term + " " + row.Text.String()
		}
	}
	has := func(md mode, key string) bool {
		if base, ok := strings.CutPrefix(key, "shift+"); ok && arrowNames[base] != "" {
			return strings.Contains(says[md], "shift+←↑↓→")
		}
		if a := arrowNames[key]; a != "" {
			return strings.Contains(says[md], a) || strings.Contains(says[md], key)
		}
		return strings.Contains(says[md], key) || key == "f1" && strings.Contains(says[md], "F1")
	}
	for i := range table {
		b := &table[i]
		switch {
		case b.mode != modeGrid && b.keys[0] == "f1", b.mode == modeHelp && len(b.keys[0]) == 1 && strings.Contains(sheet.TopicLabels, b.keys[0]), b.mode == modeCall && b.what() == "":
			continue
		}
		if !slices.ContainsFunc(b.keys, func(key string) bool { return has(b.mode, key) }) {
			t.Errorf("of mode %d, %v: none is in the help: %s", b.mode, b.keys, says[b.mode])
		}
	}
	for md, rows := range modeRows {
		for key, row := range rows {
			if lookup(md, key) == nil {
				t.Errorf("the help tells of %s, which mode %d does not bind (%s)", key, md, row.text)
			}
		}
	}
}

// Whatever a menu offers is of the language, and no two choices share a key.
func TestMenusAreOfTheLanguage(t *testing.T) {
	target := model.Target{Region: "a"}
	for _, n := range []menu{protMenu(target), adviceMenu(target)} {
		var keys []string
		for _, it := range n.items {
			c, err := lang.Parse(it.command.String())
			if err != nil || c != it.command {
				t.Errorf("%s: %q parses to %v, %v", n.title, it.command, c, err)
			}
			if len(it.keys) == 0 {
				t.Errorf("%s: %s has no key", n.title, it.word)
			}
			for _, k := range it.keys {
				if slices.Contains(keys, k) || lookup(modeMenu, k) != nil {
					t.Errorf("%s: %s is the key of two choices", n.title, k)
				}
				keys = append(keys, k)
			}
		}
	}
	if got, want := len(adviceMenu(target).items), len(lang.Advices()); got != want {
		t.Errorf("the menu has %d advices, the language %d", got, want)
	}
}

// The keys line never leaves the way out away, at any width that has a line.
func TestKeyLineKeepsQuit(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		th := look.New(nil, canvas.NoColor, true, ascii)
		for w := 20; w < 220; w++ {
			var words []string
			n := -keysApart
			for _, k := range keyLine(modeGrid, th, w, keysNow{}) {
				words = append(words, k.word)
				n += canvas.Width(k.show) + 1 + canvas.Width(k.word) + keysApart
			}
			if n > w {
				t.Fatalf("%d columns: the line takes %d", w, n)
			}
			if w >= 40 && !slices.Contains(words, "quit") {
				t.Fatalf("%d columns: no quit in %v", w, words)
			}
		}
		if got := keyLine(modeGrid, th, 60, keysNow{dead: true}); !slices.ContainsFunc(got, func(k keyHint) bool { return k.word == "reset" }) {
			t.Errorf("no reset of a dead subject in %v", got)
		}
	}
}
