package ui

import (
	tea "charm.land/bubbletea/v2"

	"incore/ui/canvas"
	"incore/ui/panel"
	"incore/ui/scene"
	"incore/ui/sheet"
)

// sheetRow is a sheet as the screen knows it: what it is called, and how it is made. Whoever adds a sheet adds a row.
type sheetRow struct {
	name  string // of Key.Mode
	title string // over its keys in the help
	over  bool   // it is opened over anything, and goes back to that
	make  func(sheetParts) sheet.Sheet
	keys  func() []sheet.Key
	// opens are the keys of the grid that have to do with it; open is what opens it. It may be nil.
	opens func(open func(*Model, string) tea.Cmd) []binding
}

// sheetParts are what sheets are made of.
type sheetParts struct {
	scene *scene.Scene
	log   *panel.Log
	keys  func(ascii bool) []sheet.KeyGroup // of all modes
}

// sheetTable has the sheets in the order of their modes.
var sheetTable = [...]sheetRow{
	{
		name: "help", title: "In this help", over: true, keys: sheet.HelpKeys,
		make: func(of sheetParts) sheet.Sheet { return &sheet.Help{Scene: of.scene, Bindings: of.keys} },
	},
	{
		name: "call", title: "In a call that is opened", keys: sheet.CallKeys, opens: callKeys,
		make: func(of sheetParts) sheet.Sheet { return &sheet.Call{Scene: of.scene, Log: of.log} },
	},
	{
		name: "space", title: "In the address space", keys: sheet.SpaceKeys, opens: spaceKeys,
		make: func(of sheetParts) sheet.Sheet { return &sheet.Space{Scene: of.scene} },
	},
	{
		name: "page", title: "In a page that is inspected", keys: sheet.InspectKeys, opens: inspectKeys,
		make: func(of sheetParts) sheet.Sheet { return &sheet.Page{Inspector: panel.Inspector{Scene: of.scene}} },
	},
	{
		name: "lessons", title: "In the list of lessons", keys: sheet.LessonsKeys, opens: lessonsKeys,
		make: func(of sheetParts) sheet.Sheet { return &sheet.Lessons{Scene: of.scene} },
	},
}

// callKeys returns the keys of the grid about the call that is chosen in the log.
func callKeys(open func(*Model, string) tea.Cmd) []binding {
	return []binding{
		{keys: []string{"enter"}, show: "enter", row: "enter y", word: "open", help: "open the call, copy its command", group: groupWhole,
			why: whyNoCall, do: open},
		{keys: []string{"y"}, show: "y", word: "copy", group: groupWhole, why: whyNoCall,
			do: func(m *Model, _ string) tea.Cmd { return sheet.CopyCommand(m, &m.log.Calls[m.log.Selected()]) }},
	}
}

func spaceKeys(open func(*Model, string) tea.Cmd) []binding {
	return []binding{{keys: []string{"s"}, show: "s", word: "addresses", help: "the whole address space of the process", group: groupLook,
		why: ofScene(sheet.WhyNoSpace), do: open}}
}

func inspectKeys(open func(*Model, string) tea.Cmd) []binding {
	return []binding{{keys: []string{"i"}, show: "i", word: "inspect", help: "all that is known of the page, bit by bit", group: groupLook,
		why: ofScene(scene.WhyNoRegion), do: open}}
}

func lessonsKeys(func(*Model, string) tea.Cmd) []binding {
	why := func(m *Model) string {
		if m.opts.Lessons == nil {
			return "There are no lessons here."
		}
		return ""
	}
	return []binding{{keys: []string{"L"}, show: "L", word: "lessons", help: "the lessons: the kernel marks the answer", group: groupWhole, why: why, do: listLessons}}
}

// The modes of those sheets that are opened from elsewhere, too.
const (
	modeHelp = firstSheet + iota
	modeCall
	modeSpace
	modePage
	modeLessons
)

// sheet returns the sheet that is open, or nil.
func (m *Model) sheet() sheet.Sheet {
	if m.mode < firstSheet {
		return nil
	}
	return m.sheets[m.mode-firstSheet]
}

// open opens a sheet.
func (m *Model) open(md mode) {
	if m.mode != md && sheetTable[md-firstSheet].over {
		m.from = m.mode
	}
	m.mode, m.status = md, status{}
	m.sheet().Open()
}

// sheetBindings returns the keys of the sheets as rows of the key table.
func sheetBindings() (all []binding) {
	for i, row := range sheetTable {
		for _, k := range row.keys() {
			b := binding{mode: firstSheet + mode(i), keys: k.Keys, show: k.Show, ascii: k.ASCII, word: k.Word, row: k.Row, help: k.Help}
			b.do = func(m *Model, _ string) tea.Cmd { return k.Do(m.sheet(), m) }
			if k.Why != nil {
				b.why = func(m *Model) string { return k.Why(m.sheet()) }
			}
			all = append(all, b)
		}
	}
	return all
}

// drawSheet draws the sheet that is open over the whole screen but the last row.
func (m *Model) drawSheet() {
	if a := (canvas.Area{X: m.lay.keys.X, W: m.lay.keys.W, H: m.height - 1}); !a.Empty() {
		m.sheet().Draw(a)
	}
	m.drawKeys()
}

// opens returns what a key does that opens a sheet.
func opens(md mode) func(*Model, string) tea.Cmd {
	return func(m *Model, _ string) tea.Cmd { m.open(md); return nil }
}

// openKeys returns the keys of the grid that open sheets.
func openKeys() (all []binding) {
	for i, row := range sheetTable {
		if row.opens != nil {
			all = append(all, row.opens(opens(firstSheet+mode(i)))...)
		}
	}
	return all
}

// helpFromAnywhere returns the keys that open the help.
func helpFromAnywhere() []binding {
	open := opens(modeHelp)
	keys := []binding{{keys: []string{"f1"}, show: "F1", help: "the help, from anywhere", group: groupWhole, do: open},
		{mode: modePalette, keys: []string{"f1"}, do: open}, {mode: modeMenu, keys: []string{"f1"}, do: open},
		{mode: modeGo, keys: []string{"f1"}, do: open}, {mode: modeFind, keys: []string{"f1"}, do: open}, {mode: modeHands, keys: []string{"f1"}, do: open}}
	for i, row := range sheetTable {
		if !row.over {
			md := firstSheet + mode(i)
			keys = append(keys, binding{mode: md, keys: []string{"f1"}, do: open},
				binding{mode: md, keys: []string{"?"}, show: "?", word: "help", help: "this help", do: open})
		}
	}
	return keys
}
