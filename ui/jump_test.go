package ui_test

import (
	"strings"
	"testing"

	"incore/model"
	"incore/ui"
	"incore/ui/scene"
)

// g goes to what is typed, from a[5] of two regions and two processes, and says where that is.
func TestGo(t *testing.T) {
	child := func(region string) scene.Place { return scene.Place{Proc: "child", Region: region} }
	for _, tt := range []struct {
		text string
		at   scene.Place
		page int64
		says string
	}{
		{"a[40]", inMain("a"), 40, "This is page 40 of main · a, 0x7f3a40028000."},
		{"40", inMain("a"), 40, "page 40 of main · a"},
		{" 0 ", inMain("a"), 0, "page 0"},
		{"63", inMain("a"), 63, "page 63"},
		{"buf[7..9]", inMain("buf"), 7, "page 7 of main · buf"},
		{"buf[7..]", inMain("buf"), 7, "page 7 of main · buf"},
		{"a[1]+4096,1", inMain("a"), 2, "page 2 of main · a"},
		{"a+8192,1", inMain("a"), 2, "page 2 of main · a"},
		{"0x7f3a40028123", inMain("a"), 40, "page 40 of main · a"},
		{"0X7F3A40028FFF", inMain("a"), 40, "page 40 of main · a"},
		{"buf", inMain("buf"), 3, "region main · buf, 300 pages"},
		{"child", child("a"), 5, "process child"},
		{"child a[9]", child("a"), 9, "page 9 of child · a"},
		{"in child a[9]", child("a"), 9, "page 9 of child · a"},
		{"child 9", child("a"), 9, "page 9 of child · a"},
		{"own", child("own"), 0, "region child · own, 8 pages"},
		{"own[2]", child("own"), 2, "page 2 of child · own"},
	} {
		s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64", "mmap buf 300", "fork child", "in child mmap own 8")
		s.m.GoToPage(inMain("buf"), 3)
		s.m.GoToPage(child("a"), 5)
		s.m.GoToPage(inMain("a"), 5)
		s.press("g")
		s.typeText(tt.text)
		if s.press("enter"); s.m.Mode() != "grid" || s.m.Focus.Current != tt.at || s.m.Focus.Here().Cursor != tt.page {
			t.Errorf("%q leads to %v[%d], mode %s:\n%s", tt.text, s.m.Focus.Current, s.m.Focus.Here().Cursor, s.m.Mode(), s.text())
		}
		if !strings.Contains(s.said(), tt.says) {
			t.Errorf("%q says %q, want %q", tt.text, s.said(), tt.says)
		}
		if len(s.lab.submitted) > 0 {
			t.Errorf("%q submits %v", tt.text, s.lab.submitted)
		}
	}
}

// What leads nowhere stays in the line, with the reason and what is nearest.
func TestGoNowhere(t *testing.T) {
	for _, tt := range []struct{ text, why string }{
		{"bff", "No region and no process is named bff: the nearest is buf."},
		{"bff[3]", "No region and no process is named bff: the nearest is buf."},
		{"zzzzzz", "No region and no process is named zzzzzz."},
		{"mian", "No region and no process is named mian: the nearest is main."},
		{"a[64]", "a has no page 64: its last one is 63."},
		{"300", "buf has no page 300: its last one is 299."},
		{"-1", "buf has no page -1: its last one is 299."},
		{"0x10", "0x10 is in no region: the nearest is a, whose first byte is at 0x7f3a40000000."},
		{"0xffffffffffff", "0xffffffffffff is in no region: the nearest is buf, whose last byte is at"},
		{"0xq", "0xq is no address"},
		{"a[", "No region and no process is named a[: the nearest is a."},
	} {
		s := newScreen(t, 120, 30, ui.Options{}, "mmap a 64", "mmap buf 300")
		s.press("g")
		s.typeText(tt.text)
		s.press("enter")
		if s.m.Mode() != "go" || !strings.Contains(s.text(), tt.why) || s.m.Focus.Here().Cursor != 0 {
			t.Errorf("%q: mode %s, want %q:\n%s", tt.text, s.m.Mode(), tt.why, s.text())
		}
		s.press("backspace")
		if s.press("esc"); s.m.Mode() != "grid" {
			t.Errorf("esc leads to %s", s.m.Mode())
		}
	}
	s := newScreen(t, 100, 30, ui.Options{})
	s.press("g")
	s.typeText("3")
	if s.press("enter"); !strings.Contains(s.text(), "There is no region: m maps one.") {
		t.Errorf("without a region:\n%s", s.text())
	}
}

// The line of g is edited as the command line is: it has a caret, a history, completes names and takes a paste; below it
// stands where it leads.
func TestGoLine(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64", "mmap buffer 300", "mmap build 8")
	s.press("g")
	if !strings.Contains(s.text(), "a[40]") || !s.m.Caret().Shown {
		t.Errorf("what can be typed is not said, or no caret is shown:\n%s", s.text())
	}
	s.typeText("b")
	if s.press("tab"); !strings.Contains(s.text(), "go to bu\n") || !strings.Contains(s.text(), "buffer  build") {
		t.Errorf("tab does not complete:\n%s", s.text())
	}
	s.typeText("f")
	s.press("tab")
	s.typeText("[7]")
	if !strings.Contains(s.text(), "enter: page 7 of buffer, 0x") {
		t.Errorf("where it leads is not said:\n%s", s.text())
	}
	s.press("enter", "g", "up")
	if !strings.Contains(s.text(), "go to buffer[7]") {
		t.Errorf("the line before is not there again:\n%s", s.text())
	}
	s.press("home", "delete", "ctrl+k")
	if s.press("enter"); s.m.Mode() != "grid" || s.m.Focus.Here().Cursor != 7 {
		t.Errorf("an empty line does something: mode %s, page %d", s.m.Mode(), s.m.Focus.Here().Cursor)
	}
}

// / goes through the regions and calls that have a text, newest first, around the end and back, and esc stays there.
func TestFind(t *testing.T) {
	s := newScreen(t, 120, 35, ui.Options{}, "mmap a 64", "mmap locked 8", "touch a[1]", "mlock a[1]", "touch a[2]", "mlock a[2]", "mmap c 8")
	chosen := func() string { return s.m.Log().Calls[s.m.Log().Selected()].Command }
	s.press("/")
	s.typeText("LOCK")
	if !strings.Contains(s.text(), "4 have it: enter goes to the first, region locked") {
		t.Errorf("what has it is not said:\n%s", s.text())
	}
	for i, want := range []struct{ key, region, call, says string }{
		{"enter", "locked", "mmap c 8", "1 of 4: region locked"},
		{"enter", "locked", "mlock a[2]", "2 of 4: call mlock(a+0x2000, 4096) = 0"},
		{"down", "locked", "mlock a[1]", "3 of 4: call mlock(a+0x1000, 4096) = 0"},
		{"up", "locked", "mlock a[2]", "2 of 4"},
		{"enter", "locked", "mlock a[1]", "3 of 4"},
		{"enter", "locked", "mmap locked 8", "4 of 4: call mmap(NULL"},
		{"enter", "locked", "mmap locked 8", "1 of 4: region locked"},
		{"up", "locked", "mmap locked 8", "4 of 4"},
	} {
		s.press(want.key)
		if s.m.Focus.Current.Region != want.region || chosen() != want.call || !strings.Contains(s.text(), want.says) {
			t.Errorf("step %d, %s: region %s, call %s, want %v:\n%s", i, want.key, s.m.Focus.Current.Region, chosen(), want, s.text())
		}
	}
	if s.press("esc"); s.m.Mode() != "grid" || chosen() != "mmap locked 8" {
		t.Errorf("esc leads to mode %s, call %s", s.m.Mode(), chosen())
	}
	s.press("/", "enter")
	if !strings.Contains(s.text(), "find LOCK") || !strings.Contains(s.text(), "1 of 4") {
		t.Errorf("an empty line does not search again:\n%s", s.text())
	}
	s.press("esc", "/")
	s.typeText("ENOMEM")
	if s.press("enter"); !strings.Contains(s.text(), "No call and no region has ENOMEM in it.") {
		t.Errorf("nothing is found, and that is not said:\n%s", s.text())
	}
	s.press("ctrl+u")
	s.typeText("mlcok")
	if s.press("enter"); !strings.Contains(s.text(), "the nearest is mlock.") {
		t.Errorf("the nearest is not said:\n%s", s.text())
	}
}

// What was found is found again when calls are added and the picture was held still.
func TestFindWhileTheLogGrows(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64", "mlock a[1]", "touch a[2]", "mlock a[3]")
	s.press("/")
	s.typeText("mlock")
	s.press("enter")
	s.run("mlock a[9]")
	s.press("enter")
	if got := s.m.Log().Calls[s.m.Log().Selected()].Command; got != "mlock a[1]" {
		t.Errorf("the next one is %s", got)
	}
}

// At every size the line, what it says and the caret are on the screen, and nothing is drawn outside.
func TestJumpSizes(t *testing.T) {
	for _, size := range goldenSizes {
		for key, want := range map[string]string{"g": "go to", "/": "find"} {
			for _, ascii := range []bool{false, true} {
				s := newScreen(t, size.w, size.h, ui.Options{ASCII: ascii}, richScript...)
				s.press(key)
				s.typeText("a[4]" + strings.Repeat("0", 70))
				s.press("enter")
				if c := s.m.Caret(); !strings.Contains(s.text(), want+" ") || !c.Shown || c.X >= size.w {
					t.Errorf("%dx%d %s: caret %+v\n%s", size.w, size.h, key, c, s.text())
				}
				if !strings.Contains(s.text(), "No ") {
					t.Errorf("%dx%d %s: why not is not said\n%s", size.w, size.h, key, s.text())
				}
			}
		}
	}
}

// Going is no act: the process that is gone to may be dead, and the session is still one in which nothing was done.
func TestGoIsNoAct(t *testing.T) {
	s := newScreen(t, 100, 30, ui.Options{}, "mmap a 64", "fork child", "in child kill SIGKILL")
	s.press("g")
	s.typeText("child")
	s.press("enter")
	if s.m.Focus.Current.Proc != "child" || s.m.State.Process("child").Death == nil {
		t.Errorf("at %v", s.m.Focus.Current)
	}
	if s.press("q"); !s.quits() {
		t.Error("q asks")
	}
	if s.m.State.Main().Region("a") == nil || model.Main != "main" {
		t.Error("no region a")
	}
}
