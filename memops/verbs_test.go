//go:build linux && (amd64 || arm64)

package memops

import (
	"testing"

	"incore/model/lang"
)

// A verb of the language is run by its entry in the list of a family, or is one of the two that
// Lab.run takes apart itself.
func TestEachVerbIsRun(t *testing.T) {
	known := map[string]bool{"in": true, "expect": true}
	for _, v := range lang.Verbs() {
		_, runs := verbs[v.Name]
		if runs == known[v.Name] {
			t.Errorf("%s: in a list of a family: %v", v.Name, runs)
		}
		known[v.Name] = true
	}
	for name, v := range verbs {
		if !known[name] || v.name != name {
			t.Errorf("%s, called %s, is no verb of the language", name, v.name)
		}
	}
}

// What needs no subject that lives is what in does not take.
func TestVerbsOfTheSession(t *testing.T) {
	for _, v := range lang.Verbs() {
		if own, ok := verbs[v.Name]; ok && own.ofSession != v.Session {
			t.Errorf("%s: of the session here %v, in the language %v", v.Name, own.ofSession, v.Session)
		}
	}
}
