package cli

import (
	"strings"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/manual"
)

// checkupText is a list of checkups for people, a group after the other, in lines of at most width columns as far as the
// words allow.
func checkupText(list []model.Checkup, width int, ascii bool, st *look.Chrome) string {
	t := checkupTable{width: width, ascii: ascii, st: st}
	for _, c := range list {
		t.names = max(t.names, canvas.Width(shown(c.Name, ascii)))
	}
	for i, c := range list {
		if i == 0 || list[i-1].Group != c.Group {
			t.flush()
			t.lines = append(t.lines, st.Heading.Render(shown(c.Group, ascii)))
		}
		t.add(c)
	}
	t.flush()
	verdict := st.OK.Render("incore can run here.")
	if !model.Fit(list) {
		verdict = st.Fail.Render("incore cannot run here.")
	}
	return strings.Join(append(t.lines, verdict), "\n") + "\n"
}

// checkupTable is the text of checkups that is written so far, and the rows of the group that is being written.
type checkupTable struct {
	width, names int // the columns of a line, and of the longest name
	ascii        bool
	st           *look.Chrome
	lines        []string
	rows         [][]string
}

const (
	stateWidth  = len("missing")
	narrowWidth = 60 // below it what was found stands beneath its name
)

// add adds a row: what state it is in, its name, and what was found.
func (t *checkupTable) add(c model.Checkup) {
	state := t.st.OK.Render("ok")
	switch {
	case !c.OK && c.Needs:
		state = t.st.Fail.Render("missing")
	case !c.OK:
		state = t.st.Gold.Render("missing")
	}
	name := shown(c.Name, t.ascii)
	if t.width < narrowWidth {
		t.rows = append(t.rows, []string{state, name})
		t.flush()
		for _, line := range t.found(c, t.width-4) {
			t.lines = append(t.lines, strings.Repeat(" ", 4)+line)
		}
		return
	}
	room := t.width - 2 - (stateWidth + 2) - (t.names + 2)
	t.rows = append(t.rows, []string{state, name, strings.Join(t.found(c, room), "\n")})
}

// found is what was found, and behind an arrow what that means, in lines of at most w columns.
func (t *checkupTable) found(c model.Checkup, w int) []string {
	lines := canvas.WrapWords(shown(c.Found, t.ascii), w)
	lead := shown("→ ", t.ascii)
	for _, line := range canvas.WrapWords(shown(c.Means, t.ascii), w-3) {
		lines = append(lines, t.st.Dim.Render(lead+line))
		lead = "   "
	}
	return lines
}

// flush writes the rows of a group.
func (t *checkupTable) flush() {
	if len(t.rows) > 0 {
		for _, line := range manual.Columns(t.rows, []int{stateWidth, t.names}) {
			t.lines = append(t.lines, "  "+line)
		}
	}
	t.rows = nil
}
