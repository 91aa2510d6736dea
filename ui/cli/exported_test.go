package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExportedNamesHaveComments holds that each exported function, method and type of the rooms of the screen has a
// comment, and that this begins with the name, as Go's own do.
func TestExportedNamesHaveComments(t *testing.T) {
	if _, err := os.Stat("../../go.mod"); err != nil {
		t.Skip("the sources are not here: ", err)
	}
	files, err := filepath.Glob("../*/*.go")
	own, err2 := filepath.Glob("../*.go")
	if err != nil || err2 != nil || len(files) == 0 || len(own) == 0 {
		t.Fatal(err, err2, len(files), len(own))
	}
	for _, name := range append(files, own...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			for _, bad := range undocumented(d) {
				t.Errorf("%s: no comment begins with %s", name, bad)
			}
		}
	}
}

// undocumented are the exported names of a declaration of which no comment of their own speaks first.
func undocumented(d ast.Decl) (names []string) {
	check := func(name *ast.Ident, docs ...*ast.CommentGroup) {
		for _, doc := range docs {
			first, _, _ := strings.Cut(doc.Text(), " ")
			if first == name.Name {
				return
			}
		}
		if name.IsExported() {
			names = append(names, name.Name)
		}
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		check(d.Name, d.Doc)
	case *ast.GenDecl:
		for _, s := range d.Specs {
			if s, ok := s.(*ast.TypeSpec); ok {
				check(s.Name, d.Doc, s.Doc)
			}
		}
	}
	return names
}
