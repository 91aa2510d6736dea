package lang_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"incore/model"
	"incore/model/lang"
	"incore/model/modeltest"
)

// ofEveryVerb checks what holds of every verb but say: what a text goes on with is nobody's to foresee.
func ofEveryVerb(t *testing.T, holds func(*rapid.T, string)) {
	for _, verb := range lang.VerbNames() {
		if verb != "say" {
			t.Run(verb, func(t *testing.T) { rapid.Check(t, func(t *rapid.T) { holds(t, verb) }) })
		}
	}
}

// Whatever a line goes on with was foreseen: a word of a set is among those that were named.
func TestLookAheadKnowsEveryWord(t *testing.T) {
	ofEveryVerb(t, func(t *rapid.T, verb string) {
		words := modeltest.DrawWords(t, verb)
		for i, w := range words {
			line := strings.Join(words[:i], " ") + " "
			next := lang.LookAhead(line).Next
			if len(next) == 0 {
				t.Fatalf("%q: nothing may follow, and %q does", line, w)
			}
			free := func(k lang.Kind) bool { return k.Form != lang.FormWord && k.Form != lang.FormCommand }
			if !slices.ContainsFunc(next, func(k lang.Kind) bool { return free(k) || slices.Contains(k.Words, w) }) {
				t.Fatalf("%q: %q follows, which is none of %v", line, w, next)
			}
		}
	})
}

// manyKinds is a state that has a region of every kind, and a second process.
func manyKinds() *model.State {
	region := func(r model.RegionInfo) *model.Region {
		of := modeltest.Region(r.Name, 0x10000, make([]model.Page, 4))
		of.Backing, of.Malloc = r.Backing, r.Malloc
		return of
	}
	regions := []*model.Region{
		region(model.RegionInfo{Name: "a"}), region(model.RegionInfo{Name: "mem", Backing: model.Memfd}),
		region(model.RegionInfo{Name: "seg", Backing: model.Shm}), region(model.RegionInfo{Name: "p", Malloc: model.FromMmap}),
	}
	keys := []model.ProtectionKey{{Name: "k", Number: 1}, {Name: "k2", Number: 2, Freed: true}}
	return &model.State{Procs: []model.Process{
		{Name: model.Main, PageSize: 4096, Regions: regions, Keys: keys}, {Name: "kid", PageSize: 4096, Regions: regions, Keys: keys},
	}}
}

// For every argument of every verb something is offered, and all that is offered is of the language.
func TestEveryArgumentIsCompleted(t *testing.T) {
	c := lang.Completer{
		State: manyKinds(), Proc: model.Main,
		Fresh: func(lang.Names) string { return "fresh" },
		Files: func(string) []string { return []string{"/dev/zero"} },
	}
	ofEveryVerb(t, func(t *rapid.T, verb string) {
		words := modeltest.DrawWords(t, verb)
		for i := range words {
			line := strings.Join(append(slices.Clone(words[:i]), ""), " ")
			if i > 1 && words[0] == "in" {
				line = strings.Join(append([]string{"in", "kid"}, words[2:i]...), " ") + " "
			}
			offered := c.Words(line)
			if len(offered) == 0 {
				t.Fatalf("%q: nothing is offered", line)
			}
			for _, w := range offered {
				_, err := lang.Parse(line + w)
				if e, ok := err.(*lang.ParseError); ok && e.Word != "" {
					t.Fatalf("%q is offered behind %q: %v", w, line, err)
				}
			}
		}
	})
}

// A word that names what there is not is found as soon as the next one begins.
func TestUnknownNames(t *testing.T) {
	c := lang.Completer{State: manyKinds(), Proc: model.Main}
	for line, want := range map[string]string{
		"mlock a":                      "",
		"mlock zz":                     "", // not finished
		"mlock zz ":                    `column 7: zz: no such region: "zz"`,
		"mlock mm[2..] ":               `column 7: mm: no such region: "mm[2..]" (did you mean mem?)`,
		"mmap new 4 ":                  "",
		"mmap new 4 alias men shared":  `column 18: men: no such region: "men" (did you mean mem?)`,
		"mmap new 4 file nothing r":    "",
		"memcpy a b[1] ":               `column 10: b: no such region: "b[1]"`,
		"mlock 0x1000,4 ":              "",
		"in kit mlock a":               `column 4: there is no process kit: fork makes one: "kit" (did you mean kid?)`,
		"in kid mprotect zz r":         `column 17: zz: no such region in process kid: "zz"`,
		"expect all zz resident":       `column 12: zz: no such region: "zz"`,
		"expect dead nobody ":          `column 13: there is no process nobody: fork makes one: "nobody"`,
		"expect signal SIGSEGV in zz ": `column 26: zz: no such region: "zz"`,
		"fork new ":                    "",
		"say mlock zz ":                "",
		"":                             "",
	} {
		got := ""
		if err := c.Unknown(line); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", line, got, want)
		}
	}
}
