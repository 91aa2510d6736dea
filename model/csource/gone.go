package csource

import (
	"slices"

	"incore/model"
)

// Regions of which every page is gone. Their names stand for where they lay, and so do their variables in C.

// pastRegions are those that are gone, oldest first, each with its number.
type pastRegions struct {
	regions []model.RegionInfo
	number  []int
}

func (p *pastRegions) add(r model.RegionInfo, number int) {
	p.regions, p.number = append(p.regions, r), append(p.number, number)
}

func (p *pastRegions) clone() pastRegions {
	return pastRegions{slices.Clone(p.regions), slices.Clone(p.number)}
}

// named returns what a name stands for and its number: a region, or else one that is gone. It is nil where there
// was none.
func (s *cSpace) named(name string) (r *model.RegionInfo, number int, gone bool) {
	if i := s.index(name); i >= 0 {
		return &s.regions[i], s.number[i], false
	}
	for i := range slices.Backward(s.past.regions) {
		if s.past.regions[i].Name == name {
			return &s.past.regions[i], s.past.number[i], true
		}
	}
	return nil, -1, false
}

// lay returns the youngest of the regions that are gone in which an address lay, and its number; or -1.
func (s *cSpace) lay(at uint64) (model.RegionInfo, int) {
	for i := range slices.Backward(s.past.regions) {
		if r := &s.past.regions[i]; has(r, model.Span{Addr: at, Len: 1}) {
			return *r, s.past.number[i]
		}
	}
	return model.RegionInfo{}, -1
}

// taken reports whether something else has been mapped where a region lay that is gone. The memory of the heap
// that a block had is there as it was.
func (s *cSpace) taken(r *model.RegionInfo, at model.Span) bool {
	return r.Malloc != model.FromBrk && s.mapped.hits(at)
}

// dangling notes the blocks that a step names after they were freed. A compiler warns of that, but of a pointer that is
// volatile it cannot know where it leads (gcc, -Wuse-after-free).
func (p *cProgram) dangling(st *cStep) {
	for _, n := range st.gone {
		if p.dangles == nil {
			p.dangles = map[int]bool{}
		}
		p.dangles[n] = true
	}
}
