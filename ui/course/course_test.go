package course

import (
	"testing"

	"incore/model/lesson"
)

// TestCourse holds what all lessons of the course have in common: 22 of them, in order, each of 5 to 15 minutes, with a question and in the end a
// change to make and a goal to reach.
func TestCourse(t *testing.T) {
	books := Builtin()
	if len(books) != 22 {
		t.Errorf("the course has %d lessons", len(books))
	}
	titles := map[string]string{}
	for i, b := range books {
		l, err := lesson.Parse(b.Name, b.Source, lesson.Options{})
		if err != nil {
			t.Error(err)
			continue
		}
		for _, w := range l.Warnings {
			t.Error(w)
		}
		n := l.Count()
		switch last := l.Parts[len(l.Parts)-1].Title; {
		case b.Number() != i+1:
			t.Errorf("%s is lesson %d in the order of the files", b.Name, i+1)
		case titles[l.Title] != "":
			t.Errorf("%s and %s have one title", b.Name, titles[l.Title])
		case l.Minutes < 5 || l.Minutes > 15:
			t.Errorf("%s takes %d min", b.Name, l.Minutes)
		case n.Questions < 2 || n.Goals < 2:
			t.Errorf("%s has %d questions and %d goals", b.Name, n.Questions, n.Goals)
		case last != "A goal to reach":
			t.Errorf("%s ends in %q", b.Name, last)
		}
		titles[l.Title] = b.Name
	}
}
