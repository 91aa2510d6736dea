package ui

import (
	"fmt"
	"strings"

	"incore/model"
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
	k := kindOf(p, anon)
	s := kindNames[k]
	if k == kindHole || k == kindNotAsked {
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

// drawPage draws the inspector: the page under the cursor in words, then address,
// VMA and axes; where pages are selected, what they have in common.
func (m *Model) drawPage() {
	a, th, c := m.lay.page, m.theme, &m.canvas
	r := m.region()
	if a.empty() || r == nil {
		return
	}
	sel := m.view.selection()
	cur := m.view.here().cursor
	pg := r.Pages.At(cur)
	words := pg.Words(r.RegionInfo, m.several())
	head := capital(words[0])
	name := m.named(m.proc().Name, r.Name)
	title, of := fmt.Sprintf("PAGE %s[%d]", name, cur), fmt.Sprintf("page %d of %d", cur, r.Pages.Len())
	if m.view.selecting {
		title = "SELECTED " + model.PagesOf(r, sel).String()
		of = fmt.Sprintf("%d of %d pages", sel.Len(), r.Pages.Len())
		head, words = selectionWords(r, sel), nil
	}
	if m.lay.compact {
		if m.view.selecting {
			head = fmt.Sprintf("%s: %s", model.PagesOf(r, sel), head)
		} else {
			head = shortWords(pg, privateAnon(r))
			if m.lay.size != sizeSmall { // there the title says which page it is
				head = fmt.Sprintf("%s[%d] of %d  %s", name, cur, r.Pages.Len(), head)
			}
		}
		c.text(a.x, a.y, a.w, head, th.text)
		return
	}
	flat := a.h < 5
	if flat && !m.view.selecting {
		of = join("  ", fmt.Sprintf("%#x", r.Base+uint64(cur)*uint64(m.proc().PageSize)), protFlags(pg.Prot), of)
		if len(words) > 2 {
			head += ", " + words[1]
		}
	}
	if textWidth(title)+3+textWidth(of) > a.w {
		of = fmt.Sprintf("of %d", r.Pages.Len())
		if m.view.selecting {
			of = fmt.Sprintf("%d pages", sel.Len())
		}
	}
	c.heading(a.row(0), th, title, of)
	if !m.view.selecting {
		c.text(a.x+5, a.y, a.w-5, title[5:], th.accent.bold())
	}
	_, a = a.cutTop(1)
	lines := wrap(head, a.w)
	if flat && len(lines) > 1 {
		lines = []string{truncate(head, a.w)}
	}
	for i := 0; i < len(lines) && a.h > 0; i++ {
		var row area
		row, a = a.cutTop(1)
		c.text(row.x, row.y, row.w, lines[i], th.text.bold())
	}
	if flat {
		if words != nil {
			c.text(a.x, a.y, a.row(0).w, capital(words[len(words)-1]), th.dim)
		}
		return
	}
	fields := m.selectionFields(r, sel)
	if !m.view.selecting {
		fields = m.pageFields(r, cur, pg, words, a)
	}
	for _, f := range fields {
		for i, line := range wrap(f.value, a.w-fieldIndent) {
			if a.h == 0 {
				return
			}
			var row area
			row, a = a.cutTop(1)
			if i == 0 {
				c.text(row.x, row.y, fieldIndent-1, f.name, th.dim)
			}
			c.text(row.x+fieldIndent, row.y, row.w-fieldIndent, line, th.text)
		}
	}
}

// fieldIndent is where the values of the inspector begin.
const fieldIndent = 9

// selectionWords counts what the selected pages are, the commonest first.
func selectionWords(r *model.Region, sel model.Range) string {
	counts, locked := count(r, sel)
	var parts []string
	for len(parts) < 4 {
		best := -1
		for k, n := range counts {
			if n > 0 && (best < 0 || n > counts[best]) {
				best = k
			}
		}
		if best < 0 {
			break
		}
		parts = append(parts, fmt.Sprintf("%d %s", counts[best], kindNames[best]))
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
	return strings.Join(parts, ", ") + "."
}

// pageFields are the lines below the sentence, the most wanted first.
func (m *Model) pageFields(r *model.Region, cur int64, pg model.Page, words []string, a area) []field {
	ps := uint64(m.proc().PageSize)
	addr := r.Base + uint64(cur)*ps
	at := fmt.Sprintf("%#x", addr)
	off := " = " + r.Name
	if cur > 0 {
		off += fmt.Sprintf("+%#x", uint64(cur)*ps)
	}
	if textWidth(at+off)+fieldIndent <= a.w {
		at += off
	}
	vma := m.vmaOf(r, addr, a.w-fieldIndent)
	fields := []field{{"lock", words[1]}}
	if len(words) > 2 {
		fields = append(fields, field{"access", words[2]})
	}
	if len(words) < 3 {
		fields = []field{{"access", words[1]}}
	}
	fields = append(fields, field{"address", at}, field{"vma", vma}, field{"kernel", mappingWords(pg)})
	if changed := r.Changed.At(cur); changed > 0 {
		fields = append(fields, field{"changed", fmt.Sprintf("at %.3f s", changed.Seconds())})
	}
	return fields
}

// selectionFields are the lines below what the selected pages are.
func (m *Model) selectionFields(r *model.Region, sel model.Range) []field {
	ps := uint64(m.proc().PageSize)
	span := model.Span{Addr: r.Base + uint64(sel.Lo)*ps, Len: uint64(sel.Len()) * ps}
	vmas := m.proc().VMAsIn(span)
	var prots []string
	for i := range vmas {
		if s := vmaFlags(&vmas[i]); !contains(prots, s) && len(prots) < 4 {
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
		{model.Guard, "guard"}, {model.File, "file"}, {model.Exclusive, "exclusive"}, {model.Shared, "shared"}} {
		if p.Has(w.bit) {
			out = append(out, w.word)
		}
	}
	if !p.Has(model.Mapped) && !p.Has(model.Swapped) && !p.Has(model.Guard) {
		out = append(out, "not mapped")
	}
	return strings.Join(out, ", ")
}

// vmaOf is the line of /proc/PID/maps that covers addr, its addresses counted in
// pages of the region, where it fits in w columns.
func (m *Model) vmaOf(r *model.Region, addr uint64, w int) string {
	vmas := m.proc().VMAsIn(model.Span{Addr: addr, Len: 1})
	if len(vmas) == 0 {
		return ""
	}
	v := &vmas[0]
	s := fmt.Sprintf("%s %s", m.vmaPages(r, v), vmaFlags(v))
	if long := fmt.Sprintf("%x-%x %s", v.Start, v.End, vmaFlags(v)); textWidth(long) <= w {
		s = long
	}
	if all := m.proc().VMAsIn(r.Span()); len(all) > 1 {
		if more := fmt.Sprintf("%s, one of %d", s, len(all)); textWidth(more) <= w {
			s = more
		}
	}
	return s
}

// vmaPages is what of the region a VMA covers; VMAs can reach past the region,
// where the kernel merged it with a neighbour.
func (m *Model) vmaPages(r *model.Region, v *model.VMA) string {
	ps := uint64(m.proc().PageSize)
	lo, hi := max(v.Start, r.Base), min(v.End, r.Base+r.Len)
	if ps == 0 || hi <= lo {
		return ""
	}
	t := model.Target{Form: model.PageSpan, Region: r.Name, First: int64((lo - r.Base) / ps), Last: int64((hi-r.Base+ps-1)/ps) - 1}
	return t.String()
}

// vmaFlags is the protection and sharing as maps writes them, and the lock flags of smaps.
func vmaFlags(v *model.VMA) string {
	s := protFlags(v.Prot)
	if v.Shared {
		s += "s"
	} else {
		s += "p"
	}
	switch v.Lock {
	case model.Locked:
		s += " lo"
	case model.OnFault:
		s += " lo lf"
	}
	return s
}

// drawVMAs lists the VMAs that the kernel holds for the region: a lock or a
// protection of a part splits one into several.
func (m *Model) drawVMAs() {
	a, th, c := m.lay.vmas, m.theme, &m.canvas
	r := m.region()
	if a.h < 2 || r == nil {
		return
	}
	vmas := m.proc().VMAsIn(r.Span())
	c.heading(a.row(0), th, "VMAS OF "+m.named(m.proc().Name, r.Name), fmt.Sprint(len(vmas)))
	_, a = a.cutTop(1)
	cur := r.Base + uint64(m.view.here().cursor)*uint64(m.proc().PageSize)
	first := 0
	for i := range vmas {
		if vmas[i].Start <= cur && cur < vmas[i].End {
			first = clamp(i-a.h/2, 0, max(0, len(vmas)-a.h))
		}
	}
	for i := 0; i < a.h && first+i < len(vmas); i++ {
		v, y := &vmas[first+i], a.y+i
		st := th.text
		if v.Start <= cur && cur < v.End {
			c.set(a.x, y, th.marker, th.accent)
			st = th.heading
		}
		x := a.x + 2
		w := clamp(a.w-2-1-11-7-12, 10, 24)
		c.text(x, y, w, m.vmaPages(r, v), st)
		x += w + 1
		c.text(x, y, a.x+a.w-x, vmaFlags(v), lockStyle(th, v.Lock))
		x += 11
		c.textRight(x, y, 6, model.FormatBytes(int64(v.End-v.Start)), th.dim)
		x += 7
		c.textRight(x, y, a.x+a.w-x, fmt.Sprintf("%x", v.Start), th.mute)
	}
}

func lockStyle(th *theme, l model.Lock) style {
	if l == model.Unlocked {
		return th.text
	}
	return style{fg: th.lids[l]}
}
