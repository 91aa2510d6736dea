package wire

import (
	"encoding/hex"
	"fmt"
	"slices"

	"incore/model"
)

type wireSample struct {
	wireHead
	Proc    string      `json:"process"`
	RSS     int64       `json:"rss_bytes"`
	Pss     int64       `json:"pss_bytes,omitempty"`
	VmLck   int64       `json:"vmlck_bytes"`
	Swap    int64       `json:"swap_bytes"`
	VMSize  int64       `json:"vmsize_bytes"`
	VMData  int64       `json:"vmdata_bytes"`
	Minor   int64       `json:"minor_faults"`
	Major   int64       `json:"major_faults"`
	Limits  wireLimits  `json:"limits"`
	Regions []wirePages `json:"regions"`
	VMAs    []wireVMA   `json:"vmas"`
	System  *wireSystem `json:"system,omitempty"`
	Frame   *wireFrame  `json:"frame,omitempty"`
}

type wireSystem struct {
	MemTotal     int64  `json:"memtotal_bytes"`
	MemAvailable int64  `json:"memavailable_bytes"`
	SwapTotal    int64  `json:"swaptotal_bytes"`
	SwapFree     int64  `json:"swapfree_bytes"`
	CommitLimit  int64  `json:"commitlimit_bytes"`
	Committed    int64  `json:"committed_as_bytes"`
	Overcommit   int    `json:"overcommit_memory"`
	MaxMapCount  int64  `json:"max_map_count"`
	HugeSize     int64  `json:"hugepagesize_bytes"`
	HugeTotal    int64  `json:"hugepages_total"`
	HugeFree     int64  `json:"hugepages_free"`
	HugeReserved int64  `json:"hugepages_reserved"`
	HugeSurplus  int64  `json:"hugepages_overcommit"`
	THP          string `json:"transparent_hugepage,omitempty"`
	KSM          string `json:"ksm_run,omitempty"`
}

type wireFrame struct {
	Region string `json:"region"`
	Page   int64  `json:"page"`
	Entry  word   `json:"pagemap"`
	PFN    word   `json:"pfn"`
	Flags  word   `json:"kpageflags"`
	Count  uint64 `json:"kpagecount"`
	Why    string `json:"why,omitempty"`         // there is no frame number
	Bytes  string `json:"first_bytes,omitempty"` // in hexadecimal
	NoRead string `json:"bytes_why,omitempty"`   // there are none of them

	LazyFree int64 `json:"lazyfree_bytes,omitempty"`
}

type wirePages struct {
	Name    string       `json:"name"`
	Runs    []wireRun    `json:"runs"`
	Segment *wireSegment `json:"segment,omitempty"` // of System V
}

// wireRun is a stretch of equal pages, from First to Last, both included, as the
// command language counts them.
type wireRun struct {
	First     int64    `json:"first_page"`
	Last      int64    `json:"last_page"`
	Residency string   `json:"residency"`
	Lock      string   `json:"lock"`
	Prot      string   `json:"prot"`
	Mapping   []string `json:"mapping,omitempty"`
	Frame     []string `json:"frame,omitempty"`
}

type wireVMA struct {
	Start  word   `json:"start"`
	End    word   `json:"end"`
	Prot   string `json:"prot"`
	Shared bool   `json:"shared"`
	Lock   string `json:"lock"`
	Path   string `json:"path,omitempty"`

	Sealed    bool `json:"sealed,omitempty"`
	GrowsDown bool `json:"grows_down,omitempty"`
	HugeTLB   bool `json:"hugetlb,omitempty"`
	Key       int  `json:"protection_key,omitempty"`

	Offset uint64 `json:"offset_bytes,omitempty"`
	Dev    word   `json:"device,omitempty"`
	Inode  uint64 `json:"inode,omitempty"`
	Flags  string `json:"flags,omitempty"` // of smaps
}

// The wire's words for the values of the axes, at their values or bits. They are
// the words of expect where expect has one.
var (
	residencyWords = []string{model.NotAsked: "not_asked", model.Absent: "absent", model.Resident: "resident", model.Unknowable: "unknowable"}
	lockWords      = []string{model.Unlocked: "unlocked", model.Locked: "locked", model.OnFault: "onfault", model.ShmLocked: "shm_locked"}
	frameWords     = []string{"asked", "ksm", "dirty"}
	mappingWords   = []string{"in_vma", "mapped", "swapped", "zero", "huge", "guard", "file", "exclusive", "shared", "maybe_huge", "maybe_zero", "maybe_guard", "unread"}
)

func toWireSample(head wireHead, s model.Sample) wireSample {
	w := wireSample{
		wireHead: head, Proc: s.Proc,
		RSS: s.Stat.RSS, Pss: s.Stat.Pss, VmLck: s.Stat.VmLck, Swap: s.Stat.Swap, VMSize: s.Stat.VmSize, VMData: s.Stat.VmData,
		Minor: s.Stat.Minor, Major: s.Stat.Major, Limits: toWireLimits(s.Limits),
		Regions: make([]wirePages, 0, len(s.Regions)), VMAs: make([]wireVMA, 0, len(s.VMAs)),
	}
	for _, r := range s.Regions {
		runs := make([]wireRun, 0, len(r.Pages))
		for part, p := range r.Pages.In(model.Range{Lo: 0, Hi: r.Pages.Len()}) {
			runs = append(runs, toWireRun(part, p))
		}
		pages := wirePages{Name: r.Name, Runs: runs}
		if r.Segment != (model.Segment{}) {
			pages.Segment = toWireSegment(r.Segment)
		}
		w.Regions = append(w.Regions, pages)
	}
	for _, v := range s.VMAs {
		w.VMAs = append(w.VMAs, wireVMA{
			word(v.Start), word(v.End), v.Prot.String(), v.Shared, lockWords[v.Lock], v.Path, v.Sealed, v.GrowsDown, v.HugeTLB, v.Key,
			v.Offset, word(v.Dev), v.Inode, v.Flags.String(),
		})
	}
	if s.System != (model.System{}) {
		system := wireSystem(s.System)
		w.System = &system
	}
	if f := s.Frame; f != nil {
		w.Frame = &wireFrame{f.Region, f.Page, word(f.Entry), word(f.PFN), word(f.Flags), f.Count, f.Why, hex.EncodeToString([]byte(f.Bytes)), f.BytesWhy, f.LazyFree}
	}
	return w
}

func toWireRun(rg model.Range, p model.Page) wireRun {
	run := wireRun{rg.Lo, rg.Hi - 1, residencyWords[p.Residency], lockWords[p.Lock], p.Prot.String(), nil, nil}
	for bit, name := range mappingWords {
		if p.Has(1 << bit) {
			run.Mapping = append(run.Mapping, name)
		}
	}
	for bit, name := range frameWords {
		if p.Frame&(1<<bit) != 0 {
			run.Frame = append(run.Frame, name)
		}
	}
	return run
}

func (w wireSample) sample() (model.Item, error) {
	s := model.Sample{
		Time: w.Time, Proc: w.Proc, Limits: w.Limits.limits(),
		Stat: model.ProcStat{RSS: w.RSS, Pss: w.Pss, VmLck: w.VmLck, Swap: w.Swap, VmSize: w.VMSize, VmData: w.VMData, Minor: w.Minor, Major: w.Major},
	}
	for _, r := range w.Regions {
		var pages model.Runs[model.Page]
		for _, run := range r.Runs {
			p, err := run.page()
			if err != nil {
				return nil, fmt.Errorf("region %s: %w", r.Name, err)
			}
			if run.First != pages.Len() || run.Last < run.First {
				return nil, fmt.Errorf("region %s: the run of pages %d to %d does not follow page %d", r.Name, run.First, run.Last, pages.Len()-1)
			}
			pages = pages.Add(run.Last-run.First+1, p)
		}
		seen := model.RegionSample{Name: r.Name, Pages: pages}
		if r.Segment != nil {
			var err error
			if seen.Segment, err = r.Segment.segment(); err != nil {
				return nil, err
			}
		}
		s.Regions = append(s.Regions, seen)
	}
	for _, v := range w.VMAs {
		prot, err := decodeProt(v.Prot)
		if err != nil {
			return nil, err
		}
		lock, err := index(lockWords, v.Lock)
		if err != nil {
			return nil, err
		}
		s.VMAs = append(s.VMAs, model.VMA{
			Start: uint64(v.Start), End: uint64(v.End), Prot: prot, Shared: v.Shared, Lock: model.Lock(lock), Path: v.Path, Sealed: v.Sealed, GrowsDown: v.GrowsDown, HugeTLB: v.HugeTLB, Key: v.Key,
			Offset: v.Offset, Dev: uint64(v.Dev), Inode: v.Inode, Flags: model.ParseVMAFlags(v.Flags),
		})
	}
	if w.System != nil {
		s.System = model.System(*w.System)
	}
	if f := w.Frame; f != nil {
		bytes, err := hex.DecodeString(f.Bytes)
		if err != nil {
			return nil, fmt.Errorf("the first bytes of a page: %w", err)
		}
		s.Frame = &model.Frame{Region: f.Region, Page: f.Page, Entry: uint64(f.Entry), PFN: uint64(f.PFN), Flags: uint64(f.Flags),
			Count: f.Count, Why: f.Why, Bytes: string(bytes), BytesWhy: f.NoRead, LazyFree: f.LazyFree}
	}
	return s, nil
}

func (w wireRun) page() (model.Page, error) {
	residency, err := index(residencyWords, w.Residency)
	if err != nil {
		return model.Page{}, err
	}
	lock, err := index(lockWords, w.Lock)
	if err != nil {
		return model.Page{}, err
	}
	prot, err := decodeProt(w.Prot)
	if err != nil {
		return model.Page{}, err
	}
	var mapping model.Mapping
	for _, name := range w.Mapping {
		bit, err := index(mappingWords, name)
		if err != nil {
			return model.Page{}, err
		}
		mapping |= 1 << bit
	}
	var frame model.FrameState
	for _, name := range w.Frame {
		bit, err := index(frameWords, name)
		if err != nil {
			return model.Page{}, err
		}
		frame |= 1 << bit
	}
	return model.Page{Residency: model.Residency(residency), Lock: model.Lock(lock), Prot: prot, Mapping: mapping, Frame: frame}, nil
}

// decodeProt is the inverse of [model.Prot.String].
func decodeProt(s string) (model.Prot, error) {
	for p := model.ProtNone; p <= model.ProtRead|model.ProtWrite|model.ProtExec; p++ {
		if p.String() == s {
			return p, nil
		}
	}
	return 0, fmt.Errorf("unknown protection %q", s)
}

// index returns the place of a word among the words of its field.
func index(words []string, s string) (int, error) {
	if i := slices.Index(words, s); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("unknown word %q, not one of %q", s, words)
}
