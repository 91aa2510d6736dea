package sheet

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// Help is what is read of the help. Its pages are keys, cells and commands, and then a page
// a topic.
type Help struct {
	*scene.Scene
	Bindings func(ascii bool) []KeyGroup // of all modes

	Page int    // the one that is read, or was last
	Top  int    // its first row on the screen
	h    int    // rows on the screen, as they were drawn last
	seen string // which of its rows are on the screen, where that has no heading to stand in

	tried map[int]int // which of its lines enter types next, of each page that has any
}

// The pages before the topics.
const (
	pageKeys = iota
	pageCells
	pageCommands
	PageTopics // the first of them
)

// PageLabels are the keys of the pages: digits and letters that do nothing else in the help.
const PageLabels = "123456789abcdefhimnop"

// HelpPages is how many pages there are.
func HelpPages() int { return min(PageTopics+len(Topics), len(PageLabels)) }

// PageTitle is what a page is called.
func PageTitle(page int) string {
	switch page {
	case pageKeys:
		return "Keys"
	case pageCells:
		return "Cells"
	case pageCommands:
		return "Commands"
	}
	return Topics[page-PageTopics].Title
}

// Open implements Sheet: it shows the page that was read last, at first that of the keys.
func (sh *Help) Open() { sh.Top = 0 }

// Scroll implements Sheet.
func (sh *Help) Scroll(n int) { sh.Top += n }

// Note is which of the rows are on the screen, where that has no heading to stand in.
func (sh *Help) Note() string { return sh.seen }

// goTo turns to a page, around the end.
func (sh *Help) goTo(page int) {
	n := HelpPages()
	sh.Page, sh.Top = (page%n+n)%n, 0
}

// whyNoTry says why enter has nothing to type.
func (sh *Help) whyNoTry() string {
	if sh.Page < PageTopics {
		return "Pages 1 to 3 have no line to try: the topics behind them do."
	}
	return ""
}

// try opens the line for commands with the next line that the topic ends with; the one after
// it is next when the help is opened again.
func (sh *Help) try(h Host) {
	lines := Topics[sh.Page-PageTopics].Tries()
	if len(lines) == 0 {
		return
	}
	next := sh.tried[sh.Page] % len(lines)
	sh.typeLine(h, lines[next], next+1)
}

// typeLine leaves the help for the line for commands, with a text in it.
func (sh *Help) typeLine(h Host, line string, next int) {
	if sh.tried == nil {
		sh.tried = map[int]int{}
	}
	sh.tried[sh.Page] = next
	h.Type(line)
}

// helpRow is one row of a page: a term or a cell at its left, and a text.
type helpRow struct {
	Term   string
	cell   *look.Item
	indent int // where the text begins
	Text   canvas.Line
	try    string // the line to try that it is of, or ""
	mark   bool   // it is the first row of that line
	next   bool   // that line is the one that enter types
	typed  string // what a click types, where it is no line to try

	beside *helpRow // the same row of the next column, or nil
	apart  int      // where that begins
}

// helpRows are the rows of the page, laid out in w columns.
func (sh *Help) helpRows(w int) []helpRow {
	n := canvas.Clamp((w+helpApart)/46, 1, 3)
	col := (w - (n-1)*helpApart) / n
	switch page := sh.Page; page {
	case pageKeys:
		return inColumns(sh.KeyGroups(col), n, col)
	case pageCells:
		n = min(n, 2)
		col = (w - (n-1)*helpApart) / n
		return inColumns(sh.cellGroups(col), n, col)
	case pageCommands:
		return inColumns(sh.commandGroups(col), n, col)
	default:
		t := &Topics[page-PageTopics]
		next := 0
		if lines := t.Tries(); len(lines) > 0 {
			next = sh.tried[page] % len(lines)
		}
		return sh.topicRows(t, min(w, topicWidth), next)
	}
}

// topicWidth is how wide a line of a topic may be and still be read with ease.
const topicWidth = 76

// The list of pages stands beside the page from this width on, else it is one row above it.
const (
	helpListFrom  = 90
	HelpListWidth = 18
)

// Draw implements Sheet: the list of pages and the page, scrolled as far as there is something to see.
func (sh *Help) Draw(a canvas.Area) {
	sh.h = a.H - 3
	head := a.Row(0)
	_, a = a.CutTop(1)
	list := a.W >= helpListFrom
	if list {
		sh.drawPageList(canvas.Area{X: a.X, Y: a.Y, W: HelpListWidth, H: a.H})
		a.X, a.W = a.X+HelpListWidth+2, a.W-HelpListWidth-2
	}
	if a.H > 12 {
		_, a = a.CutTop(1)
	}
	if a.H > 24 { // nothing stands right above the keys
		a.H--
	}
	rows := sh.helpRows(a.W)
	sh.Top = canvas.Clamp(sh.Top, 0, max(0, len(rows)-a.H))
	sh.seen = ""
	if len(rows) > a.H {
		sh.seen = fmt.Sprintf("lines %d to %d of %d", sh.Top+1, min(len(rows), sh.Top+a.H), len(rows))
	}
	if list {
		sh.Look.DrawHeading(&sh.Canvas, head, "HELP", sh.seen)
		sh.seen = ""
	} else {
		sh.drawPageTabs(head)
	}
	for i, row := range rows[sh.Top:min(len(rows), sh.Top+a.H)] {
		sh.drawHelpRow(&row, canvas.Area{X: a.X, Y: a.Y + i, W: a.W, H: 1})
	}
}

// drawPageList draws the pages below each other; where they do not all fit, those about the
// one that is read.
func (sh *Help) drawPageList(a canvas.Area) {
	th, c, n := sh.Look, &sh.Canvas, HelpPages()
	if a.H > n+2 {
		_, a = a.CutTop(1)
	}
	first := canvas.Clamp(sh.Page-a.H/2, 0, max(0, n-a.H))
	for i := 0; i < a.H && first+i < n; i++ {
		page, y := first+i, a.Y+i
		title := th.Dim
		if page == sh.Page {
			c.Set(a.X, y, th.Marker, th.Accent)
			title = th.Heading
		}
		c.Text(a.X+2, y, 1, PageLabels[page:page+1], th.Key)
		c.Text(a.X+4, y, a.W-4, PageTitle(page), title)
		sh.Clickable(canvas.Area{X: a.X, Y: y, W: a.W, H: 1}, sh.toPage(page))
	}
}

func (sh *Help) toPage(page int) func(scene.Clicks) tea.Cmd {
	return func(h scene.Clicks) tea.Cmd { sh.goTo(page); h.(Host).Say("", false); return nil }
}

// drawPageTabs draws as many pages beside each other as fit, among them the one that is
// read; an arrow at an end says that there are more, and a click on it goes there.
func (sh *Help) drawPageTabs(a canvas.Area) {
	th, c, n := sh.Look, &sh.Canvas, HelpPages()
	width := func(page int) int { return 2 + canvas.Width(PageTitle(page)) + 2 }
	first, last, used := sh.Page, sh.Page, width(sh.Page)
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
		sh.Clickable(canvas.Area{X: x, Y: a.Y, W: 2, H: 1}, sh.toPage(first-1))
		x += 2
	}
	for page := first; page <= last; page++ {
		title := th.Dim
		if page == sh.Page {
			title = th.Heading
			title.Attr |= canvas.Underline
		}
		x0 := x
		x += c.Text(x, a.Y, a.X+a.W-x, PageLabels[page:page+1], th.Key) + 1
		x += c.Text(x, a.Y, a.X+a.W-x, PageTitle(page), title) + 2
		sh.Clickable(canvas.Area{X: x0, Y: a.Y, W: x - x0 - 1, H: 1}, sh.toPage(page))
	}
	if last+1 < n {
		c.Set(a.X+a.W-1, a.Y, c.Printable('→'), th.Key)
		sh.Clickable(canvas.Area{X: a.X + a.W - 2, Y: a.Y, W: 2, H: 1}, sh.toPage(last+1))
	}
}

// drawHelpRow draws a row, and those of the columns beside it. What can be typed is typed by
// a click.
func (sh *Help) drawHelpRow(row *helpRow, a canvas.Area) {
	th, c := sh.Look, &sh.Canvas
	for ; row != nil; a.X, a.W, row = a.X+row.apart, a.W-row.apart, row.beside {
		w := a.W
		if row.beside != nil {
			w = row.apart - helpApart
		}
		if row.Term != "" {
			term := w
			if row.indent > 0 {
				term = row.indent - 1
			}
			c.Text(a.X, a.Y, term, row.Term, th.Key)
		}
		if row.cell != nil {
			th.DrawItem(c, a.X, a.Y, row.indent, look.ItemIndent, *row.cell)
		}
		if row.mark && row.next {
			c.Set(a.X+2, a.Y, th.Prompt, th.Accent.Bold())
		}
		c.Line(a.X+row.indent, a.Y, w-row.indent, row.Text)
		switch {
		case row.try != "":
			sh.Clickable(canvas.Area{X: a.X, Y: a.Y, W: w, H: 1}, sh.tryLine(row.try))
		case row.typed != "":
			typed := row.typed
			sh.Clickable(canvas.Area{X: a.X, Y: a.Y, W: w, H: 1}, func(h scene.Clicks) tea.Cmd { h.(Host).Type(typed); return nil })
		}
	}
}

// tryLine is a click on a line to try.
func (sh *Help) tryLine(line string) func(scene.Clicks) tea.Cmd {
	return func(h scene.Clicks) tea.Cmd {
		for i, s := range Topics[sh.Page-PageTopics].Tries() {
			if s == line {
				sh.typeLine(h.(Host), line, i+1)
				return nil
			}
		}
		return nil
	}
}

// whyNoPage says why a label leads to no page.
func (sh *Help) whyNoPage(page int) string {
	if n := HelpPages(); page >= n {
		return fmt.Sprintf("There is no such page: the last one is %s.", PageLabels[n-1:n])
	}
	return ""
}
