package lesson_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"incore/model"
	"incore/model/lang"
	"incore/model/lesson"
)

// FuzzParse holds that a text is a lesson or an error with its place, that nothing of a lesson can reach a terminal as more than
// text, and that what it is taken from is inside its bounds.
func FuzzParse(f *testing.F) {
	for _, w := range wrongs {
		if len(w.text) < 4096 {
			f.Add([]byte(w.text), uint64(1))
		}
	}
	files, _ := filepath.Glob("../../assets/lessons/*.md")
	for _, file := range files {
		if src, err := os.ReadFile(file); err == nil {
			f.Add(src, uint64(3))
		}
	}
	f.Fuzz(func(t *testing.T, src []byte, seed uint64) { parsesSafely(t, src, seed) })
}

// FuzzBody fuzzes what stands behind a front matter that is right.
func FuzzBody(f *testing.F) {
	for _, w := range wrongs {
		if body, ok := strings.CutPrefix(w.text, head); ok && len(body) < 4096 {
			f.Add(strings.TrimSuffix(body, whole))
		}
	}
	f.Fuzz(func(t *testing.T, body string) { parsesSafely(t, []byte(vars+body+whole), 5) })
}

// FuzzFront fuzzes a front matter, before a body that is right.
func FuzzFront(f *testing.F) {
	for _, w := range wrongs {
		if inner, ok := strings.CutPrefix(w.text, "---\n"); ok {
			front, _, _ := strings.Cut(inner, "\n---\n")
			f.Add(front, uint64(1))
		}
	}
	f.Fuzz(func(t *testing.T, front string, seed uint64) {
		parsesSafely(t, []byte("---\n"+front+"\n---\n"+whole), seed)
	})
}

func parsesSafely(t *testing.T, src []byte, seed uint64) {
	l, err := lesson.Parse("a.md", src, lesson.Options{Seed: seed})
	if err != nil {
		p := new(lang.ParseError)
		if !errors.As(err, &p) {
			t.Fatalf("an error without a place: %v", err)
		}
		if text := err.Error(); model.Visible(text) != text {
			t.Fatalf("an error that is more than text: %q", text)
		}
		lines := strings.Split(string(src), "\n")
		if p.Line < 0 || p.Line > len(lines)+1 {
			t.Fatalf("%v: there are %d lines", err, len(lines))
		}
		if p.Line >= 1 && p.Line <= len(lines) {
			if n := utf8.RuneCountInString(lines[p.Line-1]); p.Col < 1 || p.Col > n+1 {
				t.Fatalf("%v: the line has %d columns: %q", err, n, lines[p.Line-1])
			}
		}
		return
	}
	text := []string{l.Text, l.Title, l.Summary}
	for _, p := range l.Parts {
		text = append(text, p.Title)
		last := p.Line
		for _, it := range p.Items {
			if it.At() < last {
				t.Fatalf("line %d stands behind line %d", it.At(), last)
			}
			last = it.At()
			if n, ok := it.(lesson.Notes); ok {
				text = append(text, n.Text)
			}
		}
	}
	for _, s := range text {
		if s = strings.ReplaceAll(s, "\n", ""); model.Visible(s) != s {
			t.Fatalf("more than text: %q", s)
		}
	}
	for _, v := range l.Vars {
		if v.Value < 0 || v.Value > lesson.MaxValue || v.Expr == "" && (v.Value < v.Low || v.Value > v.High) {
			t.Fatalf("%+v", v)
		}
	}
	if n := l.Count(); n.Steps > lesson.MaxSteps || n.Goals == 0 {
		t.Fatalf("%+v", n)
	}
}
