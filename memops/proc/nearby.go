//go:build linux && (amd64 || arm64)

package proc

import "incore/model"

// Which pages came without being asked for is seen by looking at those about an access before it and after it: in the page
// table, and of files in mincore's answer.

// Piece is a stretch of a region about an access, in addresses of whole pages.
type Piece struct {
	Lo, Hi uint64 // from the first page to behind the last
	// Disk says that a file on a disk is behind it: what comes into memory without being mapped was read ahead.
	Disk bool
	// Told says that mincore tells of its pages.
	Told bool
}

// Nearby is what tells of the pages of a process about an access.
type Nearby struct {
	Files    *Files   // of the process
	Scan     *Scanner // nil where the kernel has none: then huge pages are not told from others
	PageSize uint64   // bytes
	// Mincore returns the vector of some pages, nil where it does not tell: it is valid until the next call.
	Mincore func(addr, bytes uint64) []byte

	pieces []Piece
	was    [][]nearbyPage
}

// nearbyPage has what is so of one page.
type nearbyPage uint8

const (
	nearMapped nearbyPage = 1 << iota
	nearHuge
	nearSwapped
	nearResident
)

// Look looks at the pieces. What cannot be looked at is left out.
func (n *Nearby) Look(pieces []Piece) {
	for _, at := range pieces {
		if pages, told, ok := n.pages(at); ok {
			at.Told = told
			n.pieces, n.was = append(n.pieces, at), append(n.was, pages)
		}
	}
}

// Came looks again, and returns what came beside the pages that were asked for.
func (n *Nearby) Came(asked func(page uint64) bool) (u model.Unasked) {
	for i, at := range n.pieces {
		now, told, ok := n.pages(at)
		if !ok || told != at.Told {
			continue // another call could have taken it away
		}
		first := at.Lo / n.PageSize
		for k, was := range n.was[i] {
			fresh := now[k] &^ was
			if fresh == 0 || asked(first+uint64(k)) {
				continue
			}
			switch {
			case fresh&nearMapped == 0:
			case now[k]&nearHuge != 0:
				u.Huge++
			default:
				u.Mapped++
			}
			switch {
			case fresh&nearResident == 0:
			case at.Disk:
				u.ReadAhead++
			case was&nearSwapped != 0 && now[k]&nearMapped == 0:
				u.SwapCache++
			}
		}
	}
	return u
}

// pages looks at a piece, and reports whether mincore told of it: of memory that has no disk behind it that is asked where
// something of it is in swap.
func (n *Nearby) pages(at Piece) (pages []nearbyPage, told, ok bool) {
	var runs model.Runs[model.Mapping]
	var err error
	if n.Scan != nil {
		runs, err = n.Scan.Append(nil, n.Files, at.Lo, at.Hi, int64(n.PageSize), false)
	} else {
		runs, err = n.Files.AppendPages(nil, at.Lo, at.Hi, int64(n.PageSize))
	}
	count := int64((at.Hi - at.Lo) / n.PageSize)
	if err != nil || runs.Len() != count {
		return nil, false, false
	}
	pages = make([]nearbyPage, count)
	swapped := false
	for rg, m := range runs.In(model.Range{Hi: count}) {
		var page nearbyPage
		switch {
		case m&model.Mapped != 0 && m&model.Huge != 0:
			page = nearMapped | nearHuge
		case m&model.Mapped != 0:
			page = nearMapped
		case m&model.Swapped != 0 && m&model.Guard == 0:
			page, swapped = nearSwapped, true
		}
		for i := rg.Lo; page != 0 && i < rg.Hi; i++ {
			pages[i] = page
		}
	}
	if !at.Told || !at.Disk && !swapped {
		return pages, at.Told, true
	}
	vector := n.Mincore(at.Lo, at.Hi-at.Lo)
	for i, b := range vector {
		if b&1 != 0 {
			pages[i] |= nearResident
		}
	}
	return pages, vector != nil, true
}
