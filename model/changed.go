package model

import (
	"math"
	"time"
)

// ChangedRuns is how many runs the times at which the pages of a region changed have at most. Each page of a region that is touched at
// random has a time of its own, which would be hundreds of megabytes of a region of gigabytes. Where there would be more,
// pages are told of in blocks: each as the one of its block that changed last (Region.ChangedBlock). What changed
// in the last second is told of each page still.
const ChangedRuns = 1 << 16

// changedExactly is how long the time of a page is kept for itself.
const changedExactly = time.Second

// changes returns last with the time now for each page that differs between was and is, and in blocks of how many pages it is
// told. What a first sample finds is a change only where it is in core.
func changes(last Runs[time.Duration], block int64, was, is Runs[Page], now time.Duration) (Runs[time.Duration], int64) {
	if was.Equal(is) {
		return last, block
	}
	out := make(Runs[time.Duration], 0, len(last)+len(last)/8+2)
	var lo int64
	for i, j, k := 0, 0, 0; lo < is.Len(); {
		if same := alike(was[j:], is[k:]); same > 0 {
			hi := was[j+same-1].End
			out = out.AddPart(last, Range{lo, hi})
			if lo = hi; lo == is.Len() {
				break
			}
			i, j, k = i+last[i:].Find(lo), j+same, k+same
		}
		hi := min(last[i].End, was[j].End, is[k].End)
		at := last[i].Val
		if old, cur := was[j].Val, is[k].Val; hasChanged(old, cur) && (old.Residency != NotAsked || cur.Residency == Resident) {
			at = now
		}
		out = out.Add(hi-lo, at)
		lo = hi
		if last[i].End == hi {
			i++
		}
		if was[j].End == hi {
			j++
		}
		if is[k].End == hi {
			k++
		}
	}
	if len(out) <= ChangedRuns {
		return out, block
	}
	return changedInBlocks(out, max(block, 1), now-changedExactly)
}

// alike returns how many runs both lists begin with.
func alike(a, b Runs[Page]) int {
	n := min(len(a), len(b))
	b = b[:n]
	for i := range b {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// changedInBlocks tells of the pages in blocks, at least as large as they are and of the least size with which there are at most half of
// ChangedRuns; a page that changed since a time keeps its own, unless so many did that there is no other way.
func changedInBlocks(runs Runs[time.Duration], block int64, since time.Duration) (Runs[time.Duration], int64) {
	for ; ; block *= 2 {
		before := len(runs)
		if block > 1 {
			runs = newestOfBlocks(runs, block, since)
		}
		if len(runs) <= ChangedRuns/2 {
			return runs, block
		}
		if block > 1 && len(runs) > before/4*3 {
			since = math.MaxInt64
		}
	}
}

// newestOfBlocks gives all pages of a block the newest time of its pages; those that changed since a time keep their own, and do not count.
func newestOfBlocks(runs Runs[time.Duration], block int64, since time.Duration) Runs[time.Duration] {
	out := make(Runs[time.Duration], 0, len(runs)/2+2)
	n := runs.Len()
	for k, lo := 0, int64(0); lo < n; {
		for runs[k].End <= lo {
			k++
		}
		hi, at := runs[k].End, runs[k].Val
		if hi < n {
			hi &^= block - 1
		}
		if hi > lo { // whole blocks of one time
			out = out.Add(hi-lo, at)
			lo = hi
			continue
		}
		hi = min(lo&^(block-1)+block, n)
		newest := time.Duration(0)
		for i, from := k, lo; from < hi; i++ {
			if runs[i].Val < since {
				newest = max(newest, runs[i].Val)
			}
			from = runs[i].End
		}
		for i := k; lo < hi; i++ {
			end, at := min(runs[i].End, hi), runs[i].Val
			if at < since {
				at = newest
			}
			out = out.Add(end-lo, at)
			lo = end
		}
	}
	return out
}
