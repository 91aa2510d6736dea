package course

import (
	"strings"

	"incore/model"
	"incore/model/lesson"
)

// Row is a region as a picture draws it: a character a page.
type Row struct {
	Proc   string // whose region it is
	Region string // its name
	Pages  string // * resident, . absent, ? unknowable, blank: a hole
	Locks  string // L locked, f on fault, beneath the pages
	Shared string // s where a page is shared
	line   int
}

// alignedAt is the column where pages begin in a picture that draws those of all its regions one below the other.
func alignedAt(p *lesson.Picture) (column int) {
	for _, text := range p.Rows {
		trimmed := strings.TrimLeft(text, " ")
		if name, _, drawn := strings.Cut(trimmed, "  "); drawn && !strings.ContainsAny(name, " *.?") {
			column = max(column, len(text)-len(trimmed)+len(name)+2)
		}
	}
	return column
}

// rowsOf reads what a picture draws. Pages begin two columns behind the name, or in one column for all regions.
func rowsOf(p *lesson.Picture) (rows []Row, wrong string) {
	proc, indent, aligned := model.Main, 0, alignedAt(p)
	for i, text := range p.Rows {
		trimmed := strings.TrimLeft(text, " ")
		name, pages, drawn := strings.Cut(trimmed, "  ")
		switch {
		case trimmed == "":
		case len(trimmed) == len(text) && !strings.Contains(trimmed, " "):
			proc = trimmed
		case drawn && !strings.ContainsAny(name, " *.?"):
			indent = len(text) - len(pages)
			if indent < aligned && aligned <= len(text) && strings.TrimLeft(text[indent:aligned], " ") == "" {
				indent, pages = aligned, text[aligned:]
			}
			rows = append(rows, Row{Proc: proc, Region: name, Pages: pages, line: p.Line + 1 + i})
		case len(rows) > 0 && strings.Trim(text, " Lf") == "" && len(text) > indent:
			rows[len(rows)-1].Locks = text[indent:]
		case len(rows) > 0 && strings.Trim(text, " s") == "" && len(text) > indent:
			rows[len(rows)-1].Shared = text[indent:]
		default:
			return nil, "not a line of a picture: " + text
		}
	}
	return rows, ""
}

// Draw is a region as it is.
func Draw(r *model.Region) Row {
	var pages, locks, shared strings.Builder
	for rg, p := range r.Pages.In(model.Range{Lo: 0, Hi: r.Pages.Len()}) {
		n := int(rg.Len())
		pages.WriteString(strings.Repeat(residency(p), n))
		locks.WriteString(strings.Repeat(lock(p), n))
		mark := " "
		if p.Is(model.StateShared) {
			mark = "s"
		}
		shared.WriteString(strings.Repeat(mark, n))
	}
	trim := func(b *strings.Builder) string { return strings.TrimRight(b.String(), " ") }
	return Row{Region: r.Name, Pages: trim(&pages), Locks: trim(&locks), Shared: trim(&shared)}
}

func residency(p model.Page) string {
	switch {
	case !p.Has(model.InVMA):
		return " "
	case p.Residency == model.Resident:
		return "*"
	case p.Residency == model.Absent:
		return "."
	}
	return "?"
}

func lock(p model.Page) string {
	switch p.Lock {
	case model.Locked:
		return "L"
	case model.OnFault:
		return "f"
	}
	return " "
}

// picture is what a picture draws otherwise than it is.
func (c *checker) picture(p *lesson.Picture) (wrong []string) {
	rows, why := rowsOf(p)
	if why != "" {
		return []string{c.at(p.Line, "%s", why)}
	}
	sharing := hasShared(rows)
	seen := map[string]bool{}
	for _, row := range rows {
		if !seen[row.Proc] {
			c.lab.Refresh(c.ctx, row.Proc)
			seen[row.Proc] = true
		}
		proc := c.lab.State().Process(row.Proc)
		if proc == nil || proc.Region(row.Region) == nil {
			wrong = append(wrong, c.at(row.line, "the picture has %s of %s, and there is none", row.Region, row.Proc))
			continue
		}
		is := Draw(proc.Region(row.Region))
		if is.Pages != row.Pages || is.Locks != row.Locks || sharing && is.Shared != row.Shared {
			wrong = append(wrong, c.at(row.line, "the picture has %s; it is %s", row.words(sharing), is.words(sharing)))
		}
	}
	return wrong
}

func hasShared(rows []Row) bool {
	for _, r := range rows {
		if r.Shared != "" {
			return true
		}
	}
	return false
}

// words is a row in one line.
func (r Row) words(sharing bool) string {
	out := "[" + r.Pages + "] [" + r.Locks + "]"
	if sharing {
		out += " [" + r.Shared + "]"
	}
	return out
}
