package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// capital begins s with a capital letter.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// shortWords is a page in as few words as the legend has.
func shortWords(p model.Page, anon bool) string {
	k := look.KindOf(p, anon)
	s := k.Name()
	if k == look.Hole || k == look.NotAsked {
		return s
	}
	switch p.Lock {
	case model.Locked:
		s += ", locked"
	case model.OnFault:
		s += ", locked on fault"
	case model.ShmLocked:
		s += ", SHM_LOCK"
	default:
		s += ", not locked"
	}
	if p.Prot == model.ProtNone {
		return "PROT_NONE " + s
	}
	return protFlags(p.Prot) + " " + s
}

// protFlags is a protection as /proc/PID/maps writes it.
func protFlags(p model.Prot) string {
	flags := []byte("---")
	for i, c := range []byte("rwx") {
		if p&(1<<i) != 0 {
			flags[i] = c
		}
	}
	return string(flags)
}

// field is one line of the inspector.
type field struct{ name, value string }

// inspected is what the inspector is about: the page under the cursor, or the pages that
// are selected.
type inspected struct {
	r     *model.Region
	page  int64
	sel   model.Range
	pg    model.Page
	title string
	of    string   // which page of how many
	head  string   // what it is, in words
	words []string // all of the page's words; nil of a selection
}

func (pn *inspector) inspected(r *model.Region) inspected {
	in := inspected{r: r, page: pn.view.here().cursor, sel: pn.view.selection()}
	n := r.Pages.Len()
	if pn.view.selecting || pn.view.cell > 1 {
		in.title = "CELL "
		if pn.view.selecting {
			in.title = "SELECTED "
		}
		in.title += model.PagesOf(r, in.sel).String()
		in.of = fmt.Sprintf("%d of %d pages", in.sel.Len(), n)
		in.head = selectionWords(r, in.sel)
		return in
	}
	in.pg = r.Pages.At(in.page)
	if f := pn.frameOf(r, in.page); f != nil && in.pg.Has(model.Mapped) && !in.pg.Has(model.Exclusive) && !in.pg.Has(model.Shared) {
		in.pg.Mapping |= f.Sharing() // of the page under the cursor it is always asked
	}
	in.words = in.pg.WordsOn(pn.state, r.RegionInfo, pn.view.atFork[pn.view.current])
	if r.PastEnd(in.page, pn.proc().PageSize) {
		in.words = in.pg.WordsPastEnd(r.RegionInfo)
	}
	in.title = fmt.Sprintf("PAGE %s[%d]", pn.named(pn.proc().Name, r.Name), in.page)
	in.of = fmt.Sprintf("page %d of %d", in.page, n)
	in.head = capital(in.words[0])
	return in
}

// inspector says what is known of the page under the cursor, or of the pages that are selected.
type inspector struct {
	*scene
	area    canvas.Area
	compact bool // it has one row, without a heading
}

// draw draws the inspector: the page under the cursor in words, then address,
// VMA and axes; where pages are selected, what they have in common. It is one row where
// there is no room for a heading, and three where there is none for the lines below it.
func (pn *inspector) draw() {
	a, r := pn.area, pn.region()
	if a.Empty() || r == nil {
		return
	}
	in := pn.inspected(r)
	pn.clickable(a, func(h host) tea.Cmd { h.Inspect(); return nil })
	flat := a.H < 5
	switch {
	case pn.compact:
		pn.canvas.Text(a.X, a.Y, a.W, pn.compactPage(&in), pn.look.Text)
		return
	case flat && in.words != nil:
		pn.flatten(&in, a.W)
	}
	lines := canvas.Wrap(in.head, a.W)
	if flat && len(lines) > 1 {
		lines = []string{canvas.Truncate(in.head, a.W)}
	}
	var fields []field
	switch {
	case flat:
	case in.words == nil:
		fields = pn.selectionFields(r, in.sel)
	default:
		fields = pn.pageFields(&in, a.W)
		if !reaches(fields, "frame", a.W, a.H-1-len(lines)) {
			in.withFrame(pn.frameOf(r, in.page), a.W)
		}
	}
	pn.drawPageHeading(&in, a.Row(0))
	_, a = a.CutTop(1)
	for _, line := range lines {
		pn.canvas.Text(a.X, a.Y, a.Row(0).W, line, pn.look.Text.Bold())
		_, a = a.CutTop(1)
	}
	if flat && in.words != nil {
		pn.canvas.Text(a.X, a.Y, a.Row(0).W, capital(in.words[len(in.words)-1]), pn.look.Dim)
	}
	pn.drawFields(fields, a)
}

// withFrame puts the number of the frame beside the page's, where there is room for it.
func (in *inspected) withFrame(f *model.Frame, w int) {
	pfn := pfnWord(f)
	for _, of := range []string{canvas.Join("  ", pfn, in.of), canvas.Join("  ", fmt.Sprintf("of %d", in.r.Pages.Len()), pfn)} {
		if pfn != "" && canvas.Width(in.title)+3+canvas.Width(of) <= w {
			in.of = of
			return
		}
	}
}

// reaches reports whether so many rows have room for the field of that name.
func reaches(fields []field, name string, w, rows int) bool {
	for _, f := range fields {
		if f.name == name {
			return rows > 0
		}
		rows -= len(canvas.Wrap(f.value, w-fieldIndent))
	}
	return false
}

// compactPage is all of it in one row.
func (pn *inspector) compactPage(in *inspected) string {
	if in.words == nil {
		return fmt.Sprintf("%s: %s", model.PagesOf(in.r, in.sel), in.head)
	}
	words := shortWords(in.pg, look.PrivateAnon(in.r))
	if pn.plan.size == sizeSmall { // there the title says which page it is
		return words
	}
	return fmt.Sprintf("%s[%d] of %d  %s", pn.named(pn.proc().Name, in.r.Name), in.page, in.r.Pages.Len(), words)
}

// flatten puts what has no line of its own in three rows into the first two.
func (pn *inspector) flatten(in *inspected, w int) {
	in.withFrame(pn.frameOf(in.r, in.page), w)
	addr := fmt.Sprintf("%#x", in.r.Base+uint64(in.page)*uint64(pn.proc().PageSize))
	for _, of := range []string{canvas.Join("  ", addr, protFlags(in.pg.Prot), in.of), canvas.Join("  ", protFlags(in.pg.Prot), in.of)} {
		if canvas.Width(in.title)+3+canvas.Width(of) <= w {
			in.of = of
			break
		}
	}
	if len(in.words) > 2 {
		in.head += ", " + in.words[1]
	}
}

func (pn *inspector) drawPageHeading(in *inspected, a canvas.Area) {
	if canvas.Width(in.title)+3+canvas.Width(in.of) > a.W {
		in.of = fmt.Sprintf("of %d", in.r.Pages.Len())
		if in.words == nil {
			in.of = fmt.Sprintf("%d pages", in.sel.Len())
		}
	}
	pn.look.DrawHeading(&pn.canvas, a, in.title, in.of)
	if name, ok := strings.CutPrefix(in.title, "PAGE "); ok {
		pn.canvas.Text(a.X+5, a.Y, a.W-5, name, pn.look.Accent.Bold())
	}
}

// drawFields draws as many of the lines as there is room for. A value of which not all has
// room ends in an ellipsis.
func (pn *inspector) drawFields(fields []field, a canvas.Area) {
	for _, f := range fields {
		lines := canvas.Wrap(f.value, a.W-fieldIndent)
		for i, line := range lines {
			if a.H == 0 {
				return
			}
			if a.H == 1 {
				line = canvas.Fit(strings.Join(lines[i:], " "), a.W-fieldIndent)
			}
			var row canvas.Area
			row, a = a.CutTop(1)
			if i == 0 {
				pn.canvas.Text(row.X, row.Y, fieldIndent-1, f.name, pn.look.Dim)
			}
			pn.canvas.Text(row.X+fieldIndent, row.Y, row.W-fieldIndent, line, pn.look.Text)
		}
	}
}

// fieldIndent is where the values of the inspector begin.
const fieldIndent = 9

// selectionWords counts what the selected pages are, the commonest first.
func selectionWords(r *model.Region, sel model.Range) string {
	of := look.Count(r, sel)
	counts, locked := &of.Kinds, &of.Locked
	var parts []string
	if n := sel.Len(); n > 64 {
		var in int64
		for k, c := range counts {
			if look.Kind(k).InCore() {
				in += c
			}
		}
		parts = append(parts, shareWords(in, n)+" resident")
	}
	most := len(parts) + 4
	for len(parts) < most {
		best := -1
		for k, n := range counts {
			if n > 0 && (best < 0 || n > counts[best]) {
				best = k
			}
		}
		if best < 0 {
			break
		}
		parts = append(parts, fmt.Sprintf("%d %s", counts[best], look.Kind(best).Name()))
		counts[best] = 0
	}
	if n := locked[model.Locked]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d locked", n))
	}
	if n := locked[model.OnFault]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d locked on fault", n))
	}
	if n := locked[model.ShmLocked]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d under SHM_LOCK", n))
	}
	if n := of.Access[look.ReadOnly]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d read-only", n))
	}
	if n := of.Access[look.NoAccess]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d PROT_NONE", n))
	}
	return strings.Join(parts, ", ") + "."
}

// shareWords is a part of a whole in percent; neither none nor all but where it is.
func shareWords(n, of int64) string {
	switch percent := float64(n) / float64(of) * 100; {
	case n > 0 && percent < 1:
		return "under 1%"
	case n < of && percent > 99:
		return "over 99%"
	default:
		return fmt.Sprintf("%.0f%%", percent)
	}
}

// pageFields are the lines below the sentence, the most wanted first.
func (pn *inspector) pageFields(in *inspected, w int) []field {
	r, words := in.r, in.words
	off := uint64(in.page) * uint64(pn.proc().PageSize)
	addr := r.Base + off
	at := fmt.Sprintf("%#x", addr)
	is := " = " + r.Name
	if off > 0 {
		is += fmt.Sprintf("+%#x", off)
	}
	if canvas.Width(at+is)+fieldIndent <= w {
		at += is
	}
	vma := pn.vmaOf(r, addr, w-fieldIndent)
	fields := []field{{"lock", words[1]}}
	if len(words) > 2 {
		fields = append(fields, field{"access", words[2]})
	}
	if !in.pg.Has(model.InVMA) || in.pg.Has(model.Guard) { // neither has a lock to speak of
		fields[0].name = "access"
	}
	fields = append(fields, field{"address", at}, field{"vma", vma}, field{"kernel", mappingWords(in.pg)})
	fields = append(fields, frameFields(pn.frameOf(r, in.page))...)
	if f := &fields[len(fields)-1]; f.name == "bytes" && canvas.Width(f.value)+fieldIndent > w {
		f.value = strings.Replace(f.value, "looking would fault it in", "looking faults", 1)
	}
	if changed := r.Changed.At(in.page); changed > 0 {
		fields = append(fields, field{"changed", fmt.Sprintf("at %.3f s", changed.Seconds())})
	}
	return fields
}

// selectionFields are the lines below what the selected pages are.
func (pn *inspector) selectionFields(r *model.Region, sel model.Range) []field {
	ps := uint64(pn.proc().PageSize)
	span := model.Span{Addr: r.Base + uint64(sel.Lo)*ps, Len: uint64(sel.Len()) * ps}
	vmas := pn.proc().VMAsIn(span)
	var prots []string
	for i := range vmas {
		if s := vmaFlags(&vmas[i]); !slices.Contains(prots, s) && len(prots) < 4 {
			prots = append(prots, s)
		}
	}
	list := "none"
	if len(vmas) > 0 {
		list = fmt.Sprintf("%d: %s", len(vmas), strings.Join(prots, ", "))
	}
	return []field{
		{"address", fmt.Sprintf("%#x", span.Addr)},
		{"length", fmt.Sprintf("%d bytes, %s", span.Len, model.FormatBytes(int64(span.Len)))},
		{"vmas", list},
	}
}

// mappingWords is the mapping axis, word by word, and mincore's answer.
func mappingWords(p model.Page) string {
	mincore := [...]string{"mincore not asked", "mincore 0", "mincore 1", "mincore means nothing"}[p.Residency&3]
	if !p.Has(model.InVMA) {
		return "none"
	}
	out := []string{mincore}
	for _, w := range []struct {
		bit  model.Mapping
		word string
	}{{model.Mapped, "mapped"}, {model.Swapped, "swapped"}, {model.ZeroPage, "zero page"}, {model.Huge, "huge"},
		{model.Guard, "guard"}, {model.File, "file"}, {model.Exclusive, "exclusive"}, {model.Shared, "shared"},
		{model.MaybeHuge, "huge or not"}, {model.MaybeZero, "zero page or not"}, {model.MaybeGuard, "guard or not"}, {model.Unread, "page table not read"}} {
		if p.Has(w.bit) {
			out = append(out, w.word)
		}
	}
	if p.Mapping&(model.Mapped|model.Swapped|model.Guard|model.Unread) == 0 {
		out = append(out, "not mapped")
	}
	return strings.Join(out, ", ")
}
