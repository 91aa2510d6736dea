package sheet

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// Help is the sheet of the help: a topic for keys, one for cells, one for commands, and one for each file of
// assets/help.
type Help struct {
	*scene.Scene
	Bindings func(ascii bool) []KeyGroup // of all modes

	Topic int    // the one that is read, or was last
	Top   int    // its first row on the screen
	h     int    // rows on the screen, as they were drawn last
	seen  string // which of its rows are on the screen, where that has no heading to stand in

	tried map[int]int // which of its lines enter types next, of each topic that has any
}

// The topics that are no files of assets/help.
const (
	topicKeys = iota
	topicCells
	topicCommands
	FirstTopic // the first of them
)

// TopicLabels are the keys of the topics: digits and letters that do nothing else in the help.
const TopicLabels = "123456789abcdefhimnop"

// TopicCount returns how many topics there are.
func TopicCount() int { return min(FirstTopic+len(Topics), len(TopicLabels)) }

// TopicTitle returns what a topic is called.
func TopicTitle(topic int) string {
	switch topic {
	case topicKeys:
		return "Keys"
	case topicCells:
		return "Cells"
	case topicCommands:
		return "Commands"
	}
	return Topics[topic-FirstTopic].Title
}

// Open implements Sheet. It shows the topic that was read last, at first that of the keys.
func (sh *Help) Open() { sh.Top = 0 }

// Scroll implements Sheet.
func (sh *Help) Scroll(n int) { sh.Top += n }

// Note returns which of the rows are on the screen, if that has no heading to stand in.
func (sh *Help) Note() string { return sh.seen }

// goTo turns to a topic, around the end.
func (sh *Help) goTo(topic int) {
	n := TopicCount()
	sh.Topic, sh.Top = (topic%n+n)%n, 0
}

// whyNoTry returns why enter has nothing to type, or "".
func (sh *Help) whyNoTry() string {
	if sh.Topic < FirstTopic {
		return "Topics 1 to 3 have no line to try: the topics behind them do."
	}
	return ""
}

// whyNoLessons returns why the topic leads to no lesson, or "".
func (sh *Help) whyNoLessons() string {
	if sh.Topic < FirstTopic || len(Topics[sh.Topic-FirstTopic].Lessons) == 0 {
		return "No lesson asks about this topic: L in the grid lists them all."
	}
	return ""
}

// try opens the line for commands with the next line that the topic ends with; the one after
// it is next when the help is opened again.
func (sh *Help) try(h Host) {
	lines := Topics[sh.Topic-FirstTopic].Tries()
	if len(lines) == 0 {
		return
	}
	next := sh.tried[sh.Topic] % len(lines)
	sh.typeLine(h, lines[next], next+1)
}

// typeLine leaves the help for the line for commands, with a text in it.
func (sh *Help) typeLine(h Host, line string, next int) {
	if sh.tried == nil {
		sh.tried = map[int]int{}
	}
	sh.tried[sh.Topic] = next
	h.Type(line)
}

// helpRow is one row of a topic: a term or a cell at its left, and a text.
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

// helpRows returns the rows of the topic, laid out in w columns.
func (sh *Help) helpRows(w int) []helpRow {
	n := canvas.Clamp((w+helpApart)/46, 1, 3)
	col := (w - (n-1)*helpApart) / n
	switch topic := sh.Topic; topic {
	case topicKeys:
		return inColumns(sh.KeyGroups(col), n, col)
	case topicCells:
		n = min(n, 2)
		col = (w - (n-1)*helpApart) / n
		return inColumns(sh.cellGroups(col), n, col)
	case topicCommands:
		return inColumns(sh.commandGroups(col), n, col)
	default:
		t := &Topics[topic-FirstTopic]
		next := 0
		if lines := t.Tries(); len(lines) > 0 {
			next = sh.tried[topic] % len(lines)
		}
		return sh.topicRows(t, min(w, topicWidth), next)
	}
}

// topicWidth is how wide a line of a topic may be and still be read with ease.
const topicWidth = 76

// The list of topics stands beside the topic from this width on, else it is one row above it.
const (
	helpListFrom  = 90
	HelpListWidth = 18
)

// Draw implements Sheet: the list of topics and the topic, scrolled as far as there is something to see.
func (sh *Help) Draw(a canvas.Area) {
	sh.h = a.H - 3
	head := a.Row(0)
	_, a = a.CutTop(1)
	list := a.W >= helpListFrom
	if list {
		sh.drawTopicList(canvas.Area{X: a.X, Y: a.Y, W: HelpListWidth, H: a.H})
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
		sh.drawTopicTabs(head)
	}
	for i, row := range rows[sh.Top:min(len(rows), sh.Top+a.H)] {
		sh.drawHelpRow(&row, canvas.Area{X: a.X, Y: a.Y + i, W: a.W, H: 1})
	}
}

// drawTopicList draws the topics below each other. If they do not all fit, it draws those about the one that is
// read.
func (sh *Help) drawTopicList(a canvas.Area) {
	th, c, n := sh.Look, &sh.Canvas, TopicCount()
	if a.H > n+2 {
		_, a = a.CutTop(1)
	}
	first := canvas.Clamp(sh.Topic-a.H/2, 0, max(0, n-a.H))
	for i := 0; i < a.H && first+i < n; i++ {
		topic, y := first+i, a.Y+i
		title := th.Dim
		if topic == sh.Topic {
			c.Set(a.X, y, th.Marker, th.Accent)
			title = th.Heading
		}
		c.Text(a.X+2, y, 1, TopicLabels[topic:topic+1], th.Key)
		c.Text(a.X+4, y, a.W-4, TopicTitle(topic), title)
		sh.Clickable(canvas.Area{X: a.X, Y: y, W: a.W, H: 1}, sh.toTopic(topic))
	}
}

func (sh *Help) toTopic(topic int) func(scene.Clicks) tea.Cmd {
	return func(h scene.Clicks) tea.Cmd { sh.goTo(topic); h.(Host).Say("", false); return nil }
}

// drawTopicTabs draws as many topics beside each other as fit, among them the one that is read. An arrow at an
// end says that there are more, and a click on it goes there.
func (sh *Help) drawTopicTabs(a canvas.Area) {
	th, c, n := sh.Look, &sh.Canvas, TopicCount()
	width := func(topic int) int { return 2 + canvas.Width(TopicTitle(topic)) + 2 }
	first, last, used := sh.Topic, sh.Topic, width(sh.Topic)
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
		sh.Clickable(canvas.Area{X: x, Y: a.Y, W: 2, H: 1}, sh.toTopic(first-1))
		x += 2
	}
	for topic := first; topic <= last; topic++ {
		title := th.Dim
		if topic == sh.Topic {
			title = th.Heading
			title.Attr |= canvas.Underline
		}
		x0 := x
		x += c.Text(x, a.Y, a.X+a.W-x, TopicLabels[topic:topic+1], th.Key) + 1
		x += c.Text(x, a.Y, a.X+a.W-x, TopicTitle(topic), title) + 2
		sh.Clickable(canvas.Area{X: x0, Y: a.Y, W: x - x0 - 1, H: 1}, sh.toTopic(topic))
	}
	if last+1 < n {
		c.Set(a.X+a.W-1, a.Y, c.Printable('→'), th.Key)
		sh.Clickable(canvas.Area{X: a.X + a.W - 2, Y: a.Y, W: 2, H: 1}, sh.toTopic(last+1))
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

// tryLine returns what a click on a line to try does.
func (sh *Help) tryLine(line string) func(scene.Clicks) tea.Cmd {
	return func(h scene.Clicks) tea.Cmd {
		for i, s := range Topics[sh.Topic-FirstTopic].Tries() {
			if s == line {
				sh.typeLine(h.(Host), line, i+1)
				return nil
			}
		}
		return nil
	}
}

// whyNoTopic returns why a label leads to no topic.
func (sh *Help) whyNoTopic(topic int) string {
	if n := TopicCount(); topic >= n {
		return fmt.Sprintf("There is no such topic: the last one is %s.", TopicLabels[n-1:n])
	}
	return ""
}
