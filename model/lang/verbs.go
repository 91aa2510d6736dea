package lang

import (
	"slices"
)

// VerbInfo is what a help screen, a completion or a palette shows of a verb.
type VerbInfo struct {
	Name    string // the verb: mlock2
	Usage   string // as in the language: mlock2 T [onfault]
	Help    string // one sentence
	Session bool   // not a command of one process, so that in does not take it: reset, wait, in itself
}

// verbs is the one table of the language, in the order in which it is taught.
var verbs = slices.Concat(mappingVerbs, lockVerbs, pageVerbs, heapVerbs, processVerbs, rawVerbs, sessionVerbs)

// verbAt is the place of a verb in verbs.
var verbAt = func() map[string]int {
	at := make(map[string]int, len(verbs))
	for i, v := range verbs {
		at[v.Name] = i
	}
	return at
}()

func findVerb(name string) *verb {
	if i, ok := verbAt[name]; ok {
		return &verbs[i]
	}
	return nil
}

// Verbs lists every verb of the language, in the order in which it is taught;
// the caller may change the slice.
func Verbs() []VerbInfo {
	out := make([]VerbInfo, len(verbs))
	for i, v := range verbs {
		out[i] = v.VerbInfo
	}
	return out
}

// FindVerb returns what a verb is called, takes and does. It reports whether there is one of
// that name.
func FindVerb(name string) (VerbInfo, bool) {
	if v := findVerb(name); v != nil {
		return v.VerbInfo, true
	}
	return VerbInfo{}, false
}

// Parts returns what follows a verb, piece by piece, or nil where there is no such verb. The
// caller must not change what they hold.
func Parts(verb string) []Part {
	if v := findVerb(verb); v != nil {
		return slices.Clone(v.parts)
	}
	return nil
}

// VerbNames lists the verbs of the language; the caller may change the slice.
func VerbNames() []string {
	out := make([]string, len(verbs))
	for i, v := range verbs {
		out[i] = v.Name
	}
	return out
}

// namesWithin are the verbs that in takes.
func namesWithin() (out []string) {
	for _, v := range verbs {
		if !v.Session {
			out = append(out, v.Name)
		}
	}
	return out
}
