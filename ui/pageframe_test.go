package ui_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui"
)

// What is known of the frame is told in words, and so is why it is not known.
func TestFrameIsTold(t *testing.T) {
	for _, tt := range []struct {
		name  string
		frame model.Frame
		want  []string
		not   []string
	}{
		{"as root", model.Frame{Entry: 1<<63 | 1<<56 | 0x1f3a27, PFN: 0x1f3a27, Flags: 0x5828, Count: 1},
			[]string{"frame    PFN 0x1f3a27, mapped once", "flags    UPTODATE LRU MMAP ANON", "SWAPBACKED", "pagemap  exclusive, present", "(0x81000000001f3a27)"}, nil},
		{"shared by a fork", model.Frame{Entry: 1<<63 | 0x1f3a27, PFN: 0x1f3a27, Flags: 0x5828, Count: 2}, []string{"PFN 0x1f3a27, mapped twice"}, nil},
		{"the zero page", model.Frame{Entry: 1<<63 | 0x12, PFN: 0x12, Flags: 1 << 24}, []string{"PFN 0x12, not counted", "flags    ZERO_PAGE"}, nil},
		{"without the right", model.Frame{Entry: 1<<63 | 1<<56, Why: "frame numbers need CAP_SYS_ADMIN (pagemap shows 0)"},
			[]string{"frame    number needs CAP_SYS_ADMIN", "pagemap  exclusive, present", "(0x8100000000000000)"}, []string{"flags  ", "PFN"}},
		{"no frame", model.Frame{Why: "no frame: nothing is mapped here"}, []string{"frame    none: nothing is mapped here", "pagemap  0x0"}, []string{"flags  "}},
		{"flags that cannot be read", model.Frame{Entry: 1<<63 | 7, PFN: 7, Why: "/proc/kpageflags: permission denied"},
			[]string{"frame    PFN 0x7;", "/proc/kpageflags:", "permission denied"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScreen(t, 100, 40, ui.Options{}, "mmap a 64", "touch a[0]")
			send := func(f *model.Frame) {
				sample := s.lab.sample(s.lab.procs[0])
				sample.Frame = f
				s.tell(sample)
			}
			if strings.Contains(s.text(), "frame  ") {
				t.Errorf("something is told of a frame that nothing is known of:\n%s", s.text())
			}
			tt.frame.Region = "a"
			send(&tt.frame)
			for _, want := range tt.want {
				if !strings.Contains(s.text(), want) {
					t.Errorf("%q is missing:\n%s", want, s.text())
				}
			}
			for _, not := range tt.not {
				if strings.Contains(s.text(), not) {
					t.Errorf("%q is there:\n%s", not, s.text())
				}
			}
			// Of another page nothing is said before it was asked about.
			s.press("right")
			send(&tt.frame)
			if !strings.Contains(s.text(), "frame    …") || strings.Contains(s.text(), tt.want[0]) {
				t.Errorf("the next page has the frame of the one before:\n%s", s.text())
			}
		})
	}
}

// Whether a write copies the page under the cursor is told by its entry, before the samples tell it
// of all pages.
func TestFrameTellsSharing(t *testing.T) {
	for _, tt := range []struct {
		entry uint64
		want  string
	}{
		{1<<63 | 1<<56, "a read or write costs nothing"},
		{1 << 63, "a write copies it"},
		{0, "unless it is shared"}, // another has unmapped it since
	} {
		s := newScreen(t, 100, 40, ui.Options{}, "mmap a 64", "touch a[0]")
		sample := s.lab.sample(s.lab.procs[0])
		sample.Frame = &model.Frame{Region: "a", Entry: tt.entry}
		for i := range sample.Regions[0].Pages {
			sample.Regions[0].Pages[i].Val.Mapping &^= model.Exclusive | model.Shared
		}
		s.tell(sample)
		in := s.inspector().Inspected(s.m.Region())
		if got := strings.Join(in.Words, "; "); !strings.Contains(got, tt.want) {
			t.Errorf("entry %#x: %q is missing: %s", tt.entry, tt.want, got)
		}
	}
}

// In 24 rows the number stands in the heading of the page.
func TestFrameInThreeRows(t *testing.T) {
	for _, tt := range []struct {
		frame model.Frame
		want  string
	}{
		{model.Frame{Entry: 1<<63 | 7, PFN: 7}, "0x7f3a40000000  rw-  PFN 0x7  page 0 of 64"},
		{model.Frame{Entry: 1 << 63, Why: "frame numbers need CAP_SYS_ADMIN (pagemap shows 0)"}, "rw-  no PFN  page 0 of 64"},
		{model.Frame{Why: "no frame: nothing is mapped here"}, "rw-  page 0 of 64"},
	} {
		s := newScreen(t, 80, 24, ui.Options{}, "mmap a 64")
		sample := s.lab.sample(s.lab.procs[0])
		tt.frame.Region = "a"
		sample.Frame = &tt.frame
		s.tell(sample)
		if !strings.Contains(s.text(), tt.want) {
			t.Errorf("%q is missing:\n%s", tt.want, s.text())
		}
	}
}

// Where the lines below the sentence do not reach the frame, the heading has its number.
func TestFrameInTheHeading(t *testing.T) {
	s := forked(t, 100, 24)
	sample := s.lab.sample(s.lab.procs[0])
	sample.Frame = &model.Frame{Region: "a", Page: 2, Entry: 1<<63 | 7, PFN: 7}
	s.tell(sample)
	text := s.text()
	if !strings.Contains(text, "PFN 0x7  page 2 of 64") || strings.Contains(text, "frame    PFN 0x7") {
		t.Errorf("without room for all lines:\n%s", text)
	}
	s.send(tea.WindowSizeMsg{Width: 100, Height: 40})
	if text := s.text(); strings.Contains(text, "  PFN 0x7 ") || !strings.Contains(text, "frame    PFN 0x7") {
		t.Errorf("with room for all lines:\n%s", text)
	}
}
