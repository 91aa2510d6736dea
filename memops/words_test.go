//go:build linux && (amd64 || arm64)

package memops_test

import (
	"slices"
	"strings"
	"testing"

	"incore/memops"
	"incore/model"
	"incore/model/lang"
)

// The words say of an access what this kernel then counts for it.
func TestWordsOfAnAccess(t *testing.T) {
	l := opened(t, memops.Options{})
	held := 0
	for _, region := range []string{"mmap s 8", "mmap s 8 shared", "mmap s 8 memfd", "mmap s 8 memfd shared", "shmget s 8"} {
		for _, lines := range [][]string{
			{"touch s[2]"}, {"touch s[2] read"}, {"touch s[2] read", "touch s[2]"}, {"touch s[2]", "touch s[2]"},
			{"touch s[2]", "fork c1", "in c1 touch s[2]"},
		} {
			l.Do(t.Context(), lang.Reset{})
			l.Do(t.Context(), mustParse(t, region))
			for i, line := range lines {
				c := mustParse(t, line)
				name, forked := model.Main, i > 1
				if strings.HasPrefix(line, "in ") {
					name = "c1"
				}
				l.Refresh(t.Context(), name)
				s := l.State()
				r := s.Process(name).Region("s")
				words := r.Pages.At(2).WordsOn(s, r.RegionInfo, forked)
				var e model.Event
				for _, item := range l.Do(t.Context(), c) {
					if it, ok := item.(model.Event); ok && !it.Aside {
						e = it
					}
				}
				if touch, ok := c.(lang.Touch); ok || name != model.Main {
					if !ok {
						touch = c.(lang.In).Do.(lang.Touch)
					}
					held += told(t, strings.Join(append([]string{region}, lines[:i+1]...), "; "), words, touch.Access, e)
				}
			}
		}
	}
	if held < 25 {
		t.Errorf("%d accesses were told of, and far more were made", held)
	}
}

// told holds the words of an access against what was counted.
func told(t *testing.T, session string, words []string, a lang.Access, e model.Event) (held int) {
	t.Helper()
	access := words[len(words)-1]
	for part := range strings.SplitSeq(access, "; ") {
		who, what, ok := strings.Cut(part, " is ")
		if !ok {
			who, what, ok = strings.Cut(part, " costs ")
		}
		if !ok || !slices.Contains(strings.Fields(who), string(a)) {
			continue
		}
		held++
		minor, major := strings.HasPrefix(what, "a minor fault"), strings.Contains(what, "a major fault")
		switch {
		case strings.HasPrefix(what, "nothing") && e.Minor+e.Major > 0, minor && (e.Minor != 1 || e.Major != 0), major && !minor && e.Major != 1:
			t.Errorf("%s: %q, but %d minor and %d major faults", session, access, e.Minor, e.Major)
		}
	}
	return held
}

func mustParse(t *testing.T, line string) model.Command {
	t.Helper()
	c, err := lang.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
