package panel

import (
	"fmt"
	"strings"

	"incore/model"
)

// FrameOf returns what is known of the frame behind a page of the current process. It is nil if nothing is told
// of frames, and its Why is "…" if this page was not asked about yet.
func (pn *Inspector) FrameOf(r *model.Region, page int64) *model.Frame {
	f := pn.Proc().Frame
	if f != nil && (f.Region != r.Name || f.Page != page) {
		return &model.Frame{Why: "…"}
	}
	return f
}

// frameFields returns the lines of the inspector about the frame: its number, its flags, and the
// page table's entry; where they cannot be had, why.
func frameFields(f *model.Frame) []Field {
	if f == nil {
		return nil
	}
	frame := strings.Replace(f.Why, "no frame:", "none:", 1)
	if need, ok := strings.CutPrefix(f.Why, "frame numbers need "); ok { // in a line
		need, _, _ = strings.Cut(need, " (")
		frame = "number needs " + need
	}
	if f.PFN != 0 {
		frame = fmt.Sprintf("PFN %#x, %s", f.PFN, mappedTimes(f.Count))
		if f.Why != "" {
			frame = fmt.Sprintf("PFN %#x; %s", f.PFN, f.Why)
		}
	}
	fields := []Field{{FieldFrame, frame}}
	if names := f.FlagNames(); len(names) > 0 {
		fields = append(fields, Field{FieldFlags, strings.Join(names, " ")})
	}
	if up := f.GivenUp(); up != "" {
		fields = append(fields, Field{FieldLazy, up})
	}
	entry := fmt.Sprintf("%#x", f.Entry)
	if bits := f.Bits(); len(bits) > 0 {
		entry = fmt.Sprintf("%s (%s)", strings.Join(bits, ", "), entry)
	}
	if f.Why == "…" {
		entry = f.Why
	}
	return append(fields, Field{FieldPagemap, entry}, bytesField(f))
}

// bytesField returns what the page begins with, in hexadecimal and as text, or why it was not looked at.
func bytesField(f *model.Frame) Field {
	if f.Bytes == "" {
		return Field{FieldBytes, f.BytesWhy}
	}
	hex := fmt.Sprintf("% x", f.Bytes)
	text := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '.'
		}
		return r
	}, latin(f.Bytes))
	return Field{FieldBytes, hex + "  " + text}
}

// latin returns a string with a rune a byte.
func latin(s string) string {
	out := make([]rune, len(s))
	for i := range len(s) {
		out[i] = rune(s[i])
	}
	return string(out)
}

// mappedTimes returns /proc/kpagecount in words.
func mappedTimes(n uint64) string {
	switch n {
	case 0: // so of the zero page, which is not counted
		return "not counted"
	case 1:
		return "mapped once"
	case 2:
		return "mapped twice"
	}
	return fmt.Sprintf("mapped %d times", n)
}

// pfnWord returns the frame's number where there is room for a word, or that it is not told.
func pfnWord(f *model.Frame) string {
	switch {
	case f == nil || f.Entry == 0:
		return ""
	case f.PFN != 0:
		return fmt.Sprintf("PFN %#x", f.PFN)
	case strings.HasPrefix(f.Why, "no frame"):
		return ""
	}
	return "no PFN"
}
