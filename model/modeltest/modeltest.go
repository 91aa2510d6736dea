// Package modeltest has the made-up states that the tests of the model's packages share.
package modeltest

import (
	"strings"
	"testing"
	"unicode"

	"incore/model"
	"incore/model/lang"
)

// PageSize is that of the made-up processes, in bytes.
const PageSize = 4096

// A page of each kind; those that are mapped are private, anonymous and rw unless the name says more.
var (
	MappedPage   = model.Page{Mapping: model.InVMA | model.Mapped, Residency: model.Resident, Prot: RW}
	LockedPage   = model.Page{Mapping: model.InVMA | model.Mapped, Residency: model.Resident, Prot: RW, Lock: model.Locked}
	AbsentPage   = model.Page{Mapping: model.InVMA, Residency: model.Absent, Prot: RW}
	HolePage     = model.Page{}
	ReadOnlyPage = model.Page{Mapping: model.InVMA | model.Mapped, Residency: model.Resident, Prot: model.ProtRead}
	NoAccessPage = model.Page{Mapping: model.InVMA, Residency: model.Absent}
	GuardPage    = model.Page{Mapping: model.InVMA | model.Guard | model.Swapped, Residency: model.Absent, Prot: RW}
)

// BaseA and BaseB are the addresses of the regions a and b.
const BaseA, BaseB = 0x7f0000000000, 0x7f0000100000

// Process has a region a of the pages, at [BaseA], an empty neighbor b of 4 pages at
// [BaseB], and the VMAs that follow from the pages.
func Process(pages ...model.Page) model.Process {
	p := model.Process{Name: "main", PID: 100, PageSize: PageSize, Limits: model.Limits{
		MemlockSoft: model.Unlimited, MemlockHard: model.Unlimited,
	}}
	b := []model.Page{AbsentPage, AbsentPage, AbsentPage, AbsentPage}
	p.Regions = []*model.Region{Region("a", BaseA, pages), Region("b", BaseB, b)}
	p.VMAs = append(vmas(BaseA, pages), vmas(BaseB, b)...)
	return p
}

// Procs is a session of that one process.
func Procs(pages ...model.Page) []model.Process { return []model.Process{Process(pages...)} }

// Region is a private anonymous region of the pages.
func Region(name string, base uint64, pages []model.Page) *model.Region {
	r := &model.Region{RegionInfo: model.RegionInfo{
		Name: name, Base: base, Len: uint64(len(pages)) * PageSize, Backing: model.Anon,
	}}
	for _, pg := range pages {
		r.Pages = r.Pages.Add(1, pg)
	}
	return r
}

// vmas are the VMAs over the pages: a new one wherever lock or protection changes.
func vmas(base uint64, pages []model.Page) (out []model.VMA) {
	for i, pg := range pages {
		start := base + uint64(i)*PageSize
		if !pg.Has(model.InVMA) {
			continue
		}
		if k := len(out); k > 0 && out[k-1].End == start && out[k-1].Prot == pg.Prot && out[k-1].Lock == pg.Lock {
			out[k-1].End += PageSize
			continue
		}
		out = append(out, model.VMA{Start: start, End: start + PageSize, Prot: pg.Prot, Lock: pg.Lock})
	}
	return out
}

// RW is what mmap gives unless it is asked for something else.
const RW = model.ProtRead | model.ProtWrite

// Whole is the target that is all of a region.
func Whole(name string) model.Target { return model.Target{Region: name} }

// Addr is an argument that is an address, Bytes one that is a length, and Text any other.
func Addr(v uint64) model.Arg  { return model.Arg{Kind: model.ArgAddr, Value: v} }
func Bytes(v uint64) model.Arg { return model.Arg{Kind: model.ArgLen, Value: v} }
func Text(s string) model.Arg  { return model.Arg{Text: s} }

// Parsed is the command of a line of the language.
func Parsed(line string) model.Command {
	c, err := lang.Parse(line)
	if err != nil {
		panic(err)
	}
	return c
}

// RefuseControls fails the test where a text has what must not reach a terminal.
func RefuseControls(t *testing.T, s string) {
	t.Helper()
	if i := strings.IndexFunc(s, unicode.IsControl); i >= 0 {
		t.Errorf("a control character at byte %d of %q", i, s)
	}
	if s != model.Visible(s) {
		t.Errorf("%q would be shown as %q", s, model.Visible(s))
	}
}
