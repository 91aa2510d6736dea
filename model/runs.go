package model

import (
	"iter"
	"sort"
)

// Run is a stretch of pages of equal value: it begins where the run before it
// ended (the first at page 0) and ends before page End.
type Run[T comparable] struct {
	End int64 // page index, exclusive
	Val T
}

// Runs is a run-length list over the pages [0, Len()). Neighbouring runs differ
// in value, so two lists with the same pages are equal. What it costs follows the
// number of runs, not of pages.
type Runs[T comparable] []Run[T]

// Len is the number of pages covered.
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

// Count is the number of pages within rg whose value satisfies f.
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
	out := make(Runs[T], 0, len(r)+len(with)+2)
	for part, v := range r.In(Range{0, at}) {
		out = out.Add(part.Len(), v)
	}
	var lo int64
	for _, run := range with {
		out = out.Add(run.End-lo, run.Val)
		lo = run.End
	}
	for part, v := range r.In(Range{at + lo, r.Len()}) {
		out = out.Add(part.Len(), v)
	}
	return out
}

// Equal reports whether both lists have the same pages.
func (r Runs[T]) Equal(o Runs[T]) bool {
	if len(r) != len(o) {
		return false
	}
	for i := range r {
		if r[i] != o[i] {
			return false
		}
	}
	return true
}
