package sheet

import (
	tea "charm.land/bubbletea/v2"

	"incore/ui/canvas"
	"incore/ui/scene"
)

// Sheet covers the whole screen but its last row.
type Sheet interface {
	// Open begins what the sheet shows where it is opened.
	Open()
	// Draw draws the sheet into an area.
	Draw(a canvas.Area)
	// Scroll scrolls the sheet by n lines.
	Scroll(n int)
}

// Host is the screen as a sheet knows it.
type Host interface {
	scene.Clicks
	// Close goes back to what the sheet was opened over.
	Close()
	// Say writes text into the row of the keys. bad is true if something could not be done.
	Say(text string, bad bool)
	// Type opens the line for commands with a text in it.
	Type(line string)
	// Copy puts a text into the clipboard, and says so.
	Copy(what, text string) tea.Cmd
	// Move moves the cursor by columns and rows of the grid.
	Move(dx, dy int64)
	// OpenLesson begins a lesson of the list.
	OpenLesson(name string) tea.Cmd
	// ListLessons opens the list of lessons at one of them, by its number; 0 is the first that is not done.
	ListLessons(number int) tea.Cmd
	// NextProcess goes n processes on.
	NextProcess(n int)
}

// Key is a row of the key table of a sheet.
type Key struct {
	Keys  []string // as Bubble Tea names them
	Show  string   // how the keys line writes them
	ASCII string   // the same in ASCII, where it differs
	Word  string   // in the keys line; "" leaves it out there
	Row   string   // how the help writes them, where it has several in one row
	Help  string   // in the help; "" where the row of another one has it
	Whole bool     // what was said before stays, for the key says something itself

	// Why says why the key cannot work now, or "". It may be nil.
	Why func(Sheet) string
	// Do does what the key does.
	Do func(Sheet, Host) tea.Cmd
}

// act makes a function of one kind of sheet one of any.
func act[S Sheet](f func(S, Host)) func(Sheet, Host) tea.Cmd {
	return func(sh Sheet, h Host) tea.Cmd { f(sh.(S), h); return nil }
}

// unless makes a reason of one kind of sheet one of any.
func unless[S Sheet](f func(S) string) func(Sheet) string {
	return func(sh Sheet) string { return f(sh.(S)) }
}

func shut(_ Sheet, h Host) tea.Cmd { h.Close(); return nil }

func leave(Sheet, Host) tea.Cmd { return tea.Quit }
