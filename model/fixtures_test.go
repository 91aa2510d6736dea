package model_test

import (
	"strings"
	"testing"
	"unicode"

	"incore/model"
)

const pageSize = 4096

var (
	mappedPage   = model.Page{Mapping: model.InVMA | model.Mapped, Residency: model.Resident, Prot: rw}
	lockedPage   = model.Page{Mapping: model.InVMA | model.Mapped, Residency: model.Resident, Prot: rw, Lock: model.Locked}
	absentPage   = model.Page{Mapping: model.InVMA, Residency: model.Absent, Prot: rw}
	holePage     = model.Page{}
	readOnlyPage = model.Page{Mapping: model.InVMA | model.Mapped, Residency: model.Resident, Prot: model.ProtRead}
	noAccessPage = model.Page{Mapping: model.InVMA, Residency: model.Absent}
	guardPage    = model.Page{Mapping: model.InVMA | model.Guard | model.Swapped, Residency: model.Absent, Prot: rw}
)

const baseA, baseB = 0x7f0000000000, 0x7f0000100000

// process has a region a of the pages, at baseA, an empty neighbour b of 4 pages at
// baseB, and the VMAs that follow from the pages.
func process(pages ...model.Page) model.Process {
	p := model.Process{Name: "main", PID: 100, PageSize: pageSize, Limits: model.Limits{
		MemlockSoft: model.Unlimited, MemlockHard: model.Unlimited,
	}}
	b := []model.Page{absentPage, absentPage, absentPage, absentPage}
	p.Regions = []*model.Region{region("a", baseA, pages), region("b", baseB, b)}
	p.VMAs = append(vmas(baseA, pages), vmas(baseB, b)...)
	return p
}

// procs is a session of that one process.
func procs(pages ...model.Page) []model.Process { return []model.Process{process(pages...)} }

func region(name string, base uint64, pages []model.Page) *model.Region {
	r := &model.Region{RegionInfo: model.RegionInfo{
		Name: name, Base: base, Len: uint64(len(pages)) * pageSize, Backing: model.Anon,
	}}
	for _, pg := range pages {
		r.Pages = r.Pages.Add(1, pg)
	}
	return r
}

// vmas are the VMAs over the pages: a new one wherever lock or protection changes.
func vmas(base uint64, pages []model.Page) (out []model.VMA) {
	for i, pg := range pages {
		start := base + uint64(i)*pageSize
		if !pg.Has(model.InVMA) {
			continue
		}
		if k := len(out); k > 0 && out[k-1].End == start && out[k-1].Prot == pg.Prot && out[k-1].Lock == pg.Lock {
			out[k-1].End += pageSize
			continue
		}
		out = append(out, model.VMA{Start: start, End: start + pageSize, Prot: pg.Prot, Lock: pg.Lock})
	}
	return out
}

const rw = model.ProtRead | model.ProtWrite

func whole(name string) model.Target { return model.Target{Region: name} }

func addr(v uint64) model.Arg  { return model.Arg{Kind: model.ArgAddr, Value: v} }
func bytes(v uint64) model.Arg { return model.Arg{Kind: model.ArgLen, Value: v} }
func text(s string) model.Arg  { return model.Arg{Text: s} }

// parsed is the command of a line of the language.
func parsed(line string) model.Command {
	c, err := model.Parse(line)
	if err != nil {
		panic(err)
	}
	return c
}

func refuseControls(t *testing.T, s string) {
	t.Helper()
	if i := strings.IndexFunc(s, unicode.IsControl); i >= 0 {
		t.Errorf("a control character at byte %d of %q", i, s)
	}
	if s != model.Visible(s) {
		t.Errorf("%q would be shown as %q", s, model.Visible(s))
	}
}
