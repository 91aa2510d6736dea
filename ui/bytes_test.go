package ui_test

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"incore/ui"
	"incore/ui/canvas"
	"incore/ui/canvas/canvastest"
)

// scenes are what a user does, as messages, each of which makes a picture.
var scenes = []struct {
	name  string
	begin []string
	keys  []string
	steps []tea.Msg
}{
	{"keys", richScript, []string{"right", "right", "down", "l", "tab", "z", "z", "esc", "2", "3", "1", "v", "right", "right", "w", "esc"}, nil},
	{"sheets", richScript, []string{"?", "down", "down", "right", "esc", "i", "esc", "m", "down", "esc"}, nil},
	{"typing", richScript, []string{":", "m", "l", "o", "c", "k", "space", "a", "[", "3", "]", "enter"}, nil},
	{"calls", []string{"mmap a 64"}, []string{"w", "right", "w", "right", "r", "l", "u", "d", "w", "w"}, nil},
	{"tenth", []string{"mmap a 4096"}, nil, tenths(4096)},
}

// frames hands each picture of a scene to see, and the one before it.
func frames(t testing.TB, n, w, h int, see func(before, after *canvas.Canvas)) {
	sc := scenes[n]
	s := newScreen(t, w, h, ui.Options{}, sc.begin...)
	var enc canvas.Encoder
	before := new(canvas.Canvas)
	next := func() {
		s.m.View()
		enc.Append(nil, &s.m.Canvas, canvas.Caret{}) // leaves the canvas canonical
		if before.W > 0 {
			see(before, &s.m.Canvas)
		}
		before.Copy(&s.m.Canvas)
	}
	next()
	for _, key := range sc.keys {
		s.press(key)
		next()
		for i := range 8 { // the afterglow
			s.send(ui.GlowMsg(s.m.Glow.Gen, s.at.Add(time.Duration(i+1)*100*time.Millisecond)))
			next()
		}
	}
	for _, msg := range sc.steps {
		s.send(msg)
		next()
	}
}

// What is written for a frame is at most a quarter more than the least that the same sequences can do.
func TestFramesAreNearlyMinimal(t *testing.T) {
	for n, sc := range scenes {
		var ours, least int
		var enc canvas.Encoder
		first := true
		frames(t, n, 160, 45, func(before, after *canvas.Canvas) {
			if first {
				enc.Append(nil, before, canvas.Caret{})
				first = false
			}
			ours += len(enc.Append(nil, after, canvas.Caret{}))
			least += canvastest.Minimal(before, after)
		})
		t.Logf("%s: %d bytes, %d at least: %.3f", sc.name, ours, least, float64(ours)/float64(least))
		if ours*4 > least*5 {
			t.Errorf("%s: %d bytes are written, %d at least", sc.name, ours, least)
		}
	}
}
