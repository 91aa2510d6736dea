package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"incore/ui/canvas"
	"incore/ui/look"
)

// help is what is read of the help. Its pages are keys, cells and commands, and then a page
// a topic.
type help struct {
	page int    // the one that is read, or was last
	top  int    // its first row on the screen
	from mode   // what the help was opened over
	seen string // which of its rows are on the screen, where that has no heading to stand in

	tried map[int]int // which of its lines enter types next, of each page that has any
}

// The pages before the topics.
const (
	pageKeys = iota
	pageCells
	pageCommands
	pageTopics // the first of them
)

// pageLabels are the keys of the pages: digits and letters that do nothing else in the help.
const pageLabels = "123456789abcdefhimnop"

// helpPages is how many pages there are.
func helpPages() int { return min(pageTopics+len(topics), len(pageLabels)) }

// pageTitle is what a page is called.
func pageTitle(page int) string {
	switch page {
	case pageKeys:
		return "Keys"
	case pageCells:
		return "Cells"
	case pageCommands:
		return "Commands"
	}
	return topics[page-pageTopics].title
}

// openHelp shows the page that was read last, at first that of the keys.
func (m *Model) openHelp() {
	if m.mode != modeHelp {
		m.help.from = m.mode
	}
	m.mode, m.help.top, m.status = modeHelp, 0, status{}
}

// closeHelp goes back to what the help was opened over.
func (m *Model) closeHelp() {
	m.mode, m.help.from, m.status = m.help.from, modeGrid, status{}
}

// goToPage turns to a page, around the end.
func (m *Model) goToPage(page int) {
	n := helpPages()
	m.help.page, m.help.top, m.status = (page%n+n)%n, 0, status{}
}

// whyNoTry says why enter has nothing to type.
func (m *Model) whyNoTry() string {
	if m.help.page < pageTopics {
		return "Pages 1 to 3 have no line to try: the topics behind them do."
	}
	return ""
}

// try opens the line for commands with the next line that the topic ends with; the one after
// it is next when the help is opened again.
func (m *Model) try() {
	lines := topics[m.help.page-pageTopics].tries()
	if len(lines) == 0 {
		return
	}
	next := m.help.tried[m.help.page] % len(lines)
	m.typeLine(lines[next], next+1)
}

// typeLine leaves the help for the line for commands, with a text in it.
func (m *Model) typeLine(line string, next int) {
	if m.help.tried == nil {
		m.help.tried = map[int]int{}
	}
	m.help.tried[m.help.page] = next
	m.help.from = modeGrid
	m.openPalette(line)
}

// helpRow is one row of a page: a term or a cell at its left, and a text.
type helpRow struct {
	term   string
	cell   *look.Item
	indent int // where the text begins
	text   []inked
	try    string // the line to try that it is of, or ""
	mark   bool   // it is the first row of that line
	next   bool   // that line is the one that enter types
	typed  string // what a click types, where it is no line to try

	beside *helpRow // the same row of the next column, or nil
	apart  int      // where that begins
}

// helpRows are the rows of the page, laid out in w columns.
func (m *Model) helpRows(w int) []helpRow {
	n := canvas.Clamp((w+helpApart)/46, 1, 3)
	col := (w - (n-1)*helpApart) / n
	switch page := m.help.page; page {
	case pageKeys:
		return inColumns(m.keyGroups(col), n, col)
	case pageCells:
		n = min(n, 2)
		col = (w - (n-1)*helpApart) / n
		return inColumns(m.cellGroups(col), n, col)
	case pageCommands:
		return inColumns(m.commandGroups(col), n, col)
	default:
		t := &topics[page-pageTopics]
		next := 0
		if lines := t.tries(); len(lines) > 0 {
			next = m.help.tried[page] % len(lines)
		}
		return topicRows(t, min(w, topicWidth), next)
	}
}

// topicWidth is how wide a line of a topic may be and still be read with ease.
const topicWidth = 76

// The list of pages stands beside the page from this width on, else it is one row above it.
const (
	helpListFrom  = 90
	helpListWidth = 18
)

// drawHelp draws the help over the whole screen but the last row: the list of pages and
// the page, scrolled as far as there is something to see.
func (m *Model) drawHelp() {
	a := canvas.Area{X: m.lay.keys.X, Y: 0, W: m.lay.keys.W, H: m.height - 1}
	if a.Empty() {
		return
	}
	head := a.Row(0)
	_, a = a.CutTop(1)
	list := a.W >= helpListFrom
	if list {
		m.drawPageList(canvas.Area{X: a.X, Y: a.Y, W: helpListWidth, H: a.H})
		a.X, a.W = a.X+helpListWidth+2, a.W-helpListWidth-2
	}
	if a.H > 12 {
		_, a = a.CutTop(1)
	}
	if a.H > 24 { // nothing stands right above the keys
		a.H--
	}
	rows := m.helpRows(a.W)
	m.help.top = canvas.Clamp(m.help.top, 0, max(0, len(rows)-a.H))
	m.help.seen = ""
	if len(rows) > a.H {
		m.help.seen = fmt.Sprintf("lines %d to %d of %d", m.help.top+1, min(len(rows), m.help.top+a.H), len(rows))
	}
	if list {
		m.theme.DrawHeading(&m.canvas, head, "HELP", m.help.seen)
		m.help.seen = ""
	} else {
		m.drawPageTabs(head)
	}
	for i, row := range rows[m.help.top:min(len(rows), m.help.top+a.H)] {
		m.drawHelpRow(&row, canvas.Area{X: a.X, Y: a.Y + i, W: a.W, H: 1})
	}
}

// drawPageList draws the pages below each other; where they do not all fit, those about the
// one that is read.
func (m *Model) drawPageList(a canvas.Area) {
	th, c, n := m.theme, &m.canvas, helpPages()
	if a.H > n+2 {
		_, a = a.CutTop(1)
	}
	first := canvas.Clamp(m.help.page-a.H/2, 0, max(0, n-a.H))
	for i := 0; i < a.H && first+i < n; i++ {
		page, y := first+i, a.Y+i
		title := th.Dim
		if page == m.help.page {
			c.Set(a.X, y, th.Marker, th.Accent)
			title = th.Heading
		}
		c.Text(a.X+2, y, 1, pageLabels[page:page+1], th.Key)
		c.Text(a.X+4, y, a.W-4, pageTitle(page), title)
		m.clickable(canvas.Area{X: a.X, Y: y, W: a.W, H: 1}, toPage(page))
	}
}

func toPage(page int) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd { m.goToPage(page); return nil }
}

// drawPageTabs draws as many pages beside each other as fit, among them the one that is
// read; an arrow at an end says that there are more, and a click on it goes there.
func (m *Model) drawPageTabs(a canvas.Area) {
	th, c, n := m.theme, &m.canvas, helpPages()
	width := func(page int) int { return 2 + canvas.Width(pageTitle(page)) + 2 }
	first, last, used := m.help.page, m.help.page, width(m.help.page)
	const ends = 4 // of both arrows
	for grown := true; grown; {
		grown = false
		if last+1 < n && used+width(last+1) <= a.W-ends {
			last++
			used, grown = used+width(last), true
		}
		if first > 0 && used+width(first-1) <= a.W-ends {
			first--
			used, grown = used+width(first), true
		}
	}
	x := a.X
	if first > 0 {
		c.Set(x, a.Y, c.Printable('←'), th.Key)
		m.clickable(canvas.Area{X: x, Y: a.Y, W: 2, H: 1}, toPage(first-1))
		x += 2
	}
	for page := first; page <= last; page++ {
		title := th.Dim
		if page == m.help.page {
			title = th.Heading
			title.Attr |= canvas.Underline
		}
		x0 := x
		x += c.Text(x, a.Y, a.X+a.W-x, pageLabels[page:page+1], th.Key) + 1
		x += c.Text(x, a.Y, a.X+a.W-x, pageTitle(page), title) + 2
		m.clickable(canvas.Area{X: x0, Y: a.Y, W: x - x0 - 1, H: 1}, toPage(page))
	}
	if last+1 < n {
		c.Set(a.X+a.W-1, a.Y, c.Printable('→'), th.Key)
		m.clickable(canvas.Area{X: a.X + a.W - 2, Y: a.Y, W: 2, H: 1}, toPage(last+1))
	}
}

// drawHelpRow draws a row, and those of the columns beside it. What can be typed is typed by
// a click.
func (m *Model) drawHelpRow(row *helpRow, a canvas.Area) {
	th, c := m.theme, &m.canvas
	for ; row != nil; a.X, a.W, row = a.X+row.apart, a.W-row.apart, row.beside {
		w := a.W
		if row.beside != nil {
			w = row.apart - helpApart
		}
		if row.term != "" {
			term := w
			if row.indent > 0 {
				term = row.indent - 1
			}
			c.Text(a.X, a.Y, term, row.term, th.Key)
		}
		if row.cell != nil {
			th.DrawItem(c, a.X, a.Y, row.indent, look.ItemIndent, *row.cell)
		}
		if row.mark && row.next {
			c.Set(a.X+2, a.Y, th.Prompt, th.Accent.Bold())
		}
		drawInked(c, a.X+row.indent, a.Y, w-row.indent, th, row.text)
		switch {
		case row.try != "":
			m.clickable(canvas.Area{X: a.X, Y: a.Y, W: w, H: 1}, tryLine(row.try))
		case row.typed != "":
			typed := row.typed
			m.clickable(canvas.Area{X: a.X, Y: a.Y, W: w, H: 1}, func(m *Model) tea.Cmd { m.help.from = modeGrid; m.openPalette(typed); return nil })
		}
	}
}

// tryLine is a click on a line to try.
func tryLine(line string) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		for i, s := range topics[m.help.page-pageTopics].tries() {
			if s == line {
				m.typeLine(line, i+1)
				return nil
			}
		}
		return nil
	}
}

// whyNoPage says why a label leads to no page.
func (m *Model) whyNoPage(page int) string {
	if n := helpPages(); page >= n {
		return fmt.Sprintf("There is no such page: the last one is %s.", pageLabels[n-1:n])
	}
	return ""
}
