package csource

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"incore/model/lang"
)

// unwritable are the verbs that C has nothing like: they are of the session.
var unwritable = map[string]bool{"in": true, "reset": true, "speed": true, "look": true, "expect": true}

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

// What hangs on the kind of a command stands in a verb of it: no switch is to be made longer for a new one.
func TestNoSwitchOverCommands(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		read++
		ast.Inspect(parsed, func(n ast.Node) bool {
			if _, ok := n.(*ast.TypeSwitchStmt); ok {
				t.Errorf("%s has a switch over types", file)
			}
			return true
		})
	}
	if read == 0 {
		t.Skip("the source of the package is not here")
	}
}
