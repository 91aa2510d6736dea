package ui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"
)

// windowSize is the size of a window in columns and rows.
type windowSize struct{ w, h int }

// largest is how large a screen is drawn at most: that of an 8K display in letters of 7 by 10 pixels.
// A terminal may tell up to 65535 by 65535 (ioctl_tty(2), TIOCGWINSZ), of which the cells alone would take 70 gigabytes.
var largest = windowSize{1000, 400}

// shown returns what is drawn of a window. A terminal that does not know its size has one of 80x24.
func (s windowSize) shown() windowSize {
	if s.w <= 0 || s.h <= 0 {
		return windowSize{80, 24}
	}
	return windowSize{min(s.w, largest.w), min(s.h, largest.h)}
}

// cut says that not all of the window is drawn, or "".
func (s windowSize) cut() string {
	if s.w <= largest.w && s.h <= largest.h {
		return ""
	}
	return fmt.Sprintf("The window is said to be %dx%d: %dx%d of it are drawn.", s.w, s.h, s.shown().w, s.shown().h)
}

// sized has Bubble Tea tell the size as it begins, cut to what is drawn.
func (m runner) sized() []tea.ProgramOption {
	if m.opts.Size == nil {
		return nil
	}
	m.window.w, m.window.h = m.opts.Size()
	shown := m.window.shown()
	return []tea.ProgramOption{tea.WithWindowSize(shown.w, shown.h)}
}

// tellSizes tells a program how large its window is, whenever that may have changed. With first it does so
// at once: what is cut off is said. The window itself is the event loop's by then.
func (m runner) tellSizes(ctx context.Context, p *tea.Program, first bool) {
	tell := func() {
		w, h := m.opts.Size()
		p.Send(tea.WindowSizeMsg{Width: w, Height: h})
	}
	if m.opts.Size == nil {
		return
	}
	if first {
		tell()
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.opts.Resized:
		case <-m.resumed:
		}
		tell()
	}
}
