package ui

import (
	"incore/ui/canvas"
	"incore/ui/scene"
)

// The text of a lesson: from which width on it stands beside everything else, and how wide it is then.
const (
	besideFrom  = 110
	leastText   = 44
	mostText    = 76
	besideApart = 3
)

// place places everything for a scale of the grid, and the text of a lesson beside it, or below it where the screen is narrow.
func (ar *arranger) place(s scene.Scale) {
	if !ar.teaching || ar.presenting || scene.SizeOf(ar.width, ar.height) == scene.SizeNone {
		ar.placeIn(s)
		return
	}
	w, h := ar.width, ar.height
	defer func() { ar.width, ar.height = w, h }()
	if w >= besideFrom {
		text := canvas.Clamp(w*2/5, leastText, mostText)
		ar.width = w - text - besideApart
		ar.placeIn(s)
		ar.lay.besideText(text, w, h)
		return
	}
	rows := canvas.Clamp(h*9/20, 3, 20)
	if h-rows < 5 {
		ar.placeIn(s)
		return
	}
	ar.height = h - rows
	ar.placeIn(s)
	ar.lay.overText(rows)
}

// besideText moves all to the right of a text. Title and keys keep the whole width.
func (l *layout) besideText(text, w, h int) {
	margin := max(1, l.title.X)
	for _, a := range l.areas() {
		a.X += text + besideApart
	}
	l.title.X, l.title.W = margin, w-2*margin
	l.keys.X, l.keys.W = margin, w-2*margin
	top := l.title.Y + l.title.H + 1
	l.lesson = canvas.Area{X: margin, Y: top, W: text, H: h - top - 2}
}

// overText moves the keys, and what is typed and said, below a text of so many rows.
func (l *layout) overText(rows int) {
	if more := l.calls.H - 4; l.Size == scene.SizeSmall && more > 0 { // the text is wanted more than old calls
		l.calls.H -= more
		l.prompt.Y, l.keys.Y, rows = l.prompt.Y-more, l.keys.Y-more, rows+more
		l.status = l.keys
	}
	at := l.keys.Y
	for _, a := range []*canvas.Area{&l.prompt, &l.status, &l.keys} {
		if a.Y+1 >= l.keys.Y-1 && a.H > 0 {
			at = min(at, a.Y)
		}
	}
	l.calls.H = min(l.calls.H, max(0, at-l.calls.Y))
	l.lesson = canvas.Area{X: l.keys.X, Y: at, W: l.keys.W, H: rows}
	l.calls.H = min(l.calls.H, max(0, at-l.calls.Y)) // on a small screen what is typed lies over the last call
	for _, a := range []*canvas.Area{&l.prompt, &l.status, &l.keys} {
		if a.Y >= at {
			a.Y += rows
		}
	}
}

// areas are all areas of the layout.
func (l *layout) areas() []*canvas.Area {
	return []*canvas.Area{
		&l.title, &l.meters, &l.banner, &l.regions, &l.legend, &l.page, &l.vmas, &l.grid, &l.calls, &l.prompt, &l.status, &l.keys,
		&l.minimap, &l.latency, &l.caption, &l.pressed, &l.column,
	}
}

// lessonRows is how many rows the text of a lesson has in presenter mode on a screen of h rows.
func lessonRows(h int) int { return canvas.Clamp(h*2/5, 3, 18) }

// mostLine is how many columns a line of the text has at most: longer ones are not read well.
const mostLine = 110

// captionArea cuts the caption off the top of the body, or in a lesson its text in the caption's place.
func (ar *arranger) captionArea(body canvas.Area) canvas.Area {
	l := ar.lay
	if !ar.teaching {
		l.caption, body = body.CutTop(captionRows(ar.height))
		return body
	}
	l.lesson, body = body.CutTop(lessonRows(ar.height))
	l.lesson.W = min(l.lesson.W, mostLine)
	return body
}
