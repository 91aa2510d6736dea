package panel

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
	"incore/ui/scene"
)

// shortWords returns a page in as few words as the legend has.
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
	return ProtFlags(p.Prot) + " " + s
}

// ProtFlags returns a protection as /proc/PID/maps writes it: rw-.
func ProtFlags(p model.Prot) string {
	flags := []byte("---")
	for i, c := range []byte("rwx") {
		if p&(1<<i) != 0 {
			flags[i] = c
		}
	}
	return string(flags)
}

// Field is one line of the inspector.
type Field struct {
	Name  FieldName // the word at the left
	Value string    // what stands behind it
}

// FieldName is what a line of the inspector is about, as it stands before its value.
type FieldName string

// The lines about a page, and those about selected pages.
const (
	FieldLock    FieldName = "lock"
	FieldAccess  FieldName = "access"
	FieldAddress FieldName = "address"
	FieldVMA     FieldName = "vma"
	FieldKey     FieldName = "key"
	FieldSegment FieldName = "segment"
	FieldKernel  FieldName = "kernel"
	FieldFrame   FieldName = "frame"
	FieldFlags   FieldName = "flags"
	FieldLazy    FieldName = "lazy"
	FieldPagemap FieldName = "pagemap"
	FieldBytes   FieldName = "bytes"
	FieldChanged FieldName = "changed"
	FieldTouched FieldName = "touched"
	FieldLength  FieldName = "length"
	FieldVMAs    FieldName = "vmas"
)

// Inspected is what the inspector is about: the page under the cursor, or the selected pages.
type Inspected struct {
	R     *model.Region // never nil
	Page  int64         // the index in R of the page under the cursor
	Sel   model.Range   // the selected pages of R, or those of the cell under the cursor
	pg    model.Page
	title string
	of    string   // which page of how many
	Head  string   // what it is, in words
	Words []string // all of the page's words; nil of a selection
}

// Inspected returns what the inspector is about in the current region.
func (pn *Inspector) Inspected(r *model.Region) Inspected {
	in := Inspected{R: r, Page: pn.Focus.Here().Cursor, Sel: pn.Focus.Selection()}
	n := r.Pages.Len()
	if pn.Focus.Selecting || pn.Focus.Cell > 1 {
		in.title = "CELL "
		if pn.Focus.Selecting {
			in.title = "SELECTED "
		}
		in.title += model.PagesOf(r, in.Sel).String()
		in.of = fmt.Sprintf("%d of %d pages", in.Sel.Len(), n)
		in.Head = selectionWords(r, in.Sel)
		return in
	}
	in.pg = r.Pages.At(in.Page)
	if f := pn.FrameOf(r, in.Page); f != nil && in.pg.Has(model.Mapped) && !in.pg.Has(model.Exclusive) && !in.pg.Has(model.Shared) {
		in.pg.Mapping |= f.Sharing() // of the page under the cursor it is always asked
	}
	in.Words = in.pg.WordsOn(pn.State, r.RegionInfo, r.MayFault(in.Page))
	if r.PastEnd(in.Page, pn.Proc().PageSize) {
		in.Words = in.pg.WordsPastEnd(r.RegionInfo)
	}
	in.title = fmt.Sprintf("PAGE %s[%d]", pn.Named(pn.Proc().Name, r.Name), in.Page)
	in.of = fmt.Sprintf("page %d of %d", in.Page, n)
	in.Head = scene.Capital(in.Words[0])
	return in
}

// Inspector draws what is known of the page under the cursor, or of the selected pages.
type Inspector struct {
	*scene.Scene
	Area    canvas.Area // the cells that it draws in
	Compact bool        // it has one row, without a heading
}

// Draw draws the page under the cursor in words, then its address, its VMA and its axes. Of selected pages it
// draws what they have in common. It takes one row if there is no room for a heading, and three if there is
// none for the lines below it.
func (pn *Inspector) Draw() {
	a, r := pn.Area, pn.Region()
	if a.Empty() || r == nil {
		return
	}
	in := pn.Inspected(r)
	pn.Clickable(a, func(h scene.Clicks) tea.Cmd { h.Inspect(); return nil })
	flat := a.H < 5
	switch {
	case pn.Compact:
		pn.Canvas.Text(a.X, a.Y, a.W, pn.compactPage(&in), pn.Look.Text)
		return
	case flat && in.Words != nil:
		pn.flatten(&in, a.W)
	}
	lines := canvas.Wrap(in.Head, a.W)
	if flat && len(lines) > 1 {
		lines = []string{canvas.Truncate(in.Head, a.W)}
	}
	var fields []Field
	switch {
	case flat:
	case in.Words == nil:
		fields = pn.SelectionFields(r, in.Sel)
	default:
		fields = pn.PageFields(&in, a.W)
		if !reaches(fields, FieldFrame, a.W, a.H-1-len(lines)) {
			in.withFrame(pn.FrameOf(r, in.Page), a.W)
		}
	}
	pn.DrawPageHeading(&in, a.Row(0))
	_, a = a.CutTop(1)
	for _, line := range lines {
		pn.Canvas.Text(a.X, a.Y, a.Row(0).W, line, pn.Look.Text.Bold())
		_, a = a.CutTop(1)
	}
	if flat && in.Words != nil {
		pn.Canvas.Text(a.X, a.Y, a.Row(0).W, scene.Capital(in.Words[len(in.Words)-1]), pn.Look.Dim)
	}
	pn.DrawFields(fields, a)
}

// withFrame puts the number of the frame beside the page's, where there is room for it.
func (in *Inspected) withFrame(f *model.Frame, w int) {
	pfn := pfnWord(f)
	for _, of := range []string{canvas.Join("  ", pfn, in.of), canvas.Join("  ", fmt.Sprintf("of %d", in.R.Pages.Len()), pfn)} {
		if pfn != "" && canvas.Width(in.title)+3+canvas.Width(of) <= w {
			in.of = of
			return
		}
	}
}

// reaches reports whether so many rows have room for the field of that name.
func reaches(fields []Field, name FieldName, w, rows int) bool {
	for _, f := range fields {
		if f.Name == name {
			return rows > 0
		}
		rows -= len(canvas.Wrap(f.Value, w-FieldIndent))
	}
	return false
}

// compactPage returns all of it in one row.
func (pn *Inspector) compactPage(in *Inspected) string {
	if in.Words == nil {
		return fmt.Sprintf("%s: %s", model.PagesOf(in.R, in.Sel), in.Head)
	}
	words := shortWords(in.pg, look.PrivateAnon(in.R))
	if pn.Plan.Size == scene.SizeSmall { // there the title says which page it is
		return words
	}
	return fmt.Sprintf("%s[%d] of %d  %s", pn.Named(pn.Proc().Name, in.R.Name), in.Page, in.R.Pages.Len(), words)
}

// flatten puts what has no line of its own in three rows into the first two.
func (pn *Inspector) flatten(in *Inspected, w int) {
	in.withFrame(pn.FrameOf(in.R, in.Page), w)
	addr := fmt.Sprintf("%#x", in.R.Base+uint64(in.Page)*uint64(pn.Proc().PageSize))
	for _, of := range []string{canvas.Join("  ", addr, ProtFlags(in.pg.Prot), in.of), canvas.Join("  ", ProtFlags(in.pg.Prot), in.of)} {
		if canvas.Width(in.title)+3+canvas.Width(of) <= w {
			in.of = of
			break
		}
	}
	if len(in.Words) > 2 {
		in.Head += ", " + in.Words[1]
	}
}

// DrawPageHeading draws which page it is, or which pages.
func (pn *Inspector) DrawPageHeading(in *Inspected, a canvas.Area) {
	if canvas.Width(in.title)+3+canvas.Width(in.of) > a.W {
		in.of = fmt.Sprintf("of %d", in.R.Pages.Len())
		if in.Words == nil {
			in.of = fmt.Sprintf("%d pages", in.Sel.Len())
		}
	}
	in.title = canvas.FitName(in.title, a.W)
	pn.Look.DrawHeading(&pn.Canvas, a, in.title, in.of)
	if name, ok := strings.CutPrefix(in.title, "PAGE "); ok {
		pn.Canvas.Text(a.X+5, a.Y, a.W-5, name, pn.Look.Accent.Bold())
	}
}

// DrawFields draws as many of the fields as there is room for. A value that is cut ends in an ellipsis.
func (pn *Inspector) DrawFields(fields []Field, a canvas.Area) {
	for _, f := range fields {
		lines := canvas.Wrap(f.Value, a.W-FieldIndent)
		for i, line := range lines {
			if a.H == 0 {
				return
			}
			if a.H == 1 {
				line = canvas.Fit(strings.Join(lines[i:], " "), a.W-FieldIndent)
			}
			var row canvas.Area
			row, a = a.CutTop(1)
			if i == 0 {
				pn.Canvas.Text(row.X, row.Y, FieldIndent-1, string(f.Name), pn.Look.Dim)
			}
			pn.Canvas.Text(row.X+FieldIndent, row.Y, row.W-FieldIndent, line, pn.Look.Text)
		}
	}
}

// FieldIndent is the column at which the values of the inspector begin.
const FieldIndent = 9

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

// shareWords returns a part of a whole in percent; neither none nor all but where it is.
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

// PageFields returns the fields of a page, below its words. The most wanted come first.
func (pn *Inspector) PageFields(in *Inspected, w int) []Field {
	r, words := in.R, in.Words
	off := uint64(in.Page) * uint64(pn.Proc().PageSize)
	addr := r.Base + off
	at := fmt.Sprintf("%#x", addr)
	is := " = " + r.Name
	if off > 0 {
		is += fmt.Sprintf("+%#x", off)
	}
	if canvas.Width(at+is)+FieldIndent <= w {
		at += is
	}
	vma := pn.vmaOf(r, addr, w-FieldIndent)
	fields := []Field{{FieldLock, words[1]}}
	if len(words) > 2 {
		fields = append(fields, Field{FieldAccess, words[2]})
	}
	if !in.pg.Has(model.InVMA) || in.pg.Has(model.Guard) { // neither has a lock to speak of
		fields[0].Name = FieldAccess
	}
	fields = append(fields, Field{FieldAddress, at}, Field{FieldVMA, vma})
	if words := pn.keyOf(addr); words != "" {
		fields = append(fields, Field{FieldKey, words})
	}
	if r.Segment != (model.Segment{}) {
		fields = append(fields, Field{FieldSegment, r.Segment.String()})
	}
	fields = append(fields, Field{FieldKernel, mappingWords(in.pg)})
	fields = append(fields, frameFields(pn.FrameOf(r, in.Page))...)
	if f := &fields[len(fields)-1]; f.Name == FieldBytes && canvas.Width(f.Value)+FieldIndent > w {
		f.Value = strings.Replace(f.Value, "looking would fault it in", "looking faults", 1)
	}
	if changed := r.Changed.At(in.Page); changed > 0 {
		text := fmt.Sprintf("at %.3f s", changed.Seconds())
		if r.ChangedBlock > 1 {
			text += fmt.Sprintf(", or one of %d pages did", r.ChangedBlock)
		}
		fields = append(fields, Field{FieldChanged, text})
	}
	return fields
}

// SelectionFields returns the fields of the selected pages, below their words.
func (pn *Inspector) SelectionFields(r *model.Region, sel model.Range) []Field {
	ps := uint64(pn.Proc().PageSize)
	span := model.Span{Addr: r.Base + uint64(sel.Lo)*ps, Len: uint64(sel.Len()) * ps}
	vmas := pn.Proc().VMAsIn(span)
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
	return []Field{
		{FieldAddress, fmt.Sprintf("%#x", span.Addr)},
		{FieldLength, fmt.Sprintf("%d bytes, %s", span.Len, model.FormatBytes(int64(span.Len)))},
		{FieldVMAs, list},
	}
}

// mappingWords returns the mapping axis, word by word, and mincore's answer.
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
