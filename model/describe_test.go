package model_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
)

func TestPagesWords(t *testing.T) {
	every := func(step, n int64) (list []model.Range) {
		for i := range n {
			list = append(list, model.Range{i * step, i*step + 1})
		}
		return list
	}
	for _, tt := range []struct {
		pages []model.Range
		of    int64
		want  string
	}{
		{nil, 64, "no page"},
		{[]model.Range{{3, 4}}, 64, "page 3"},
		{[]model.Range{{0, 1}}, 1, "page 0"},
		{[]model.Range{{4, 6}}, 64, "pages 4 and 5"},
		{[]model.Range{{4, 8}}, 64, "pages 4 to 7"},
		{[]model.Range{{0, 64}}, 64, "all 64 pages"},
		{[]model.Range{{0, 64}}, 65, "pages 0 to 63"},
		{[]model.Range{{0, 1}, {2, 3}}, 64, "pages 0 and 2"},
		{[]model.Range{{0, 1}, {2, 4}, {8, 12}}, 64, "pages 0, 2 to 3 and 8 to 11"},
		{every(2, 3), 64, "pages 0, 2 and 4"},
		{every(2, 32), 64, "32 pages, every 2nd from 0 to 62,"},
		{every(3, 4), 64, "4 pages, every 3rd from 0 to 9,"},
		{every(11, 4), 64, "4 pages, every 11th from 0 to 33,"},
		{every(21, 4), 640, "4 pages, every 21st from 0 to 63,"},
		{append(every(2, 6), model.Range{20, 30}), 64, "16 pages in 7 runs, 0, 2, 4, 6, 8, 10 and 1 more,"},
		{append(every(2, 6), model.Range{20, 30}, model.Range{40, 41}), 64, "17 pages in 8 runs, 0, 2, 4, 6, 8, 10 and 2 more,"},
	} {
		if got := model.PagesWords(tt.pages, tt.of); got != tt.want {
			t.Errorf("%v of %d: %q, want %q", tt.pages, tt.of, got, tt.want)
		}
	}
}

func TestProtWords(t *testing.T) {
	for p, want := range map[model.Prot]string{
		model.ProtNone: "inaccessible (PROT_NONE)", model.ProtRead: "read-only", model.ProtRead | model.ProtWrite: "readable and writable",
		model.ProtRead | model.ProtExec: "readable and executable", model.ProtRead | model.ProtWrite | model.ProtExec: "readable, writable and executable",
		model.ProtWrite: "write-only", model.ProtExec: "execute-only", model.ProtWrite | model.ProtExec: "writable and executable",
	} {
		if got := p.Words(); got != want {
			t.Errorf("%s: %q, want %q", p, got, want)
		}
	}
}

// told are pages of which the words are checked.
var (
	absentPage   = model.Page{Residency: model.Absent, Prot: model.ProtRead | model.ProtWrite, Mapping: model.InVMA}
	residentPage = model.Page{Residency: model.Resident, Prot: model.ProtRead | model.ProtWrite, Mapping: model.InVMA | model.Mapped}
	alonePage    = model.Page{Residency: model.Resident, Prot: model.ProtRead | model.ProtWrite, Mapping: model.InVMA | model.Mapped | model.Exclusive}
	sharedPage   = model.Page{Residency: model.Resident, Prot: model.ProtRead | model.ProtWrite, Mapping: model.InVMA | model.Mapped | model.Shared}
	zeroPage     = model.Page{Residency: model.Resident, Prot: model.ProtRead | model.ProtWrite, Mapping: model.InVMA | model.Mapped | model.Shared | model.ZeroPage}
	swappedPage  = model.Page{Residency: model.Absent, Prot: model.ProtRead | model.ProtWrite, Mapping: model.InVMA | model.Swapped}
	guardedPage  = model.Page{Residency: model.Absent, Prot: model.ProtRead | model.ProtWrite, Mapping: model.InVMA | model.Guard | model.Swapped}
)

func lockedAs(p model.Page, l model.Lock) model.Page { p.Lock = l; return p }

func protectedAs(p model.Page, r model.Prot) model.Page { p.Prot = r; return p }

func TestChangeOfOnePage(t *testing.T) {
	const alone = "resident, anonymous, mapped by this process alone"
	for _, tt := range []struct {
		name    string
		was, is model.Page
		want    string
	}{
		{"nothing", alonePage, alonePage, ""},
		{"touched", absentPage, alonePage, alone},
		{"touched, who else has it not asked", absentPage, residentPage, "resident, anonymous"},
		{"sharing asked for the first time", residentPage, alonePage, ""},
		{"sharing asked no more", alonePage, residentPage, ""},
		{"locked, and sharing asked for the first time", residentPage, lockedAs(alonePage, model.Locked), "locked"},
		{"forked", alonePage, sharedPage, "resident, anonymous, shared with others copy-on-write"},
		{"copied", sharedPage, alonePage, alone},
		{"the zero page", absentPage, zeroPage, "resident, the zero page that all share"},
		{"written after it was read", zeroPage, alonePage, alone},
		{"locked", alonePage, lockedAs(alonePage, model.Locked), "locked"},
		{"locked and brought in", absentPage, lockedAs(alonePage, model.Locked), alone + "; locked"},
		{"locked on fault", absentPage, lockedAs(absentPage, model.OnFault), "to be locked when touched (on fault)"},
		{"it came in", lockedAs(absentPage, model.OnFault), lockedAs(alonePage, model.OnFault), alone + "; locked (on fault)"},
		{"unlocked", lockedAs(alonePage, model.Locked), alonePage, "not locked"},
		{"protected", alonePage, protectedAs(alonePage, model.ProtNone), "inaccessible (PROT_NONE)"},
		{"swapped out", alonePage, swappedPage, "swapped out"},
		{"dropped", alonePage, absentPage, "absent"},
		{"a guard", alonePage, guardedPage, "guarded (any access is SIGSEGV)"},
		{"unmapped", lockedAs(alonePage, model.Locked), model.Page{}, "unmapped (a hole)"},
		{"mapped again", model.Page{}, absentPage, "absent; not locked; readable and writable"},
		{"seen for the first time", model.Page{Mapping: model.InVMA}, absentPage, ""},
		{"found in memory", model.Page{Mapping: model.InVMA, Prot: model.ProtRead | model.ProtWrite}, alonePage, alone},
	} {
		before := &model.Region{Pages: model.Runs[model.Page]{}.Add(2, absentPage).Add(1, tt.was).Add(1, absentPage)}
		after := &model.Region{Pages: model.Runs[model.Page]{}.Add(2, absentPage).Add(1, tt.is).Add(1, absentPage)}
		before.Backing, after.Backing = model.Anon, model.Anon
		var want []model.Alike
		if tt.want != "" {
			want = []model.Alike{{tt.want, []model.Range{{2, 3}}}}
		}
		if diff := cmp.Diff(want, model.DescribeChange(before, after)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestChangeOfLength(t *testing.T) {
	four := &model.Region{RegionInfo: model.RegionInfo{Backing: model.Anon}, Pages: model.Runs[model.Page]{}.Add(4, alonePage)}
	six := &model.Region{RegionInfo: model.RegionInfo{Backing: model.Anon}, Pages: model.Runs[model.Page]{}.Add(4, alonePage).Add(2, absentPage)}
	want := []model.Alike{{"absent; not locked; readable and writable", []model.Range{{4, 6}}}}
	if diff := cmp.Diff(want, model.DescribeChange(four, six)); diff != "" {
		t.Errorf("longer (-want +got):\n%s", diff)
	}
	if got := model.DescribeChange(six, four); len(got) != 0 {
		t.Errorf("shorter: %v", got)
	}
}

func TestAlikeIs(t *testing.T) {
	for _, tt := range []struct {
		a    model.Alike
		verb string
		want string
	}{
		{model.Alike{"locked", []model.Range{{4, 8}}}, "now", "pages 4 to 7 are now locked"},
		{model.Alike{"locked", []model.Range{{4, 5}}}, "now", "page 4 is now locked"},
		{model.Alike{"absent", []model.Range{{0, 64}}}, "", "all 64 pages are absent"},
	} {
		if got := tt.a.Is(tt.verb, 64); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestTallyWords(t *testing.T) {
	r := &model.Region{Pages: model.Runs[model.Page]{}.Add(3, alonePage).Add(2, lockedAs(zeroPage, model.OnFault)).Add(4, absentPage).Add(1, swappedPage).
		Add(2, model.Page{}).Add(1, model.Page{Residency: model.Unknowable, Mapping: model.InVMA})}
	if got, want := model.TallyWords(r, model.Range{0, 13}), "5 of 13 resident, 2 locked, 1 swapped out, 1 unknowable, 2 unmapped"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := model.TallyWords(r, model.Range{5, 100}), "0 of 8 resident, 0 locked, 1 swapped out, 1 unknowable, 2 unmapped"; got != want {
		t.Errorf("a part: %q, want %q", got, want)
	}
}

func TestDescribeInfo(t *testing.T) {
	for _, tt := range []struct {
		info model.RegionInfo
		want string
	}{
		{model.RegionInfo{Len: 4096, Backing: model.Anon}, "1 page, 4K, private, anonymous"},
		{model.RegionInfo{Len: 8192, Backing: model.Anon, Shared: true}, "2 pages, 8K, shared, anonymous"},
		{model.RegionInfo{Len: 8192, Backing: model.Memfd, Shared: true}, "2 pages, 8K, shared, of a memfd"},
		{model.RegionInfo{Len: 8192, Backing: model.Secret, Shared: true}, "2 pages, 8K, shared, of memfd_secret: gone from the kernel's own map of memory"},
		{model.RegionInfo{Len: 8192, Backing: model.Scratch}, "2 pages, 8K, private, of a scratch file"},
		{model.RegionInfo{Len: 5000, Backing: model.FileOf, Path: "/etc/passwd"}, "2 pages, 4.9K, private, of the file /etc/passwd"},
		{model.RegionInfo{Len: 8192, Backing: model.Heap}, "2 pages, 8K, the heap"},
		{model.RegionInfo{Len: 8192, Backing: model.Shm, ShmID: 7}, "2 pages, 8K, a System V segment, id 7"},
		{model.RegionInfo{Len: 8192, Backing: model.Anon, Malloc: model.FromBrk, Size: 100}, "2 pages, 8K, a block of 100 bytes that malloc took by brk"},
	} {
		if got := model.DescribeInfo(tt.info, 4096); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// Whatever the pages are, each is told of exactly once, under words of its own.
func TestDescribeTellsEachPageOnce(t *testing.T) {
	kinds := []model.Page{absentPage, alonePage, sharedPage, zeroPage, swappedPage, guardedPage, {}, lockedAs(alonePage, model.Locked), lockedAs(absentPage, model.OnFault)}
	for seed := range uint64(200) {
		dice := rand.New(rand.NewPCG(seed, 1))
		random := func() *model.Region {
			r := &model.Region{RegionInfo: model.RegionInfo{Backing: model.Anon}}
			for range dice.IntN(30) + 1 {
				r.Pages = r.Pages.Add(dice.Int64N(4)+1, kinds[dice.IntN(len(kinds))])
			}
			return r
		}
		before, after := random(), random()
		told := wordsByPage(t, model.DescribeRegion(after, model.Range{0, after.Pages.Len()}))
		changed := wordsByPage(t, model.DescribeChange(before, after))
		for i := range after.Pages.Len() {
			is := after.Pages.At(i)
			if !strings.HasPrefix(told[i], is.StateWords(after.RegionInfo)) {
				t.Fatalf("seed %d: page %d is %+v, and told as %q", seed, i, is, told[i])
			}
			if i < before.Pages.Len() && (changed[i] == "") != (before.Pages.At(i) == is) {
				t.Fatalf("seed %d: page %d was %+v, is %+v, and told as %q", seed, i, before.Pages.At(i), is, changed[i])
			}
		}
		if int64(len(told)) != after.Pages.Len() {
			t.Fatalf("seed %d: %d pages are told of %d", seed, len(told), after.Pages.Len())
		}
	}
}

// wordsByPage takes descriptions apart, and holds that no page is in two of them.
func wordsByPage(t *testing.T, all []model.Alike) map[int64]string {
	t.Helper()
	words := map[int64]string{}
	first := int64(-1)
	for _, a := range all {
		if a.Pages[0].Lo <= first || !slices.IsSortedFunc(a.Pages, func(a, b model.Range) int { return int(a.Lo - b.Hi) }) {
			t.Fatalf("out of order: %v", all)
		}
		first = a.Pages[0].Lo
		for _, rg := range a.Pages {
			for i := rg.Lo; i < rg.Hi; i++ {
				if words[i] != "" {
					t.Fatalf("page %d is told twice: %v", i, all)
				}
				words[i] = a.Words
			}
		}
	}
	return words
}
