package model

import (
	"iter"
	"slices"
	"sort"
)

// Run is a stretch of pages of equal value: it begins where the run before it
// ended (the first at page 0) and ends before page End.
type Run[T comparable] struct {
	End int64 // page index, exclusive
	Val T     // the value of each of its pages
}

// Runs is a run-length list over the pages [0, Len()). Neighboring runs differ
// in value, so two lists with the same pages are equal. What it costs follows the
// number of runs, not of pages.
type Runs[T comparable] []Run[T]

// Len returns the number of pages covered.
func (r Runs[T]) Len() int64 {
	if len(r) == 0 {
		return 0
	}
	return r[len(r)-1].End
}

// Add appends n pages of value v, joining them to the last run where it has the
// same value. n of 0 or less adds nothing.
func (r Runs[T]) Add(n int64, v T) Runs[T] {
	if n <= 0 {
		return r
	}
	if k := len(r); k > 0 {
		if r[k-1].Val == v {
			r[k-1].End += n
			return r
		}
		return append(r, Run[T]{r[k-1].End + n, v})
	}
	return append(r, Run[T]{n, v})
}

// Find returns the index of the run that holds page i, or len(r) past the end.
func (r Runs[T]) Find(i int64) int {
	return sort.Search(len(r), func(k int) bool { return r[k].End > i })
}

// At returns the value of page i, or the zero value outside [0, Len()).
func (r Runs[T]) At(i int64) T {
	if k := r.Find(i); i >= 0 && k < len(r) {
		return r[k].Val
	}
	var zero T
	return zero
}

// In yields the parts of the runs that lie within rg, in order.
func (r Runs[T]) In(rg Range) iter.Seq2[Range, T] {
	return func(yield func(Range, T) bool) {
		lo := max(rg.Lo, 0)
		for k := r.Find(lo); k < len(r) && lo < rg.Hi; k++ {
			hi := min(r[k].End, rg.Hi)
			if !yield(Range{lo, hi}, r[k].Val) {
				return
			}
			lo = hi
		}
	}
}

// Count returns the number of pages within rg whose value satisfies f.
func (r Runs[T]) Count(rg Range, f func(T) bool) int64 {
	var n int64
	for part, v := range r.In(rg) {
		if f(v) {
			n += part.Len()
		}
	}
	return n
}

// Splice returns r with the pages from at on replaced by those of with; r is left
// as it was. with must not reach past r's end, at not outside it.
func (r Runs[T]) Splice(at int64, with Runs[T]) Runs[T] {
	end := at + with.Len()
	out := make(Runs[T], 0, r.parts(Range{0, at})+len(with)+r.parts(Range{end, r.Len()}))
	out = out.AddPart(r, Range{0, at})
	out = out.AddPart(with, Range{0, with.Len()})
	return out.AddPart(r, Range{end, r.Len()})
}

// AddPart appends the pages of from that lie within rg.
func (r Runs[T]) AddPart(from Runs[T], rg Range) Runs[T] {
	rg = rg.Intersect(Range{0, from.Len()})
	if rg.Len() == 0 {
		return r
	}
	first, last := from.Find(rg.Lo), from.Find(rg.Hi-1)
	moved := r.Len() - rg.Lo // what is at page i of from comes to page i+moved
	r = r.Add(min(from[first].End, rg.Hi)-rg.Lo, from[first].Val)
	if first == last {
		return r
	}
	k := len(r)
	r = append(r, from[first+1:last+1]...) // these differ from each other already
	if moved != 0 {
		for i := range r[k:] {
			r[k+i].End += moved
		}
	}
	r[len(r)-1].End = rg.Hi + moved
	return r
}

// Over returns r with the pages of each layer in place of its own, the later ones on top; r is left as it was. Layers must not
// reach past r's end. It makes one list, as long as it has to be.
func (r Runs[T]) Over(layers ...Layer[T]) Runs[T] {
	all := append([]Layer[T]{{0, r}}, layers...)
	room := 0
	r.layered(all, func(from Runs[T], rg Range) { room += from.parts(rg) })
	out := make(Runs[T], 0, room)
	r.layered(all, func(from Runs[T], rg Range) { out = out.AddPart(from, rg) })
	return out
}

// Layer is a list of the pages from page At on.
type Layer[T comparable] struct {
	At   int64   // page index
	Runs Runs[T] // of them
}

// layered yields the stretches of pages that are of one layer each, in order, as the layer has them.
func (r Runs[T]) layered(all []Layer[T], yield func(Runs[T], Range)) {
	for at, n := int64(0), r.Len(); at < n; {
		top, end := 0, n
		for i, l := range all {
			switch last := l.At + l.Runs.Len(); {
			case at >= l.At && at < last:
				top = i
				end = min(end, last)
			case at < l.At:
				end = min(end, l.At)
			}
		}
		yield(all[top].Runs, Range{at - all[top].At, end - all[top].At})
		at = end
	}
}

// parts returns how many runs lie within rg, in whole or in part.
func (r Runs[T]) parts(rg Range) int {
	if rg.Len() <= 0 {
		return 0
	}
	return r.Find(rg.Hi-1) + 1 - r.Find(rg.Lo)
}

// Equal reports whether both lists have the same pages.
func (r Runs[T]) Equal(o Runs[T]) bool {
	if len(r) != len(o) {
		return false
	}
	if len(r) > 0 && &r[0] == &o[0] {
		return true
	}
	for i := range r {
		if r[i] != o[i] {
			return false
		}
	}
	return true
}

// Set gives all pages within rg the value v. It works in place where it can: r, and what
// shares its memory, is not to be used any more. What it costs is the moving of the runs
// behind rg.
func (r Runs[T]) Set(rg Range, v T) Runs[T] {
	rg = rg.Intersect(Range{0, r.Len()})
	if rg.Len() == 0 {
		return r
	}
	first, last := r.Find(rg.Lo), r.Find(rg.Hi-1)
	var part [3]Run[T] // what takes the place of the runs from first to last
	put := part[:0]
	lo := int64(0)
	if first > 0 {
		lo = r[first-1].End
	}
	if lo < rg.Lo {
		put = append(put, Run[T]{rg.Lo, r[first].Val})
	} else if first > 0 && r[first-1].Val == v {
		first-- // joined to the run before
	}
	if n := len(put); n > 0 && put[n-1].Val == v {
		put[n-1].End = rg.Hi
	} else {
		put = append(put, Run[T]{rg.Hi, v})
	}
	if end := r[last]; end.End > rg.Hi {
		put = appendRun(put, end)
	} else if last+1 < len(r) && r[last+1].Val == v {
		last++ // joined to the run behind
		put = appendRun(put, r[last])
	}
	return slices.Replace(r, first, last+1, put...)
}

// appendRun appends a run, joined to the last where it has the same value.
func appendRun[T comparable](runs []Run[T], run Run[T]) []Run[T] {
	if n := len(runs); n > 0 && runs[n-1].Val == run.Val {
		runs[n-1].End = run.End
		return runs
	}
	return append(runs, run)
}
