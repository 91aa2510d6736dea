package panel

import (
	"strings"

	"incore/model"
	"incore/model/calls"
	"incore/ui/canvas"
	"incore/ui/scene"
)

// Preview says in lines what a command would do.
type Preview struct {
	*scene.Scene
}

// CallPieces returns the calls that a command would make, as the log writes them, in at most w columns. If
// there is no room, it only names the calls before the last one, and writes the first arguments of that.
func (pn *Preview) CallPieces(r *calls.Reach, w int) (line canvas.Line) {
	if len(r.Calls) == 0 {
		return nil
	}
	for _, most := range []int{allArgs, 8, 3, 2, 1, 0} {
		if line = pn.callsWith(r, most); line.Width() <= w {
			break
		}
	}
	return line
}

// allArgs has callsWith leave nothing out.
const allArgs = -1

// callsWith returns the calls with at most so many arguments of the last one.
func (pn *Preview) callsWith(r *calls.Reach, most int) (line canvas.Line) {
	th := pn.Look
	if r.Proc != model.Main && r.Proc != "" {
		line = append(line, th.Accent.Span(r.Proc+": "))
	}
	p := pn.State.Process(r.Proc)
	for i := range r.Calls {
		if i > 0 {
			line = append(line, th.Dim.Span(", "))
		}
		line = append(line, th.Text.Bold().Span(r.Calls[i].Call))
		if most == allArgs || i+1 == len(r.Calls) {
			line = append(line, th.Dim.Span("("+strings.Join(argWords(r.Calls[i].Args, p, most), ", ")+")"))
		}
	}
	return line
}

// argWords returns the first of the arguments of a call, addresses counted from their region of a process, which
// may be nil.
func argWords(args []model.Arg, p *model.Process, most int) (words []string) {
	for i, a := range args {
		if i == most {
			return append(words, "…")
		}
		text := a.String()
		if a.Kind == model.ArgAddr {
			text = Address(regionsAt(p, a.Value), a.Value, text)
		}
		words = append(words, text)
	}
	return words
}

// Warning returns what is certain to keep the command from being done, or from being done as a whole, or "".
func Warning(r *calls.Reach) string {
	if r.Answer == "" {
		return r.Why
	}
	return r.Answer + ": " + r.Why
}

// PreviewRows returns what a command would do, in one or two rows of w columns: the calls, what comes of them,
// and behind or below that what is unexpected. In one row the unexpected comes first.
func (pn *Preview) PreviewRows(r *calls.Reach, w, rows int) []canvas.Line {
	th := pn.Look
	beside, st := r.Note, th.Gold
	if r.Why != "" {
		beside, st = Warning(r), th.Fail
	}
	if beside != "" && rows < 2 {
		return []canvas.Line{{st.Span(canvas.Fit(beside, w))}}
	}
	line, effect := pn.CallPieces(r, w), r.Effect
	if effect != "" && len(line) > 0 {
		effect = " → " + effect
	}
	if all := pn.callsWith(r, allArgs); all.Width()+canvas.Width(effect)+3+canvas.Width(beside) > w && rows > 1 {
		return pn.previewTwo(line, effect, st.Span(beside), w)
	} else if len(r.Calls) > 0 && all.Width()+canvas.Width(effect) <= w {
		line = all
	}
	if room := w - line.Width(); effect != "" && room > LeastEffect {
		line = append(line, th.Text.Span(canvas.Fit(effect, room)))
	}
	if beside != "" && len(line) > 0 {
		line = append(line, th.Mute.Span(" · "))
	}
	if beside != "" {
		line = append(line, st.Span(canvas.Fit(beside, w-line.Width())))
	}
	return []canvas.Line{line}
}

// LeastEffect is the columns in which a part of what comes of a call would say nothing.
const LeastEffect = 16

// previewTwo puts what has no room in one row into two.
func (pn *Preview) previewTwo(line canvas.Line, effect string, beside canvas.Span, w int) []canvas.Line {
	room := w - line.Width()
	switch text := strings.TrimPrefix(effect, " → "); {
	case len(line) == 0 && beside.Text == "":
		return []canvas.Line{{pn.Look.Text.Span(canvas.Fit(text, w))}}
	case beside.Text == "" && text != "" && canvas.Width(effect) > room:
		beside = pn.Look.Text.Span(text)
	case room > LeastEffect || len(line) == 0:
		line = append(line, pn.Look.Text.Span(canvas.Fit(effect, room)))
	}
	if beside.Text == "" {
		return []canvas.Line{line}
	}
	beside.Text = canvas.Fit(beside.Text, w)
	if line.Width() == 0 {
		return []canvas.Line{{beside}}
	}
	return []canvas.Line{line, {beside}}
}
