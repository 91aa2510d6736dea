//go:build linux && (amd64 || arm64)

package memops_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"incore/model"
)

// complaint is an expect of pages that does not hold: "all locked" of pages of a region.
type complaint struct{ region, kind, state string }

// compare holds a process as the kernel shows it against the reference. What does not
// agree is looked at once more: a page that the kernel just moves to another frame is not
// mapped meanwhile (mm/migrate.c).
func (w *walker) compare(p *refProcess) *disagreement {
	if w.compareNow(p) == nil {
		return nil
	}
	return w.compareNow(p)
}

func (w *walker) compareNow(p *refProcess) *disagreement {
	k := w.look(p)
	if k.Death != nil {
		return &disagreement{p.name + " is gone: " + k.Death.String(), []string{"expect alive " + p.name}}
	}
	d := &disagreement{}
	w.comparePages(p, k, d)
	w.compareVMAs(p, k, d)
	if want := w.ref.locked(p) * w.machine.pageSize; k.Stat.VmLck != want {
		d.add(p, fmt.Sprintf("expect vmlck %dB", want), "VmLck is %d", k.Stat.VmLck)
	}
	if k.Limits != p.limits {
		soft := fmt.Sprintf("%dB", p.limits.MemlockSoft)
		if p.limits.MemlockSoft == model.Unlimited {
			soft = "unlimited"
		}
		d.add(p, "expect rlimit memlock "+soft, "the limits are %+v, the reference has %+v", k.Limits, p.limits)
	}
	if len(d.expects) == 0 {
		return nil
	}
	return d
}

// add adds an expect that fails.
func (d *disagreement) add(p *refProcess, expect, format string, args ...any) {
	if d.what != "" {
		d.what += "; "
	}
	d.what += "in " + p.name + ": " + fmt.Sprintf(format, args...)
	d.expects = append(d.expects, inProcess(p, expect))
}

// hole adds that there should be nothing.
func (d *disagreement) hole(p *refProcess, target, format string, args ...any) {
	d.add(p, "expect no "+target+" unlocked", format, args...)
	d.expects = append(d.expects, inProcess(p, "expect no "+target+" locked"))
}

// comparePages compares regions, and each page of each.
func (w *walker) comparePages(p *refProcess, k *model.Process, d *disagreement) {
	complaints := map[complaint][]int64{}
	for _, reg := range k.Regions {
		want, ok := p.regions[reg.Name]
		switch n := reg.Pages.Len(); {
		case !ok:
			d.hole(p, reg.Name, "there is a region %s", reg.Name)
			continue
		case reg.Base/uint64(w.machine.pageSize) != want.base || n < want.pages:
			d.add(p, fmt.Sprintf("expect count %s[%d..] prot=none >= 0", reg.Name, want.pages-1),
				"%s has %d pages at %#x, the reference has %d at page %#x", reg.Name, n, reg.Base, want.pages, want.base)
			continue
		case n > want.pages:
			d.hole(p, fmt.Sprintf("%s[%d..]", reg.Name, want.pages), "%s has %d pages, the reference has %d", reg.Name, n, want.pages)
			continue
		}
		for n, pg := range eachPage(reg.Pages) {
			page := p.pages[want.base+uint64(n)]
			if page != nil && (!want.loose && page.region != reg.Name || want.loose && want.lost[want.base+uint64(n)]) {
				page = nil // a hole that another region fills
			}
			if want.loose && page != nil && page.attach != nil {
				// incore tells SHM_LOCK of regions of the segment, and not of a block of malloc's on whose page it was mapped.
				seen := *page
				seen.attach, page = nil, &seen
			}
			for _, c := range w.complaints(page, pg) {
				c.region = reg.Name
				complaints[c] = append(complaints[c], n)
			}
		}
	}
	for _, name := range p.sortedRegions() {
		if k.Region(name) == nil {
			d.add(p, "expect count "+name+" prot=none >= 0", "there is no region %s", name)
		}
	}
	for _, c := range slices.SortedFunc(maps.Keys(complaints), compareComplaints) {
		for _, run := range pageRuns(complaints[c]) {
			claim := fmt.Sprintf("%s %s%s %s", c.kind, c.region, run, c.state)
			d.add(p, "expect "+claim, "%s does not hold", claim)
		}
	}
}

func compareComplaints(a, b complaint) int {
	return cmp.Or(cmp.Compare(a.region, b.region), cmp.Compare(a.kind, b.kind), cmp.Compare(a.state, b.state))
}

// complaints are the states in which the kernel's page is not, though the reference
// promises them; want is nil for a hole.
func (w *walker) complaints(want *refPage, is model.Page) (list []complaint) {
	should := func(holds bool, state string) {
		if !holds {
			list = append(list, complaint{kind: "all", state: state})
		}
	}
	shouldNot := func(holds bool, state string) {
		if !holds {
			list = append(list, complaint{kind: "no", state: state})
		}
	}
	if want == nil {
		shouldNot(!is.Is("unlocked"), "unlocked")
		shouldNot(!is.Is("locked"), "locked")
		return list
	}
	prot := "prot=" + want.prot.String()
	should(is.Is(model.PageState(prot)), prot)
	should(is.Lock == want.lock || is.Lock == model.OnFault && want.lock == model.Locked || want.lock == model.Unlocked && is.Lock == model.ShmLocked, [...]string{"unlocked", "locked", "onfault"}[want.lock])
	shouldNot(is.Lock != model.OnFault || want.lock == model.OnFault, "onfault")
	ofLocked := want.lock == model.Unlocked && want.attach != nil && want.attach.of.locked
	should(!ofLocked || is.Lock == model.ShmLocked, "locked")
	shouldNot(ofLocked || is.Lock != model.ShmLocked, "locked")
	// With swap, what is not locked may leave.
	settled := !w.ref.swap || want.lock == model.Locked
	switch r := want.residency(); {
	case r == model.Absent:
		should(is.Is("absent"), "absent")
	case r == model.Resident && settled:
		should(is.Is("resident"), "resident")
	}
	if w.machine.guards {
		should(!want.guard || is.Is("guard"), "guard")
		shouldNot(want.guard || !is.Is("guard"), "guard")
	}
	if want.back == nil && !want.guard && settled {
		// What is mapped of an object is not promised: a fault may map what lies around it.
		should(want.frame != nothing || is.Is("unmapped"), "unmapped")
		should(want.frame == nothing || want.frame == lazy || want.frame == unsure || is.Is("mapped"), "mapped")
		if w.machine.zeroTold {
			should(want.frame != zeroPage || is.Is("zero"), "zero")
			shouldNot(want.frame != filled || !is.Is("zero"), "zero")
		}
	}
	return list
}

// compareVMAs compares what the VMA list covers, in all of the address space. How many
// VMAs there are Linux promises in one direction only: pages that differ lie in different
// ones. Whether equal neighbors are one again depends, for private memory, on which of
// them was written to when (anon_vma, and the rules for it changed with Linux 6.16);
// nothing of that keeps shared memory apart (mm/vma.c, can_vma_merge_before), unless it
// had guard pages, or the pages are split.
func (w *walker) compareVMAs(p *refProcess, k *model.Process, d *disagreement) {
	ps := uint64(w.machine.pageSize)
	for _, v := range k.VMAs {
		if slices.ContainsFunc(p.own, func(o model.VMA) bool { return o.Start == v.Start && o.End == v.End }) {
			continue
		}
		for n := v.Start / ps; n < v.End/ps; n++ {
			pg := p.pages[n]
			if pg == nil {
				d.add(p, "expect vmas "+w.target(p, n, 1)+" 0", "%s lies in a VMA, and the reference has a hole", w.target(p, n, 1))
				break
			}
			if pg.shared != v.Shared {
				d.add(p, "expect vmas "+w.target(p, n, 1)+" 0", "%s is shared=%v", w.target(p, n, 1), v.Shared)
			}
			switch before := p.pages[n-1]; {
			case n > v.Start/ps && !follows(before, pg):
				d.add(p, "expect vmas "+w.target(p, n-1, 2)+" 2", "%s lies in one VMA", w.target(p, n-1, 2))
			case n == v.Start/ps && follows(before, pg) && joined(before, pg):
				d.add(p, "expect vmas "+w.target(p, n-1, 2)+" 1", "%s lies in two VMAs", w.target(p, n-1, 2))
			}
		}
	}
}

// follows reports whether a page may lie in one VMA with the one before it.
func follows(before, pg *refPage) bool {
	return before != nil && before.refVMA == pg.refVMA && (pg.back == nil || pg.index == before.index+1)
}

// joined reports whether such pages must lie in one VMA.
func joined(before, pg *refPage) bool {
	return pg.shared && pg.attach == nil && before.region == pg.region && !pg.back.guarded && !pg.split
}

// eachPage yields every page of a list of runs.
func eachPage[T comparable](runs model.Runs[T]) func(func(int64, T) bool) {
	return func(yield func(int64, T) bool) {
		lo := int64(0)
		for _, run := range runs {
			for ; lo < run.End; lo++ {
				if !yield(lo, run.Val) {
					return
				}
			}
		}
	}
}

// pageRuns are sorted page numbers as the language writes them: [3], [4..7].
func pageRuns(pages []int64) (list []string) {
	for i, j := 0, 0; i < len(pages); i = j {
		for j = i + 1; j < len(pages) && pages[j] == pages[j-1]+1; j++ {
		}
		text := fmt.Sprintf("[%d..%d]", pages[i], pages[j-1])
		if j == i+1 {
			text = fmt.Sprintf("[%d]", pages[i])
		}
		list = append(list, text)
	}
	return list
}

// text is a script with what is wrong at its end as a comment in front.
func (d *disagreement) text(script []string) string {
	return "# " + strings.ReplaceAll(d.what, "\n", " ") + "\n" + strings.Join(script, "\n") + "\n"
}
