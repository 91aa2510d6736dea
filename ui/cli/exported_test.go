package cli_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExportedNamesHaveComments holds that each exported function, method and type of the rooms of the screen has a
// comment, and that this begins with the name, as Go's own do. In all rooms, each exported field of an exported struct
// and each method of an exported interface has a comment too.
func TestExportedNamesHaveComments(t *testing.T) {
	const root = "../.."
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Skip("the sources are not here: ", err)
	}
	types := 0
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		hidden := name != root && strings.HasPrefix(e.Name(), ".")
		switch {
		case err != nil:
			return err
		case e.IsDir() && (hidden || e.Name() == "testdata"):
			return filepath.SkipDir
		case e.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		ofScreen := strings.HasPrefix(name, filepath.Join(root, "ui")+string(filepath.Separator))
		for _, d := range f.Decls {
			if ofScreen {
				for _, bad := range undocumented(d) {
					t.Errorf("%s: no comment begins with %s", name, bad)
				}
			}
			eachExportedType(d, func(s *ast.TypeSpec, doc string) {
				types++
				for _, bad := range uncommentedMembers(fset, s.Name.Name, s.Type, doc) {
					t.Errorf("%s: no comment says what %s is", name, bad)
				}
			})
		}
		return nil
	})
	if err != nil || types == 0 {
		t.Fatal(err, types)
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

// eachExportedType calls f with each exported type of a declaration and the comment of that type.
func eachExportedType(d ast.Decl, f func(s *ast.TypeSpec, doc string)) {
	g, ok := d.(*ast.GenDecl)
	if !ok {
		return
	}
	for _, s := range g.Specs {
		if s, ok := s.(*ast.TypeSpec); ok && s.Name.IsExported() {
			f(s, g.Doc.Text()+" "+s.Doc.Text())
		}
	}
}

// uncommentedMembers are the exported fields, or the methods of an interface, which have no comment. A comment over a
// member counts for the rest of its paragraph, which ends at a blank line or behind a line with a comment of its own.
// Where it begins with the name of its member, it counts only for those that it names. The comment of the type counts
// for a member it names, where there are three of them at most or all stand on one line.
func uncommentedMembers(fset *token.FileSet, owner string, typ ast.Expr, doc string) (names []string) {
	var list *ast.FieldList
	switch typ := typ.(type) {
	case *ast.StructType:
		list = typ.Fields
	case *ast.InterfaceType:
		list = typ.Methods
	default:
		return nil
	}
	line := func(p token.Pos) int { return fset.Position(p).Line }
	small := list.NumFields() <= 3 || line(list.Opening) == line(list.Closing)
	above, ofOne, last := "", false, 0
	for _, m := range list.List {
		switch first := line(m.Pos()); {
		case m.Doc != nil:
			above = m.Doc.Text()
			word, _, _ := strings.Cut(above, " ")
			ofOne = len(m.Names) > 0 && word == m.Names[0].Name
		case first > last+1 || m.Comment != nil:
			above = ""
		}
		last = line(m.End())
		for _, n := range m.Names {
			if !n.IsExported() {
				continue
			}
			shared := above != "" && (!ofOne || mentions(above, n.Name))
			if !shared && m.Comment == nil && !(small && mentions(doc, n.Name)) {
				names = append(names, owner+"."+n.Name)
			}
			names = append(names, uncommentedMembers(fset, owner+"."+n.Name, elem(m.Type), above)...)
		}
	}
	return names
}

// mentions reports whether a word of a text is the name.
func mentions(text, name string) bool {
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !token.IsIdentifier("x" + string(r)) }) {
		if w == name {
			return true
		}
	}
	return false
}

// elem is the type that a slice, array, map or pointer is made of, or the type itself.
func elem(typ ast.Expr) ast.Expr {
	switch t := typ.(type) {
	case *ast.ArrayType:
		return elem(t.Elt)
	case *ast.MapType:
		return elem(t.Value)
	case *ast.StarExpr:
		return elem(t.X)
	}
	return typ
}
