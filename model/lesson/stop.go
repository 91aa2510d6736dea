package lesson

// Stop is a stretch of a lesson that is shown at once. It ends where the lesson waits: for a press, an answer, or the student's own commands.
type Stop struct {
	Items    []Item    // in the order of the file, with its question, step and goal
	Question *Question // to be answered first, or nil
	Step     *Step     // that a press runs, or nil
	Goal     *Goal     // to be reached, or nil; without any of them it is the end
	Part     int       // in Lesson.Parts, that its first item is of
}

// Skipped stands for a part or a step that this kernel or user cannot do.
type Skipped struct {
	Line  int    // of what is skipped
	Title string // of the part, or "" of a step alone
	Why   string // in words: "needs swap, of which this machine has none"
}

// At implements [Item].
func (s Skipped) At() int { return s.Line }

// Heading is the heading of a part, as an item.
type Heading struct {
	Line  int    // where it stands
	Level int    // from 1
	Title string // as Markdown
}

// At implements [Item].
func (h Heading) At() int { return h.Line }

// stops cuts a lesson where it waits, and leaves out what the machine cannot do.
func (l *Lesson) stops(m Machine) (out []Stop) {
	var stop Stop
	end := func() {
		out = append(out, stop)
		stop = Stop{}
	}
	add := func(part int, it Item) {
		if len(stop.Items) == 0 {
			stop.Part = part
		}
		stop.Items = append(stop.Items, it)
	}
	skip := 0 // the level of the part that is skipped, which takes those beneath it along
	for i, p := range l.Parts {
		if skip > 0 && p.Level > skip {
			continue
		}
		skip = 0
		if p.Level > 0 {
			add(i, Heading{Line: p.Line, Level: p.Level, Title: p.Title})
		}
		if why := m.LacksAny(p.needs()); why != "" {
			add(i, Skipped{Line: p.Line, Title: p.Title, Why: why})
			skip = max(p.Level, 1)
			continue
		}
		for k, it := range p.Items {
			switch it := it.(type) {
			case Notes: // those behind a goal are about it
				if len(stop.Items) == 0 && k > 0 {
					if _, ok := p.Items[k-1].(*Goal); ok {
						last := &out[len(out)-1]
						last.Items = append(last.Items, it)
						continue
					}
				}
				add(i, it)
			case *Question:
				stop.Question = it
				add(i, it)
			case *Step:
				stop.Step = it
				add(i, it)
				end()
			case *Goal:
				stop.Goal = it
				add(i, it)
				end()
			default:
				add(i, it)
			}
		}
	}
	end()
	return out
}

// needs are those of the part's steps and facts: one that is not met skips the part, with its questions.
func (p Part) needs() (out []Need) {
	for _, it := range p.Items {
		switch it := it.(type) {
		case *Step:
			out = append(out, it.Needs...)
		case *Facts:
			out = append(out, it.Needs...)
		}
	}
	return out
}

// Needed lists what the lesson and its steps need, each once.
func (l *Lesson) Needed() (out []Need) {
	seen := map[string]bool{}
	add := func(needs []Need) {
		for _, n := range needs {
			if text := n.String(); !seen[text] {
				seen[text] = true
				out = append(out, n)
			}
		}
	}
	add(l.Needs)
	for _, p := range l.Parts {
		add(p.needs())
	}
	return out
}
