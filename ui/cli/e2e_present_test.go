package cli_test

import (
	"os"
	"path/filepath"
	"testing"
)

// A lecture: the commands of a file, one a press of what a clicker sends, on a background of
// the screen's own.
func TestE2EPresenter(t *testing.T) {
	file := filepath.Join(t.TempDir(), "talk.incore")
	const talk = "say Nothing is in memory yet.\nmmap pages 64\nmlock pages[0..3]\nexpect no pages[0] locked\n"
	if err := os.WriteFile(file, []byte(talk), 0o600); err != nil {
		t.Fatal(err)
	}
	const pageDown = "\x1b[6~"
	m := startTerminal(t, 80, 24, nil, "incore", "--presenter", "--commands", file)
	m.waitFor("live", "▌ Nothing is in memory yet.", "RSS ", ". mmap pages 64")
	m.keys(pageDown)
	m.waitFor("pgdn", "REGION pages", "Mapped pages: 64 pages, none in memory.", ". mlock pages[0..3]")
	m.keys(".")
	m.waitFor("Locked pages[0..3]: ", "16K more locked.", "▄▄▄▄▄")
	m.keys(pageDown)
	m.waitFor("does not hold", "4 of 4  . the end")
	m.keys(pageDown)
	m.waitFor("That was the last of 4 prepared commands.")
	if x, y, bare := m.bare(); bare {
		t.Errorf("the cell at %d, %d has no background:\n%s", x, y, m.screen())
	}
	m.keys("P")
	m.waitFor("RSS ", "PAGE pages[0]")
	if _, _, bare := m.bare(); !bare {
		t.Error("out of presenter mode the terminal's own background is painted over")
	}
	m.keys("qq")
	if code := m.waitExit(); code != 0 {
		t.Errorf("exit code is %d", code)
	}
	m.checkRestored()
}

// bare finds a cell that has the terminal's own background.
func (m *terminal) bare() (x, y int, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for y := range m.emu.Height() {
		for x := range m.emu.Width() {
			if c := m.emu.CellAt(x, y); c == nil || c.Style.Bg == nil {
				return x, y, true
			}
		}
	}
	return 0, 0, false
}
