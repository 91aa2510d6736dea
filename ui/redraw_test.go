package ui_test

import (
	"testing"
	"time"

	"incore/model/lang"
	"incore/ui"
)

// What the lab tells is drawn 30 times a second at most, and at last; a key is drawn at once, and
// is about the state as it is.
func TestRedrawIsBounded(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{ReducedMotion: true}, "mmap a 64", "mmap b 64")
	begin := s.at
	tell := func(after time.Duration, line string) {
		c, err := lang.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		s.lab.Submit(c)
		s.at = begin.Add(after)
		s.pump()
	}
	for i := range ui.Burst {
		tell(time.Second+time.Duration(i)*time.Millisecond, "touch b[0]")
	}
	drawn := s.picture()
	tell(time.Second+10*time.Millisecond, "touch b[1]")
	if s.m.Picture() != drawn || s.cmd == nil {
		t.Error("ten milliseconds later it is drawn again")
	}
	tell(time.Second+20*time.Millisecond, "munmap b")
	s.lab.submitted = nil
	s.send(keyPress(t, "l"))
	if s.last() != "" || s.said() != "Nothing was done: b is gone." {
		t.Errorf("l submits %q and says %q: the region that was shown is gone", s.last(), s.said())
	}
	if s.m.Picture() == drawn {
		t.Error("a key is not drawn at once")
	}
	tell(time.Second+30*time.Millisecond, "touch a[9]")
	tell(time.Second+31*time.Millisecond, "touch a[10]")
	drawn = s.picture()
	s.send(ui.LaterMsg(begin.Add(2 * time.Second)))
	if s.m.Picture() == drawn {
		t.Error("what was put off is never drawn")
	}
}
