package model_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"incore/model"
)

// fromPages is the run-length list of the values, one a page.
func fromPages(pages []byte) model.Runs[byte] {
	var r model.Runs[byte]
	for _, v := range pages {
		r = r.Add(1, v)
	}
	return r
}

func toPages(r model.Runs[byte]) []byte {
	out := make([]byte, 0, r.Len())
	for i := range r.Len() {
		out = append(out, r.At(i))
	}
	return out
}

// pagesGen makes few values, so that neighbors are often equal.
var pagesGen = rapid.SliceOfN(rapid.ByteRange(0, 2), 0, 40)

func TestRunsAdd(t *testing.T) {
	got := model.Runs[byte]{}.Add(2, 'a').Add(0, 'x').Add(-1, 'x').Add(3, 'a').Add(1, 'b')
	want := model.Runs[byte]{{End: 5, Val: 'a'}, {End: 6, Val: 'b'}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// checkRuns holds what Runs promises: runs grow, and neighbors differ.
func checkRuns(t interface{ Fatalf(string, ...any) }, r model.Runs[byte]) {
	for i := range r {
		switch {
		case i == 0 && r[i].End <= 0, i > 0 && r[i].End <= r[i-1].End:
			t.Fatalf("run %d is empty: %v", i, r)
		case i > 0 && r[i].Val == r[i-1].Val:
			t.Fatalf("runs %d and %d are equal: %v", i-1, i, r)
		}
	}
}

func TestRunsAreTheirPages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pages := pagesGen.Draw(t, "pages")
		r := fromPages(pages)
		checkRuns(t, r)
		if diff := cmp.Diff(pages, toPages(r)); diff != "" {
			t.Fatalf("(-pages +runs):\n%s", diff)
		}
		n := int64(len(pages))
		if r.Len() != n || r.At(-1) != 0 || r.At(n) != 0 || n > 0 && r.Find(n) != len(r) {
			t.Fatalf("the edges of %v", r)
		}
		if other := pagesGen.Draw(t, "other"); r.Equal(fromPages(other)) != cmp.Equal(pages, other) {
			t.Fatalf("Equal of %v and %v", pages, other)
		}
	})
}

func TestRunsInAndCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pages := pagesGen.Draw(t, "pages")
		r := fromPages(pages)
		rg := model.Range{
			Lo: rapid.Int64Range(-5, 45).Draw(t, "lo"),
			Hi: rapid.Int64Range(-5, 45).Draw(t, "hi"),
		}
		var want, got []byte
		for i, v := range pages {
			if rg.Contains(int64(i)) {
				want = append(want, v)
			}
		}
		at := max(rg.Lo, 0)
		for part, v := range r.In(rg) {
			if part.Lo != at || part.Len() <= 0 {
				t.Fatalf("part %v after page %d", part, at)
			}
			at = part.Hi
			for range part.Len() {
				got = append(got, v)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("In(%v) (-want +got):\n%s", rg, diff)
		}
		var ones int64
		for _, v := range want {
			if v == 1 {
				ones++
			}
		}
		if n := r.Count(rg, func(v byte) bool { return v == 1 }); n != ones {
			t.Fatalf("Count(%v) = %d, want %d", rg, n, ones)
		}
	})
}

func TestRunsInStopsWhenAsked(t *testing.T) {
	parts := 0
	for range fromPages([]byte("abc")).In(model.Range{Lo: 0, Hi: 3}) {
		parts++
		break
	}
	if parts != 1 {
		t.Errorf("%d parts after a break", parts)
	}
}

func TestRunsSplice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pages := pagesGen.Draw(t, "pages")
		at := rapid.IntRange(0, len(pages)).Draw(t, "at")
		with := rapid.SliceOfN(rapid.ByteRange(0, 2), 0, len(pages)-at).Draw(t, "with")
		r := fromPages(pages)
		got := r.Splice(int64(at), fromPages(with))
		checkRuns(t, got)
		want := append(append(append([]byte{}, pages[:at]...), with...), pages[at+len(with):]...)
		if diff := cmp.Diff(want, toPages(got)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(pages, toPages(r)); diff != "" {
			t.Fatalf("Splice changed what it was called on (-was +is):\n%s", diff)
		}
	})
}

// Layers that lie over each other are what splicing one after the other makes.
func TestRunsOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pages := pagesGen.Draw(t, "pages")
		r := fromPages(pages)
		want := r
		var layers []model.Layer[byte]
		for range rapid.IntRange(0, 3).Draw(t, "layers") {
			at := rapid.IntRange(0, len(pages)).Draw(t, "at")
			with := fromPages(rapid.SliceOfN(rapid.ByteRange(0, 2), 0, len(pages)-at).Draw(t, "with"))
			want = want.Splice(int64(at), with)
			layers = append(layers, model.Layer[byte]{At: int64(at), Runs: with})
		}
		got := r.Over(layers...)
		checkRuns(t, got)
		if !got.Equal(want) {
			t.Fatalf("%v over %v is %v, want %v", layers, pages, got, want)
		}
		if diff := cmp.Diff(pages, toPages(r)); diff != "" {
			t.Fatalf("Over changed what it was called on (-was +is):\n%s", diff)
		}
	})
}

func TestRunsSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pages := pagesGen.Draw(t, "pages")
		r := fromPages(pages)
		for range 4 {
			lo := rapid.IntRange(-2, len(pages)+1).Draw(t, "lo")
			hi := rapid.IntRange(-2, len(pages)+2).Draw(t, "hi")
			v := rapid.ByteRange(0, 2).Draw(t, "value")
			r = r.Set(model.Range{Lo: int64(lo), Hi: int64(hi)}, v)
			for i := max(lo, 0); i < min(hi, len(pages)); i++ {
				pages[i] = v
			}
			checkRuns(t, r)
			if diff := cmp.Diff(pages, toPages(r)); diff != "" {
				t.Fatalf("Set(%d, %d, %d) (-want +got):\n%s", lo, hi, v, diff)
			}
		}
	})
}

func FuzzRuns(f *testing.F) {
	f.Add([]byte("aabbbc"), int64(1), int64(4))
	f.Fuzz(func(t *testing.T, pages []byte, lo, hi int64) {
		r := fromPages(pages)
		checkRuns(t, r)
		rg := model.Range{Lo: lo, Hi: hi}
		var n int64
		for part, v := range r.In(rg) {
			if r.At(part.Lo) != v || r.At(part.Hi-1) != v {
				t.Fatalf("In(%v) yields %v as %d", rg, part, v)
			}
			n += part.Len()
		}
		if want := rg.Intersect(model.Range{Hi: r.Len()}).Len(); n != want {
			t.Fatalf("In(%v) covers %d pages, want %d", rg, n, want)
		}
	})
}
