package jump

import (
	"fmt"
	"slices"
	"strings"

	"incore/model/lang"
	"incore/ui/panel"
	"incore/ui/scene"
)

// Match is a region or a call that has a text in it.
type Match struct {
	Region scene.Place // of a region
	Call   int         // the number of an entry of the log; 0 of a region
	Says   string      // what it is
}

// Same reports whether two matches are of the same region or call.
func (m Match) Same(other Match) bool { return m.Region == other.Region && m.Call == other.Call }

// Find returns what has a text in it, in capitals or not: the regions in their order, then the calls, the newest first.
func Find(s *scene.Scene, l *panel.Log, text string) (found []Match) {
	want := strings.ToLower(strings.TrimSpace(text))
	if want == "" {
		return nil
	}
	has := func(text string) bool { return strings.Contains(strings.ToLower(text), want) }
	for i := range s.State.Procs {
		p := &s.State.Procs[i]
		for _, r := range p.Regions {
			says := "region " + s.Named(p.Name, r.Name)
			if backing := panel.ShortBacking(p, r); has(r.Name) || has(backing) || has(r.Path) {
				found = append(found, Match{Region: scene.Place{Proc: p.Name, Region: r.Name}, Says: fmt.Sprintf("%s, %s, %d pages", says, backing, r.Pages.Len())})
			}
		}
	}
	for i := range slices.Backward(l.Calls) {
		k := &l.Calls[i]
		if text := k.Text(); has(text) || has(k.Command) {
			found = append(found, Match{Call: k.N, Says: "call " + text})
		}
	}
	return found
}

// NotFound says that nothing has a text in it, and what is named nearly so.
func NotFound(s *scene.Scene, l *panel.Log, text string) string {
	names := Names(s)
	for i := range l.Calls {
		k := &l.Calls[i]
		if verb, _, _ := strings.Cut(k.Command, " "); verb != "" {
			names = append(names, verb)
		}
		if k.Event != nil && k.Event.Call != "" {
			names = append(names, k.Event.Call)
		}
	}
	text = strings.TrimSpace(text)
	if near := lang.Nearest(text, names); near != "" {
		return fmt.Sprintf("No call and no region has %s in it: the nearest is %s.", text, near)
	}
	return fmt.Sprintf("No call and no region has %s in it.", text)
}
