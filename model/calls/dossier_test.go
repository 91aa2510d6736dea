package calls

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"incore/model"
	"incore/model/lang"
)

// Every verb of the language has a dossier, and every dossier has what must be there.
func TestDossiers(t *testing.T) {
	verbs := lang.VerbNames()
	for _, verb := range verbs {
		if byVerb[verb] == nil {
			t.Errorf("%s has no dossier", verb)
		}
	}
	seen := map[string]bool{}
	once := func(what, name string) {
		if name == "" {
			return
		}
		if seen[what+name] {
			t.Errorf("there are two dossiers with the %s %s", what, name)
		}
		seen[what+name] = true
	}
	for _, family := range families {
		for _, d := range family {
			once("call", d.call)
			once("verb", d.verb)
			for name, words := range d.constants {
				once("constant", name)
				if words == "" {
					t.Errorf("%s of %s: nothing says what it asks for", name, d.call)
				}
			}
			if d.call == "" && d.verb == "" {
				t.Error("there is a dossier of nothing")
			}
			if d.verb != "" && !slices.Contains(verbs, d.verb) {
				t.Errorf("%s is no verb of the language", d.verb)
			}
			if (d.verb == "") != (d.reach == nil) {
				t.Errorf("%s%s: a dossier follows commands of its verb, where it has one", d.call, d.verb)
			}
			if d.call != "" {
				checkCall(t, d)
			}
		}
	}
}

// checkCall reports what the dossier of a call lacks.
func checkCall(t *testing.T, d dossier) {
	t.Helper()
	if d.page == "" || !strings.HasSuffix(d.what, ".") || d.ok.words == "" {
		t.Errorf("%s: man page %q, what it is for %q, what it returns %q", d.call, d.page, d.what, d.ok.words)
	}
	if (d.since != model.Version{}) != (d.without != "") {
		t.Errorf("%s: of a call that came with Linux %q, what is not there without it is %q", d.call, since(d.since), d.without)
	}
	for _, a := range d.args {
		if a.name == "" || a.explain == nil {
			t.Errorf("%s has an argument %q without a name or an explanation", d.call, a.name)
		}
	}
	for answer, list := range d.causes {
		if len(list) == 0 || answer[0] != 'E' && !strings.HasPrefix(answer, "SIG") {
			t.Errorf("%s: %d causes of %q", d.call, len(list), answer)
		}
	}
}

// Every advice of the language has its words, and no other has any.
func TestEveryAdvice(t *testing.T) {
	if len(advices) != len(lang.Advices()) {
		t.Errorf("%d advices are told of, and the language has %d", len(advices), len(lang.Advices()))
	}
	for _, a := range lang.Advices() {
		if advices[lang.Advice(a)].words == "" {
			t.Errorf("nothing says what the advice %s asks for", a)
		}
	}
}

// What hangs on the kind of a command stands in a dossier of it: no switch is to be made longer for a new one.
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
