package plain

import (
	"fmt"
	"strings"

	"incore/model"
)

// mostLines is how many lines of pages one answer has at most; the rest is counted.
const mostLines = 12

// changes says in words what has become of the regions and limits of all processes between
// two states.
func (p *Conversation) changes(before, after model.State) (lines []string) {
	for i := range after.Procs {
		is := &after.Procs[i]
		was := before.Process(is.Name)
		if was == nil || was.PID != is.PID || is.Death != nil {
			continue // that it began, or died, is told of itself
		}
		in := ""
		if len(after.Procs) > 1 || is.Name != model.Main {
			in = is.Name + ", "
		}
		for _, line := range processChanges(was, is) {
			lines = append(lines, in+line)
		}
	}
	if more := len(lines) - mostLines; more > 0 {
		lines = append(lines[:mostLines], fmt.Sprintf("And %d more; show tells all.", more))
	}
	return lines
}

// processChanges returns what changed in one process.
func processChanges(was, is *model.Process) (lines []string) {
	before, after := unlike(was, is)
	for _, r := range before {
		if is.Region(r.Name) == nil {
			lines = append(lines, fmt.Sprintf("%s: gone, it had %s.", r.Name, pagesWord(r.Pages.Len())))
		}
	}
	for _, r := range after {
		old := was.Region(r.Name)
		if old == nil {
			lines = append(lines, newRegion(r, is.PageSize)...)
			continue
		}
		if old != r { // one that nothing was seen of is the same one still
			lines = append(lines, regionChanges(old, r)...)
		}
	}
	if was.Limits != is.Limits {
		lines = append(lines, "limit: "+limitWords(is.Limits)+".")
	}
	if was.Stat.Swap != is.Stat.Swap {
		lines = append(lines, "swap: "+model.FormatBytes(is.Stat.Swap)+" of it now.")
	}
	return lines
}

// unlike returns the regions without those that both states have side by side and that nothing has become of,
// which are the same one still: where there are 20,000 that is nearly all of them.
func unlike(was, is *model.Process) (before, after []*model.Region) {
	a, b := was.Regions, is.Regions
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			a, b = a[1:], b[1:]
		case is.Region(a[0].Name) == nil:
			before, a = append(before, a[0]), a[1:]
		case was.Region(b[0].Name) == nil:
			after, b = append(after, b[0]), b[1:]
		default:
			before, after = append(before, a[0]), append(after, b[0])
			a, b = a[1:], b[1:]
		}
	}
	return append(before, a...), append(after, b...)
}

func pagesWord(n int64) string {
	if n == 1 {
		return "1 page"
	}
	return fmt.Sprintf("%d pages", n)
}

// newRegion returns what there is to say of a region that was just mapped.
func newRegion(r *model.Region, pageSize int64) []string {
	head := fmt.Sprintf("%s: new, %s.", r.Name, model.DescribeInfo(r.RegionInfo, pageSize))
	return regionLinesOf(r, head, model.DescribeRegion(r, whole(r)), "")
}

// regionChanges returns what changed of a region.
func regionChanges(was, is *model.Region) []string {
	head := is.Name + ":"
	if was.Len != is.Len {
		head += fmt.Sprintf(" now %s, it had %d.", pagesWord(is.Pages.Len()), was.Pages.Len())
	}
	if was.Base != is.Base {
		head += fmt.Sprintf(" Moved to address %#x.", is.Base)
	}
	changed := model.DescribeChange(was, is)
	if head == is.Name+":" && len(changed) == 0 {
		return nil
	}
	return regionLinesOf(is, head, changed, "now")
}

// sentences returns a sentence for each kind of pages, and how many kinds more there are.
func sentences(r *model.Region, kinds []model.Alike, verb string) (lines []string) {
	for _, k := range kinds[:min(len(kinds), mostLines)] {
		lines = append(lines, k.Is(verb, r.Pages.Len())+".")
	}
	if more := len(kinds) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("And %d more kinds of pages: show %s[%d..] tells.", more, r.Name, kinds[len(lines)].Pages[0].Lo))
	}
	return lines
}

// regionLinesOf puts the first sentence behind the head and the tally behind the last, so that
// what is short is one line. A tally of a region that is all alike tells nothing more.
func regionLinesOf(r *model.Region, head string, kinds []model.Alike, verb string) []string {
	lines := []string{head}
	for i, s := range sentences(r, kinds, verb) {
		if i == 0 {
			if !strings.HasSuffix(head, ":") {
				s = capital(s)
			}
			lines[0] += " " + s
		} else {
			lines = append(lines, r.Name+": "+s)
		}
	}
	if len(kinds) != 1 || kinds[0].Len() != r.Pages.Len() || r.Pages.Len() == 1 {
		lines[len(lines)-1] += " " + model.TallyWords(r, whole(r)) + "."
	}
	return lines
}

// capital begins a sentence with a capital letter.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// whole returns all pages of a region.
func whole(r *model.Region) model.Range { return model.Range{Lo: 0, Hi: r.Pages.Len()} }

// limitWords returns how much a process may lock.
func limitWords(l model.Limits) string {
	s := fmt.Sprintf("RLIMIT_MEMLOCK %s soft, %s hard", model.FormatLimit(l.MemlockSoft), model.FormatLimit(l.MemlockHard))
	if l.IPCLock {
		s += ", which CAP_IPC_LOCK puts the process above"
	}
	return s
}
