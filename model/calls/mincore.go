package calls

import (
	"fmt"

	"incore/model"
	"incore/model/lang"
)

// mincoreFamily is what asks which pages are in memory.
var mincoreFamily = []dossier{{
	call: "mincore", verb: "mincore", page: "mincore(2)", what: "Tells of each page whether it is in memory. It brings none in.",
	ok: said("0: the vector has the answer"), round: roundsLength,
	args:   []argument{argStart, argLength, arg("vec", explainedAs("where the answers go, a byte a page, the lowest bit of each"))},
	causes: causes{"EINVAL": {unaligned}, "ENOMEM": {wrapsAround, mincoreHole}, "EAGAIN": {shortOfMemory}},
	reach: ranged[lang.Mincore]{
		on:     func(c lang.Mincore) model.Target { return c.T },
		more:   func(*reacher, lang.Mincore) []model.Arg { return []model.Arg{wordOf("vec")} },
		past:   "ENOMEM",
		effect: func(r *reacher, _ lang.Mincore, t model.Span) string { return r.counts(t) },
		page:   wholeOnly[lang.Mincore],
	}.reach,
}}

// counts says what mincore asks about.
func (r *reacher) counts(t model.Span) string {
	text := fmt.Sprintf("asks about %s and changes nothing", r.pagesOf(t.Len))
	if n := (t.Len/uint64(r.p.PageSize) + MincorePages - 1) / MincorePages; n > 1 {
		text += fmt.Sprintf(", in %d calls", n)
	}
	return text
}

// MincorePages is how many pages incore asks mincore(2) about in one call, at most: as many as the
// vector in the subject has bytes. More take several calls, one behind the other.
const MincorePages = 4096

func mincoreHole(f failure) (why, try string) {
	at, ok := f.hole()
	if !ok {
		return "", ""
	}
	return f.holeAt(at) + " mincore answers only for ranges that are mapped throughout.", "Name pages that are mapped."
}
