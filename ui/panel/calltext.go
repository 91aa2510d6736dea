package panel

import (
	"strings"

	"incore/ui/canvas"
	"incore/ui/look"
)

// brief returns the call with its result where there is one line of width w: of its
// arguments as much as leaves room for the result.
func (k *Call) brief(w int) *Call {
	b := *k
	for _, n := range k.Notes {
		if n.Bad {
			b.ret, _, _ = strings.Cut(n.Text, " at ") // a signal's address is in the grid
		}
	}
	for _, args := range [][]string{k.args, {first(k.args), "…"}, {"…"}, nil} {
		b.args = args
		if canvas.Width(b.who)+len(b.name)+len("() = ")+canvas.Width(strings.Join(args, ", "))+canvas.Width(b.ret) <= w {
			break
		}
	}
	return &b
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// joined puts what explains a call into one paragraph, which takes fewer lines.
func joined(notes []note) []note {
	var out []note
	for _, n := range notes {
		if k := len(out) - 1; k >= 0 && !n.Bad && !out[k].Bad {
			out[k].Text += " " + n.Text
			continue
		}
		out = append(out, n)
	}
	return out
}

// CallText returns the lines of a call in w columns: name(args) = ret, broken between arguments. A structure is
// shortened there unless whole is true.
func CallText(lk *look.Look, k *Call, stamp string, w, indent int, whole bool) []canvas.Line {
	th := lk
	ret, retStyle := k.ret, th.OK
	if k.Bad {
		retStyle = th.Fail
	}
	line := canvas.Line{}
	if stamp != "" {
		line = append(line, th.Mute.Span(stamp))
	}
	if k.name == "" {
		return noteText(lk, k, stamp, w, indent)
	}
	if k.who != "" {
		line = append(line, th.Accent.Span(k.who))
	}
	line = append(line, th.Text.Bold().Span(k.name), th.Dim.Span("("))
	var lines []canvas.Line
	used := line.Width()
	// put adds a piece, on a new line where it does not fit.
	put := func(p canvas.Span) {
		// The blank at its end may fall off the line's.
		if used+canvas.Width(strings.TrimRight(p.Text, " ")) > w && used > indent {
			lines = append(lines, line)
			line, used = canvas.Line{canvas.Pad(indent)}, indent
		}
		line, used = append(line, p), used+canvas.Width(p.Text)
	}
	for i, arg := range k.args {
		end := ")"
		if i+1 < len(k.args) {
			end = ", "
		}
		for _, part := range argParts(arg, w-used-1, w-indent-1, i == 0, whole) {
			text := part.text + map[bool]string{true: end, false: " "}[part.last]
			for whole && canvas.Width(strings.TrimRight(text, " ")) > max(w-indent, 1) { // a long path, or a narrow screen
				head := canvas.Head(text, max(w-indent, 1))
				put(th.Dim.Span(head))
				text = text[len(head):]
			}
			put(th.Dim.Span(text))
		}
	}
	if len(k.args) == 0 {
		put(th.Dim.Span(")"))
	}
	end := canvas.Line{th.Dim.Span(" = "), retStyle.Span(ret)}
	if used+end.Width() > w && used > indent {
		lines = append(lines, line)
		line, end[0].Text = canvas.Line{canvas.Pad(indent)}, "= "
	}
	return append(lines, append(line, end...))
}

// argPart is a part of an argument that stays on one line.
type argPart struct {
	text string
	last bool
}

// argParts breaks an argument that is longer than a line has room for: {a=1, b=2} between
// its fields. room is the columns that are left of the line, next those of a line of its own. The
// first one, where no field would stand beside the name of the call, is shortened to {...},
// as strace does it, unless the whole is asked for.
func argParts(arg string, room, next int, first, whole bool) (parts []argPart) {
	fields := strings.SplitAfter(arg, ", ")
	if canvas.Width(arg) <= room || len(fields) == 1 || !strings.HasPrefix(arg, "{") || !first && canvas.Width(arg) <= next {
		return []argPart{{arg, true}}
	}
	if first && !whole && canvas.Width(fields[0]) > room {
		return []argPart{{"{...}", true}}
	}
	for i, f := range fields {
		parts = append(parts, argPart{strings.TrimSuffix(f, " "), i+1 == len(fields)})
	}
	return parts
}

// noteText returns an entry without a call: what was said of one that was not made, or a text.
func noteText(lk *look.Look, k *Call, stamp string, w, indent int) []canvas.Line {
	th := lk
	st := th.Dim
	if k.Bad {
		st = th.Fail
	}
	var lines []canvas.Line
	for i, s := range canvas.Wrap(k.ret, w-indent) {
		line := canvas.Line{}
		switch {
		case i > 0:
			line = append(line, canvas.Pad(indent))
		case stamp != "":
			line = append(line, th.Mute.Span(stamp))
		}
		lines = append(lines, append(line, st.Span(s)))
	}
	if lines == nil {
		lines = []canvas.Line{{th.Mute.Span(stamp)}}
	}
	return lines
}

// Text returns the call in one line, whole.
func (k *Call) Text() string {
	if k.name == "" {
		return k.who + k.ret
	}
	return k.who + k.name + "(" + strings.Join(k.args, ", ") + ") = " + k.ret
}
