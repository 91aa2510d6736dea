package course

import (
	"time"

	"incore/model/lang"
	"incore/model/lesson"
	"incore/ui/notes"
)

// NotesOf is what the second terminal of who teaches shows at a stop.
func NotesOf(t *lesson.Taking, at int, began time.Time) notes.Page {
	at = min(max(at, 0), len(t.Stops)-1)
	p := notes.Page{Lesson: t.Lesson.Title, At: at + 1, Of: len(t.Stops), Began: began}
	for i, stop := range t.Stops {
		for _, it := range stop.Items {
			switch it := it.(type) {
			case lesson.Heading:
				if i <= at {
					p.Part = it.Title
				}
			case lesson.Notes:
				s := notes.Seconds(it.Time / time.Second)
				p.Whole += s
				if i <= at {
					p.Took += s
				}
				if i == at {
					p.Notes = append(p.Notes, notes.Note{Time: s, Text: it.Text})
				}
			}
		}
	}
	stop := t.Stops[at]
	if stop.Step != nil {
		for _, l := range stop.Step.Lines {
			if _, ok := lang.Inner(l.Command).(lang.Expect); !ok {
				p.Next = append(p.Next, l.Command.String())
			}
		}
	}
	if stop.Goal != nil {
		for _, l := range stop.Goal.Solution {
			p.Next = append(p.Next, l.Command.String())
		}
	}
	return p
}
