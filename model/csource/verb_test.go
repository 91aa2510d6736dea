package csource

import (
	"testing"

	"incore/model/lang"
)

// unwritable are the verbs that C has nothing like: they are of the session.
var unwritable = map[string]bool{"in": true, "reset": true, "speed": true, "expect": true}

// Every verb of the language is told of once, and has what must be there.
func TestVerbs(t *testing.T) {
	verbs := map[string]bool{}
	for _, name := range lang.VerbNames() {
		verbs[name] = true
		if byName[name] == nil {
			t.Errorf("nothing is told of %s", name)
		}
	}
	seen := map[string]bool{}
	for _, family := range families {
		for _, v := range family {
			for _, key := range []string{"verb " + v.name, "call " + v.call} {
				if seen[key] && key != "verb " && key != "call " {
					t.Errorf("the %s is told of twice", key)
				}
				seen[key] = true
			}
			if v.name != "" && !verbs[v.name] {
				t.Errorf("%s is no verb of the language", v.name)
			}
			if (v.write == nil) != (v.name == "" || unwritable[v.name]) {
				t.Errorf("%s is written as C: %v", v.name, v.write != nil)
			}
			if (v.call == "") != (v.done == nil) {
				t.Errorf("%s %s: what a call makes of the address space is told where there is one", v.name, v.call)
			}
			if v.askLimit == nil && v.overLimit != nil {
				t.Errorf("%s: a limit that cannot refuse it can have done so", v.name)
			}
		}
	}
}
