package ui

import (
	"fmt"
	"strings"

	"incore/model"
)

// drawTitle draws the name, what runs where, and at the right whether it lives.
func (m *Model) drawTitle() {
	a, th, c := m.lay.title, m.theme, &m.canvas
	if a.empty() {
		return
	}
	mark, text, st := m.indicator()
	room := a.w
	text = truncate2(text, max(8, a.w/2))
	n := textWidth(text) + 2
	if n <= a.w {
		x := a.x + a.w - n
		c.set(x, a.y, mark, st)
		c.text(x+2, a.y, n-2, text, st)
		room -= n + 2
	}
	x := a.x + m.drawLogo(a.x, a.y, room)
	end := a.x + room
	if m.lay.size == sizeSmall {
		m.drawSmallTitle(x, a.y, end-x)
		return
	}
	p := &m.state.Proc
	if p.PID == 0 {
		return
	}
	right := model.FormatBytes(p.PageSize) + " pages"
	for _, s := range []string{fmt.Sprintf("pid %d", p.PID), m.state.User, "Linux " + m.state.Kernel} {
		if n := textWidth(s); n > 0 && x+n <= end {
			x += c.text(x, a.y, end-x, s, th.dim) + 2
		}
	}
	if x+textWidth(right) <= end {
		c.textRight(x, a.y, end-x, right, th.dim)
	}
}

// truncate2 cuts s only where it is too long.
func truncate2(s string, w int) string {
	if textWidth(s) > w {
		return truncate(s, w)
	}
	return s
}

// drawLogo draws a tank with a lid and the name, and returns the columns taken.
func (m *Model) drawLogo(x, y, w int) int {
	th, c := m.theme, &m.canvas
	lk := th.looks[kindAnon][model.Locked][writable]
	if th.ascii {
		lk = look{{'#', th.heading}, {'#', th.heading}}
	}
	if w < 9 {
		return 0
	}
	c.set(x, y, lk[0].r, lk[0].style)
	c.set(x+1, y, lk[1].r, lk[1].style)
	return 3 + c.text(x+3, y, w-3, "incore", th.heading) + 2
}

// drawSmallTitle names the region, for it has no heading in a small terminal.
func (m *Model) drawSmallTitle(x, y, w int) {
	r := m.region()
	if r == nil {
		return
	}
	n := r.Pages.Len()
	at := m.view.of(r.Name).cursor
	for _, s := range []string{fmt.Sprintf("%s[%d] of %d pages", r.Name, at, n), fmt.Sprintf("%s[%d] of %d", r.Name, at, n),
		fmt.Sprintf("%s[%d]", r.Name, at), r.Name} {
		if textWidth(s) <= w {
			m.canvas.text(x, y, w, s, m.theme.text)
			return
		}
	}
}

// indicator says whether the subject lives and what it does.
func (m *Model) indicator() (rune, string, style) {
	th, s := m.theme, &m.state
	switch {
	case s.Proc.Death != nil:
		return th.dead, s.Proc.Death.String(), th.fail
	case s.Proc.PID == 0:
		return th.live, "starting", th.dim
	case s.Running.Command != "":
		text := s.Running.Command
		if s.Running.Queued > 0 {
			text = fmt.Sprintf("%d queued · %s", s.Running.Queued, text)
		}
		return th.live, "busy: " + text, th.gold
	}
	return th.live, "live", th.ok
}

// drawBanner says that the subject is gone and what to do.
func (m *Model) drawBanner() {
	a, d := m.lay.banner, m.state.Proc.Death
	if a.empty() || d == nil {
		return
	}
	for _, s := range []string{
		fmt.Sprintf("The subject was %s. What was seen stays. Press R or type reset for a fresh one.", past(d)),
		fmt.Sprintf("The subject was %s. Press R for a fresh one.", past(d)),
		fmt.Sprintf("%s: R for a fresh one", d),
		d.String(),
	} {
		if textWidth(s)+2 <= a.w {
			m.canvas.fill(a.x, a.y, a.w, ' ', m.theme.banner)
			m.canvas.text(a.x+1, a.y, a.w-2, s, m.theme.banner)
			return
		}
	}
}

// past is how the subject ended, to follow "was".
func past(d *model.Died) string {
	if d.Signal == "" {
		return fmt.Sprintf("ended: it %s", d)
	}
	return d.String()
}

// drawStatus draws the prompt line and the line of what there is to say; in the
// palette and the menus these are theirs.
func (m *Model) drawStatus() {
	l, th, c := &m.lay, m.theme, &m.canvas
	switch m.mode {
	case modePalette:
		m.drawPalette()
		return
	case modeMenu:
		m.drawMenu()
		return
	}
	small := l.size == sizeSmall
	if a := l.prompt; !a.empty() && !small {
		x := a.x
		c.set(x, a.y, th.prompt, th.accent)
		if m.asked == "" {
			c.text(x+2, a.y, a.w-2, "what a key does is shown here as a command", th.mute)
		} else {
			c.text(x+2, a.y, a.w-2, m.asked, th.text)
		}
	}
	if m.status.text == "" {
		return
	}
	a := l.status
	if small {
		a = l.prompt
		c.fill(a.x, a.y, a.w, ' ', style{})
	}
	st := th.dim
	if m.status.bad {
		st = th.fail
	}
	c.text(a.x, a.y, a.w, m.status.text, st)
}

// drawKeys draws as many keys of the mode as fit.
func (m *Model) drawKeys() {
	a, th, c := m.lay.keys, m.theme, &m.canvas
	if a.empty() || m.lay.size == sizeSmall && (m.mode == modePalette || m.mode == modeMenu) {
		return
	}
	x := a.x
	for _, k := range keyLine(m.mode, th, a.w, m.state.Proc.Death != nil) {
		x += c.text(x, a.y, a.x+a.w-x, k.show, th.key) + 1
		x += c.text(x, a.y, a.x+a.w-x, k.word, th.dim) + keysApart
	}
}

// drawRegions lists the regions, each with a strip of what it holds.
func (m *Model) drawRegions() {
	a, th, c := m.lay.regions, m.theme, &m.canvas
	if a.empty() {
		return
	}
	regions := m.state.Proc.Regions
	c.heading(a.row(0), th, "REGIONS", fmt.Sprint(len(regions)))
	_, list := a.cutTop(1)
	first := m.firstListed(list.h)
	nameW := 4
	for i := range regions {
		nameW = max(nameW, min(textWidth(regions[i].Name), a.w/3))
	}
	for i := 0; i < list.h && first+i < len(regions); i++ {
		r := &regions[first+i]
		y, x := list.y+i, a.x
		st := th.text
		if r.Name == m.view.current {
			c.set(x, y, th.marker, th.accent)
			st = th.heading
		}
		c.text(x+2, y, nameW, r.Name, st)
		x += 2 + nameW + 1
		if a.w >= 26 {
			c.textRight(x, y, 6, model.FormatBytes(int64(r.Len)), th.dim)
			x += 7
		}
		for j, k := range m.tallyOf(r, a.x+a.w-x).strip {
			c.set(x+j, y, k.r, k.style)
		}
	}
}

// firstListed is the first region of the list when it has room for n.
func (m *Model) firstListed(n int) int {
	return max(0, min(m.view.index-n/2, len(m.state.Proc.Regions)-n))
}

// drawMeters draws what the process as a whole has, and the faults it took.
func (m *Model) drawMeters() {
	a := m.lay.meters
	if a.empty() || m.state.Proc.PID == 0 {
		return
	}
	s, lim := m.state.Proc.Stat, m.state.Proc.Limits
	rss := meter{label: "RSS", value: model.FormatBytes(s.RSS), style: m.theme.ok, part: s.RSS, whole: s.VmSize}
	if s.VmSize > 0 {
		rss.more = " of " + model.FormatBytes(s.VmSize) + " mapped"
	}
	lock := meter{label: "VmLck", value: model.FormatBytes(s.VmLck), style: m.theme.gold, part: s.VmLck, whole: lim.MemlockSoft}
	switch {
	case lim.IPCLock:
		lock.whole = 0
		lock.more = " no limit (CAP_IPC_LOCK)"
	case lim.MemlockSoft == model.Unlimited:
		lock.whole = 0
		lock.more = " of unlimited"
	default:
		lock.more = " of " + model.FormatBytes(lim.MemlockSoft)
	}
	major := m.theme.text
	if s.Major > 0 {
		major = m.theme.fail
	}
	all := []meter{rss, lock,
		{label: "faults", value: fmt.Sprint(s.Minor), more: " minor", style: m.theme.accent},
		{value: fmt.Sprint(s.Major), more: " major", style: major}}
	if s.Swap > 0 {
		all = append(all, meter{label: "swap", value: model.FormatBytes(s.Swap), style: style{fg: m.theme.kinds[kindSwapped]}})
	}
	m.drawMeterRow(a, all)
}

// meter is one figure of the meter row, with a bar where whole is known.
type meter struct {
	label, value, more string
	part, whole        int64
	style              style
}

func (k meter) width(more bool) int {
	n := textWidth(k.value)
	if k.label != "" {
		n += textWidth(k.label) + 1
	}
	if more {
		n += textWidth(k.more)
	}
	return n
}

// drawMeterRow fits the meters into the row: first without bars, then without the
// words behind the figures, then fewer of them. What room is left goes to the bars.
func (m *Model) drawMeterRow(a area, all []meter) {
	th, c := m.theme, &m.canvas
	const apart = 3
	total := func(more bool) (n, bars int) {
		for i, k := range all {
			n += k.width(more || k.label == "" || k.label == "faults")
			if i > 0 {
				n += apart
			}
			if k.whole > 0 {
				bars++
			}
		}
		return n, bars
	}
	more := true
	n, bars := total(true)
	if n > a.w {
		more = false
		n, bars = total(false)
	}
	for n > a.w && len(all) > 1 {
		all = all[:len(all)-1]
		n, bars = total(false)
	}
	bar := 0
	if bars > 0 {
		bar = min(20, (a.w-n)/bars-1)
	}
	if bar < 4 {
		bar = 0
	}
	x := a.x
	for i, k := range all {
		if i > 0 {
			x += apart
		}
		if k.label != "" {
			x += c.text(x, a.y, a.x+a.w-x, k.label, th.dim) + 1
		}
		if k.whole > 0 && bar > 0 {
			m.drawBar(x, a.y, bar, k)
			x += bar + 1
		}
		st := th.text
		if k.whole == 0 && k.part == 0 && k.label != "VmLck" {
			st = k.style
		}
		x += c.text(x, a.y, a.x+a.w-x, k.value, st)
		if more || k.label == "" || k.label == "faults" {
			x += c.text(x, a.y, a.x+a.w-x, k.more, th.dim)
		}
	}
	m.drawFaultHistory(area{x + apart, a.y, a.x + a.w - x - apart, 1})
}

func (m *Model) drawBar(x, y, w int, k meter) {
	full := 0
	if k.part > 0 {
		full = clamp(int(float64(k.part)/float64(k.whole)*float64(w)+0.5), 1, w)
	}
	for i := range w {
		if i < full {
			m.canvas.set(x+i, y, m.theme.barFull, k.style)
		} else {
			m.canvas.set(x+i, y, m.theme.barEmpty, m.theme.rule)
		}
	}
}

// drawFaultHistory is a sparkline of the faults of each of the last calls, the
// newest at the right: heights are logarithmic, major faults stand out.
func (m *Model) drawFaultHistory(a area) {
	const label = "per call "
	w := min(a.w-len(label), 40)
	if w < 8 {
		return
	}
	var calls []*model.Event
	for i := len(m.state.Events) - 1; i >= 0 && len(calls) < w; i-- {
		if e := &m.state.Events[i]; e.Call != "" {
			calls = append(calls, e)
		}
	}
	if len(calls) == 0 {
		return
	}
	x := a.x + m.canvas.text(a.x, a.y, a.w, label, m.theme.mute)
	for i, e := range calls {
		n := e.Minor + e.Major
		level, st := 0, m.theme.accent
		for v := n; v > 0 && level < 6; v /= 4 {
			level++
		}
		r := m.theme.levels[level]
		switch {
		case n == 0:
			r, st = m.theme.levels[0], m.theme.rule
		case e.Major > 0:
			st = m.theme.fail
		}
		m.canvas.set(x+len(calls)-1-i, a.y, r, st)
	}
}

// drawLegend explains what the frame shows, and nothing else.
func (m *Model) drawLegend(s *seen) {
	a, th := m.lay.legend, m.theme
	if a.empty() {
		return
	}
	items := m.legendItems(s)
	if m.lay.inline {
		m.drawLegendRow(a, items)
		return
	}
	if a.h < 2 {
		return
	}
	counted := m.lay.size == sizeThree && m.region() != nil
	right := ""
	if counted {
		right = "pages of " + m.view.current
	}
	if len(items) < a.h || a.w >= 36 {
		m.canvas.heading(a.row(0), th, "LEGEND", right)
		_, a = a.cutTop(1)
	}
	cols := 1
	if a.w >= 36 && len(items) > 1 && !counted {
		cols = 2
	}
	w := a.w / cols
	for i, it := range items {
		row := i / cols
		if row >= a.h {
			return
		}
		if row == a.h-1 && len(items) > cols*a.h {
			m.canvas.text(a.x+1, a.y+row, a.w-1, "…   and more: ?", th.mute)
			return
		}
		x := a.x + i%cols*w
		m.drawLegendItem(x, a.y+row, w, it)
		if counted && it.count >= 0 {
			m.canvas.textRight(x+20, a.y+row, a.w-20, fmt.Sprint(it.count), th.text)
		}
	}
}

// legendItem is one state with its cell; count is how many pages of the current
// region are in it, -1 where that is not counted.
type legendItem struct {
	look  look
	lock  model.Lock
	word  string
	count int64
}

func (m *Model) legendItems(s *seen) []legendItem {
	th := m.theme
	var t tally
	if r := m.region(); r != nil {
		t = *m.tallyOf(r, len(m.view.of(r.Name).tally.strip))
	}
	var items []legendItem
	for _, k := range legendOrder {
		if s.kinds[k] {
			items = append(items, legendItem{th.looks[k][model.Unlocked][writable], model.Unlocked, kindNames[k], t.counts[k]})
		}
	}
	locked := func(k kind, l model.Lock, word string, n int64) {
		items = append(items, legendItem{th.looks[k][l][writable], l, word, n})
	}
	if s.locked[model.Locked] {
		locked(kindAnon, model.Locked, "locked", t.locked[model.Locked])
	}
	if s.empty[model.Locked] {
		locked(kindAbsent, model.Locked, "locked, absent", -1)
	}
	if s.locked[model.OnFault] {
		locked(kindAnon, model.OnFault, "fault-locked", t.locked[model.OnFault])
	}
	if s.empty[model.OnFault] {
		locked(kindAbsent, model.OnFault, "lock on fault", -1)
	}
	if s.access[readOnly] {
		items = append(items, legendItem{th.looks[s.sample[readOnly]][0][readOnly], 0, "read-only", -1})
	}
	if s.access[noAccess] {
		items = append(items, legendItem{th.looks[s.sample[noAccess]][0][noAccess], 0, "PROT_NONE", -1})
	}
	return items
}

var legendOrder = []kind{kindAbsent, kindZero, kindAnon, kindFile, kindCached, kindShared, kindSwapped, kindHuge,
	kindGuard, kindUnknowable, kindHole}

// drawLegendItem draws the cell as the grid does, with its frame, and its word.
func (m *Model) drawLegendItem(x, y, w int, it legendItem) int {
	c, th := &m.canvas, m.theme
	if w < 4+textWidth(it.word) {
		return 0
	}
	if it.lock != model.Unlocked {
		lid := style{fg: th.lids[it.lock]}
		c.set(x, y, th.frameL, lid)
		c.set(x+3, y, th.frameR, lid)
	}
	for i, k := range it.look {
		c.set(x+1+i, y, k.r, k.style)
	}
	return 5 + c.text(x+5, y, w-5, it.word, th.dim)
}

// drawLegendRow draws the items side by side, as many as fit.
func (m *Model) drawLegendRow(a area, items []legendItem) {
	x := a.x - 1
	for _, it := range items {
		n := 5 + textWidth(it.word)
		if x+n > a.x+a.w {
			continue
		}
		x += m.drawLegendItem(x, a.y, n, it) + 2
	}
}

// join puts the parts that are not empty side by side.
func join(sep string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, sep)
}
