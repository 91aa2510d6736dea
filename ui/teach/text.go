package teach

import (
	"fmt"
	"strings"

	"incore/model"
	"incore/model/lang"
	"incore/model/lesson"
	"incore/ui/canvas"
	"incore/ui/look"
)

// Lines is the text of a lesson as far as it has come.
type Lines struct {
	Rows  []canvas.Line // one below the other
	Stops []int         // the row where each stop begins
	Asked map[int]int   // the row where the question of a stop begins, by the stop
	Press []press       // rows that a click presses a key on
}

// press is a row that a click presses a key on.
type press struct {
	row int
	key string
}

// writer makes the text.
type writer struct {
	Lines
	t    *lesson.Taking
	w    int
	th   *look.Look
	at   int    // the stop that is written
	read string // what to read on, or ""
}

// textOf is the lesson up to where it waits, in w columns.
func textOf(t *lesson.Taking, w int, th *look.Look, notes bool, read string) Lines {
	wr := &writer{t: t, w: w, th: th, read: read, Lines: Lines{Asked: map[int]int{}}}
	for i := range t.At + 1 {
		wr.at = i
		wr.Stops = append(wr.Stops, len(wr.Rows))
		for _, it := range t.Stops[i].Items {
			wr.item(it, notes)
		}
	}
	if t.Over() {
		wr.end()
	}
	return wr.Lines
}

// gap parts two items.
func (wr *writer) gap() {
	if n := len(wr.Rows); n > 0 && len(wr.Rows[n-1]) > 0 {
		wr.Rows = append(wr.Rows, nil)
	}
}

func (wr *writer) add(lines ...canvas.Line) { wr.Rows = append(wr.Rows, lines...) }

// hang adds a text behind a mark, its other lines indented as its first.
func (wr *writer) hang(mark canvas.Span, l canvas.Line) {
	n := canvas.Width(mark.Text)
	for i, line := range l.Wrap(max(wr.w-n, 4)) {
		head := canvas.Line{mark}
		if i > 0 {
			head = canvas.Line{canvas.Pad(n)}
		}
		wr.add(append(head, line...))
	}
}

func (wr *writer) item(it lesson.Item, notes bool) {
	th := wr.th
	switch it := it.(type) {
	case lesson.Heading:
		if it.Level == 1 && it.Title == wr.t.Lesson.Title { // stands above the text
			return
		}
		wr.gap()
		wr.add(wr.inline(it.Title, th.Heading).Wrap(wr.w)...)
		wr.gap()
	case lesson.Prose:
		wr.gap()
		wr.add(Render(it.Markdown, wr.w, th)...)
	case lesson.Skipped:
		wr.gap()
		wr.hang(th.Dim.Span("– "), th.Dim.Line("Left out here: "+it.Why+"."))
	case *lesson.Facts:
		wr.gap()
		wr.verdict(wr.t.Fact(it), it.Lines)
	case *lesson.Picture:
		wr.gap()
		for _, row := range it.Rows {
			wr.add(th.Text.Line(row))
		}
	case *lesson.Question:
		wr.question(it)
	case *lesson.Step:
		wr.step(it)
	case *lesson.Goal:
		wr.goal(it)
	case lesson.Notes:
		if notes {
			wr.gap()
			wr.hang(th.Gold.Span("| "), th.Gold.Line(clock(it.Time)+". "+strings.Join(strings.Fields(it.Text), " ")))
		}
	}
}

// inline is a text of one paragraph in a style. It has no blocks: an option of "256." is a number and no list.
func (wr *writer) inline(md string, st canvas.Style) canvas.Line {
	return wr.joined(renderAs(sentences, md, 1000, wr.th), st)
}

// joined is lines as one line, their plain text in a style.
func (wr *writer) joined(lines []canvas.Line, st canvas.Style) canvas.Line {
	var out canvas.Line
	for i, l := range lines {
		if i > 0 {
			out = append(out, st.Span(" "))
		}
		for _, s := range l {
			if s.Style == wr.th.Text {
				s.Style = st
			}
			out = append(out, s)
		}
	}
	return out
}

// mark is what stands before a line that holds, does not, or is not known yet.
func (wr *writer) mark(known, ok bool) canvas.Span {
	th := wr.th
	switch {
	case !known:
		return th.Dim.Span(glyph(th, "· ", ". "))
	case ok:
		return th.OK.Span(glyph(th, "✓ ", "+ "))
	}
	return th.Fail.Span(glyph(th, "✗ ", "x "))
}

func glyph(th *look.Look, full, ascii string) string {
	if th.ASCII {
		return ascii
	}
	return full
}

// verdict draws expects, and behind those that do not hold what is.
func (wr *writer) verdict(v *lesson.Verdict, lines []lang.Line) {
	for i, l := range lines {
		if v == nil || i >= len(v.Checks) {
			wr.hang(wr.mark(false, false), wr.th.Dim.Line(l.Command.String()))
			continue
		}
		c := v.Checks[i]
		text := wr.th.Dim.Line(c.Expect)
		if !c.OK {
			text = append(text, wr.th.Text.Span("  but "+model.Visible(c.Got)))
		}
		wr.hang(wr.mark(true, c.OK), text)
	}
}

// waits reports whether the stop that is written is the one that waits.
func (wr *writer) waits() bool { return wr.at == wr.t.At && !wr.t.Running() }

// step draws the commands of a step: those that will run by one press, or that have run.
func (wr *writer) step(s *lesson.Step) {
	th := wr.th
	wr.gap()
	ran := wr.at < wr.t.At
	v := wr.t.Verdict(s)
	if wr.waits() { // it ran before a step back
		v = nil
	}
	checked := 0
	for _, line := range s.Lines {
		first := len(wr.Rows)
		mark, st := th.Accent.Span(string(th.Prompt)+" "), th.Code
		if ran {
			mark, st = th.Dim.Span(string(th.Prompt)+" "), th.Dim
		}
		if isExpect(line.Command) {
			var one *lesson.Verdict
			if v != nil && checked < len(v.Checks) {
				one = &lesson.Verdict{Checks: v.Checks[checked : checked+1]}
			}
			checked++
			wr.verdict(one, []lang.Line{line})
			continue
		}
		wr.hang(mark, wr.commanded(line, st))
		if wr.waits() {
			for row := first; row < len(wr.Rows); row++ {
				wr.Press = append(wr.Press, press{row, "space"})
			}
		}
	}
	if v != nil {
		for _, r := range v.Refused {
			wr.hang(wr.mark(true, false), th.Text.Line(r.Line.Command.String()+": "+r.Why))
		}
	}
	if wr.waits() && wr.t.Wants() == "" {
		wr.add(canvas.Line{th.Key.Span("space"), th.Dim.Span(" runs it")})
	}
}

// commanded is a command as the file has it, its comment fainter.
func (wr *writer) commanded(l lang.Line, st canvas.Style) canvas.Line {
	out := st.Line(l.Command.String())
	if _, comment, ok := strings.Cut(l.Text, " #"); ok {
		out = append(out, wr.th.Mute.Span("  # "+model.Visible(strings.TrimSpace(comment))))
	}
	return out
}

func isExpect(c model.Command) bool {
	_, ok := lang.Inner(c).(lang.Expect)
	return ok
}

// goal draws what is to be reached, how far that is, and what help was asked for.
func (wr *writer) goal(g *lesson.Goal) {
	th, a := wr.th, wr.t.Attempt(g)
	wr.gap()
	head := canvas.Line{th.Accent.Span("Goal")}
	if rule := g.Rule(); rule != "" {
		head = append(head, th.Dim.Span("  "+rule))
	}
	wr.add(head)
	wr.aims(a, g.Lines)
	if a == nil {
		return
	}
	for i := range a.Hints {
		wr.gap()
		wr.hang(th.Gold.Span("Hint  "), wr.joined(Render(g.Hints[i], 1000, th), th.Text))
	}
	if a.Solved {
		wr.gap()
		wr.add(th.Dim.Line("Solution"))
		for _, l := range g.Solution {
			wr.hang(th.Dim.Span(string(th.Prompt)+" "), wr.commanded(l, th.Code))
		}
	}
	wr.gap()
	switch {
	case a.Spoiled != "" && !a.Reached:
		wr.hang(th.Fail.Span(glyph(th, "✗ ", "x ")), th.Text.Line(a.Spoiled+" is not allowed for this goal; backspace goes back to where it began."))
	case a.Reached && a.Solved:
		wr.add(th.Text.Line("Reached, by the solution."))
	case a.Reached:
		wr.add(th.OK.Line(fmt.Sprintf("Reached with %s.", model.Plural(int64(a.Commands), "command"))))
	}
	wr.goalKeys(g, a)
}

// aims draws the expects of a goal, and behind those that do not hold yet what is.
func (wr *writer) aims(a *lesson.Attempt, lines []lang.Line) {
	for i, l := range lines {
		reached := a != nil && i < len(a.Checks) && a.Checks[i].OK
		text := wr.th.Text.Line(l.Command.String())
		if a != nil && i < len(a.Checks) && !reached {
			text = append(text, wr.th.Dim.Span(" (now: "+model.Visible(a.Checks[i].Got)+")"))
		}
		wr.hang(wr.mark(reached, true), text)
	}
}

// goalKeys says what can be pressed at a goal.
func (wr *writer) goalKeys(g *lesson.Goal, a *lesson.Attempt) {
	if !wr.waits() {
		return
	}
	th := wr.th
	if a.Reached || a.Solved {
		wr.add(canvas.Line{th.Key.Span("space"), th.Dim.Span(" goes on")})
		return
	}
	turn := canvas.Line{th.Dim.Span("Your turn: the keys of the grid, or "), th.Key.Span(":"), th.Dim.Span(" and a command.")}
	wr.add(turn.Wrap(wr.w)...)
	help := " the solution"
	if a.Hints < len(g.Hints) {
		help = " a hint"
	}
	wr.add(canvas.Line{th.Key.Span("H"), th.Dim.Span(help + "  "), th.Key.Span(">"), th.Dim.Span(" goes on without it")})
}

// end says that the lesson is over, and what it came to.
func (wr *writer) end() {
	th, s := wr.th, wr.t.Score()
	wr.gap()
	wr.add(th.Heading.Line("The end of the lesson."))
	if s.Questions > 0 {
		wr.hang(canvas.Span{}, th.Text.Line(fmt.Sprintf("%d of %s right at the first answer; %d of %s reached.",
			s.Right, model.Plural(int64(s.Questions), "question"), s.Reached, model.Plural(int64(s.Goals), "goal"))))
	}
	if wr.read != "" {
		wr.hang(canvas.Span{}, th.Dim.Line("To read on in the help: "+wr.read+"."))
	}
	wr.add(canvas.Line{th.Key.Span("L"), th.Dim.Span(" lists the lessons, "), th.Key.Span("esc"), th.Dim.Span(" leaves this one")})
}
