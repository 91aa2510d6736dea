package ui

import (
	"strings"

	"incore/model"
	"incore/model/calls"
	"incore/ui/canvas"
)

// previewPanel says what a command would do.
type previewPanel struct {
	*scene
}

// callPieces is the calls that a command would make, as the log writes them, in at most w columns:
// where there is no room, calls before the last one are only named, and of its arguments the
// first are told.
func (pn *previewPanel) callPieces(r *calls.Reach, w int) (line []piece) {
	if len(r.Calls) == 0 {
		return nil
	}
	for _, most := range []int{allArgs, 8, 3, 2, 1, 0} {
		if line = pn.callsWith(r, most); pieceWidth(line) <= w {
			break
		}
	}
	return line
}

// allArgs has callsWith leave nothing out.
const allArgs = -1

// callsWith is the calls with at most so many arguments of the last one.
func (pn *previewPanel) callsWith(r *calls.Reach, most int) (line []piece) {
	th := pn.look
	if r.Proc != model.Main && r.Proc != "" {
		line = append(line, piece{r.Proc + ": ", th.Accent})
	}
	p := pn.state.Process(r.Proc)
	for i := range r.Calls {
		if i > 0 {
			line = append(line, piece{", ", th.Dim})
		}
		line = append(line, piece{r.Calls[i].Call, th.Text.Bold()})
		if most == allArgs || i+1 == len(r.Calls) {
			line = append(line, piece{"(" + strings.Join(argWords(r.Calls[i].Args, p, most), ", ") + ")", th.Dim})
		}
	}
	return line
}

// argWords are the first of the arguments of a call, addresses counted from their region of a process, which
// may be nil.
func argWords(args []model.Arg, p *model.Process, most int) (words []string) {
	for i, a := range args {
		if i == most {
			return append(words, "…")
		}
		text := a.String()
		if a.Kind == model.ArgAddr {
			text = address(regionsAt(p, a.Value), a.Value, text)
		}
		words = append(words, text)
	}
	return words
}

// warning is what is certain to keep the command from being done, or from all of it.
func warning(r *calls.Reach) string {
	if r.Answer == "" {
		return r.Why
	}
	return r.Answer + ": " + r.Why
}

// previewRows is what a command would do, in one row of w columns or two: the calls and what comes
// of them, and behind or below that what one would not expect, which comes first where there is
// one row.
func (pn *previewPanel) previewRows(r *calls.Reach, w, rows int) [][]piece {
	th := pn.look
	beside, st := r.Note, th.Gold
	if r.Why != "" {
		beside, st = warning(r), th.Fail
	}
	if beside != "" && rows < 2 {
		return [][]piece{{{canvas.Fit(beside, w), st}}}
	}
	line, effect := pn.callPieces(r, w), r.Effect
	if effect != "" && len(line) > 0 {
		effect = " → " + effect
	}
	if all := pn.callsWith(r, allArgs); pieceWidth(all)+canvas.Width(effect)+3+canvas.Width(beside) > w && rows > 1 {
		return pn.previewTwo(line, effect, piece{beside, st}, w)
	} else if len(r.Calls) > 0 && pieceWidth(all)+canvas.Width(effect) <= w {
		line = all
	}
	if room := w - pieceWidth(line); effect != "" && room > leastEffect {
		line = append(line, piece{canvas.Fit(effect, room), th.Text})
	}
	if beside != "" && len(line) > 0 {
		line = append(line, piece{" · ", th.Mute})
	}
	if beside != "" {
		line = append(line, piece{canvas.Fit(beside, w-pieceWidth(line)), st})
	}
	return [][]piece{line}
}

// leastEffect is in how few columns a part of what comes of a call says nothing.
const leastEffect = 16

// previewTwo puts what has no room in one row into two.
func (pn *previewPanel) previewTwo(line []piece, effect string, beside piece, w int) [][]piece {
	room := w - pieceWidth(line)
	switch text := strings.TrimPrefix(effect, " → "); {
	case len(line) == 0 && beside.text == "":
		return [][]piece{{{canvas.Fit(text, w), pn.look.Text}}}
	case beside.text == "" && text != "" && canvas.Width(effect) > room:
		beside = piece{text, pn.look.Text}
	case room > leastEffect || len(line) == 0:
		line = append(line, piece{canvas.Fit(effect, room), pn.look.Text})
	}
	if beside.text == "" {
		return [][]piece{line}
	}
	beside.text = canvas.Fit(beside.text, w)
	if pieceWidth(line) == 0 {
		return [][]piece{{beside}}
	}
	return [][]piece{line, {beside}}
}

// drawPieces draws a line of pieces from x on in w columns.
func (m *Model) drawPieces(x, y, w int, line []piece) {
	for _, p := range line {
		n := m.canvas.Text(x, y, w, p.text, p.st)
		x, w = x+n, w-n
	}
}
