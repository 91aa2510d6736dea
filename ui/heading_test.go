package ui_test

import (
	"strings"
	"testing"

	"incore/model"
	"incore/ui"
)

// withRegion is a screen of one region that the fake lab could not make.
func withRegion(t *testing.T, w, h int, info model.RegionInfo, p model.Page, vmas ...model.VMA) *screen {
	t.Helper()
	s := newScreen(t, w, h, ui.Options{ReducedMotion: true})
	info.Name, info.Base = "a", 0x7f3a40000000
	if info.Len == 0 {
		info.Len = 8 * pageSize
	}
	pages := model.Runs[model.Page]{}.Add(int64(info.Len/pageSize), p)
	s.tell(
		model.Event{Proc: "main", Call: "mmap", Mapped: &info},
		model.Sample{Proc: "main", VMAs: vmas, Regions: []model.RegionSample{{Name: "a", Pages: pages}}},
	)
	return s
}

func TestBackingIsSaid(t *testing.T) {
	absent := model.Page{Residency: model.Absent, Mapping: model.InVMA, Prot: model.ProtRead | model.ProtWrite}
	locked := absent
	locked.Lock = model.ShmLocked
	huge := model.VMA{Start: 0x7f3a40000000, End: 0x7f3a40008000, Path: "/anon_hugepage (deleted)"}
	for _, tt := range []struct {
		info model.RegionInfo
		page model.Page
		vmas []model.VMA
		want string
	}{
		{model.RegionInfo{Backing: model.Anon}, absent, nil, "anon private  8 pages  32K"},
		{model.RegionInfo{Backing: model.Memfd, Shared: true}, absent, nil, "memfd shared  8 pages  32K"},
		{model.RegionInfo{Backing: model.Scratch, Shared: true}, absent, nil, "scratch shared  8 pages  32K"},
		{model.RegionInfo{Backing: model.FileOf, Path: "/etc/passwd"}, absent, nil, "file /etc/passwd private  8 pages  32K"},
		{model.RegionInfo{Backing: model.FileOf, Path: "/a/path/that/is/a/good/deal/longer/than/the/heading/of/a/region/has/room/for/it"}, absent, nil, "file it  8 pages"},
		{model.RegionInfo{Backing: model.Anon}, absent, []model.VMA{huge}, "hugetlb private  8 pages  32K"},
		{model.RegionInfo{Backing: model.Heap}, absent, nil, "heap, moved by brk  8 pages  32K"},
		{model.RegionInfo{Backing: model.Heap, Malloc: model.FromBrk, Start: 0x7f3a40000010, Size: 100, Len: pageSize}, absent, nil,
			"100 bytes malloc'd from brk  1 page"},
		{model.RegionInfo{Backing: model.Anon, Malloc: model.FromMmap, Start: 0x7f3a40000010, Size: 30000}, absent, nil,
			"30000 bytes malloc'd from mmap  8 pages"},
		{model.RegionInfo{Backing: model.Shm, Shared: true, ShmID: 3}, absent, nil, "shm id 3  8 pages  32K"},
		{model.RegionInfo{Backing: model.Shm, Shared: true, ShmID: 3}, locked, nil, "shm id 3, SHM_LOCK  8 pages  32K"},
	} {
		s := withRegion(t, 100, 30, tt.info, tt.page, tt.vmas...)
		if heading := strings.Split(s.text(), "\n")[s.part("grid").Y]; !strings.HasSuffix(heading, " "+tt.want) {
			t.Errorf("%+v: %q, want %q at its end", tt.info, heading, tt.want)
		}
	}
}

// Every state of a page is explained by the legend when it is on the screen, and by the
// help always.
func TestEveryStateExplainsItself(t *testing.T) {
	const in, rw = model.InVMA, model.ProtRead | model.ProtWrite
	anon, file, shm := model.RegionInfo{Backing: model.Anon}, model.RegionInfo{Backing: model.FileOf, Path: "/x"}, model.RegionInfo{Backing: model.Shm, Shared: true}
	for _, tt := range []struct {
		info   model.RegionInfo
		page   model.Page
		legend string
		words  string // of the inspector
	}{
		{anon, model.Page{Mapping: in | model.Mapped | model.Shared, Residency: model.Resident, Prot: rw}, "shared (COW)", "copies it, a minor fault"},
		{anon, model.Page{Mapping: in | model.Mapped | model.Shared, Residency: model.Resident, Prot: rw, Lock: model.Locked}, "locked", "copies it, a minor fault"},
		{anon, model.Page{Mapping: in | model.Mapped | model.Huge | model.Exclusive, Residency: model.Resident, Prot: rw}, "huge page", "part of a huge"},
		{anon, model.Page{Mapping: in | model.Swapped, Residency: model.Absent, Prot: rw}, "swapped out", "Swapped out"},
		{anon, model.Page{Mapping: in | model.Swapped | model.Guard, Residency: model.Absent, Prot: rw}, "guard", "A guard page"},
		{file, model.Page{Mapping: in, Residency: model.Unknowable, Prot: model.ProtRead}, "unknowable", "Unknowable: of this file"},
		{file, model.Page{Mapping: in, Residency: model.Resident, Prot: rw}, "cached only", "Resident, but not mapped here"},
		{shm, model.Page{Mapping: in | model.Mapped | model.File, Residency: model.Resident, Prot: rw, Lock: model.ShmLocked}, "SHM_LOCK", "SHM_LOCK (no"},
		{shm, model.Page{Mapping: in, Residency: model.Absent, Prot: rw, Lock: model.ShmLocked}, "SHM_LOCK empty", "to be locked when it is"},
	} {
		s := withRegion(t, 100, 30, tt.info, tt.page)
		for _, want := range []string{tt.legend, tt.words} {
			if !strings.Contains(s.text(), want) {
				t.Errorf("%+v: %q is missing:\n%s", tt.page, want, s.text())
			}
		}
		s.press("?", "2")
		help := ""
		for range 12 {
			help += s.text()
			s.press("pgdown")
		}
		if !strings.Contains(help, tt.legend) {
			t.Errorf("%s is not in the help", tt.legend)
		}
	}
}
