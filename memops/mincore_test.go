//go:build linux && (amd64 || arm64)

package memops_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"incore/memops"
	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
)

// mincorePages is how many pages one call asks for, and mincoresTold how many calls of one command are told each.
const (
	mincorePages = calls.MincorePages
	mincoresTold = 64
)

// mincores are the calls that a mincore makes, in their order.
func mincores(t testing.TB, l *memops.Lab, line string) (calls []model.Event) {
	t.Helper()
	c, err := lang.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range l.Do(context.Background(), c) {
		if e, ok := item.(model.Event); ok {
			calls = append(calls, e)
		}
	}
	return calls
}

// What takes several calls is logged as the kernel got it: each call with its own arguments and its own answer,
// and the one that failed, or else the last, as the command's.
func TestMincoreTellsEachCall(t *testing.T) {
	l := opened(t, memops.Options{})
	if got := len(memops.SubjectOf(l, model.Main).StampArea); got != mincorePages {
		t.Fatalf("there is room for %d pages' answers", got)
	}
	ok(t, l, fmt.Sprintf("mmap a %d noreserve", 4*mincorePages+7), fmt.Sprintf("touch a[%d..%d]", mincorePages-2, mincorePages+2), fmt.Sprintf("touch a[%d]", 4*mincorePages+6))
	base := l.State().Main().Region("a").Base
	whole := func(calls []model.Event, results ...string) {
		t.Helper()
		if len(calls) != len(results) {
			t.Fatalf("%d calls: %v", len(calls), calls)
		}
		for i, e := range calls {
			addr := base + uint64(i)*mincorePages*uint64(pageBytes)
			length := min(mincorePages*uint64(pageBytes), base+uint64(4*mincorePages+7)*uint64(pageBytes)-addr)
			if e.Call != "mincore" || e.Args[0].Value != addr || e.Args[1].Value != length || e.Aside != (i < len(calls)-1) || e.Elapsed == 0 {
				t.Errorf("call %d of %d: %s, aside %v; want %#x, %d", i+1, len(calls), e.Strace(), e.Aside, addr, length)
			}
			if !regexp.MustCompile("^" + results[i] + "$").MatchString(e.Result) {
				t.Errorf("call %d of %d: %q, want %s", i+1, len(calls), e.Result, results[i])
			}
		}
	}
	l.Refresh(t.Context(), "")
	if r := calls.Foresee(lang.Mincore{T: model.Target{Region: "a"}}, l.State()); !strings.HasSuffix(r.Effect, ", in 5 calls") {
		t.Errorf("foreseen is: %s", r.Effect)
	}
	whole(mincores(t, l, "mincore a"), "2 of 4096 resident", "3 of 4096 resident", "0 of 4096 resident", "0 of 4096 resident",
		"6 of 16391 resident, in 5 calls that took .+")
	do(t, l, "expect return 0")

	ok(t, l, fmt.Sprintf("munmap a[%d]", 2*mincorePages+5))
	calls := mincores(t, l, "mincore a")
	whole(calls, "2 of 4096 resident", "3 of 4096 resident", "")
	if e := calls[len(calls)-1]; e.Errno != "ENOMEM" || e.Ret != -1 {
		t.Errorf("of a hole: %s", e.Strace())
	}
	do(t, l, "expect errno ENOMEM")

	if calls := mincores(t, l, "mincore a[0..3]"); len(calls) != 1 || calls[0].Result != "0 of 4 resident" || calls[0].Aside {
		t.Errorf("one call: %+v", calls)
	}
}

// Of very many calls the first are listed, and the last of these tells what the others were answered.
func TestMincoreOfVeryMuch(t *testing.T) {
	l := opened(t, memops.Options{})
	const pieces = mincoresTold + 10
	ok(t, l, fmt.Sprintf("mmap a %d noreserve", pieces*mincorePages), fmt.Sprintf("touch a[%d]", (pieces-1)*mincorePages-1), fmt.Sprintf("touch a[%d..]", pieces*mincorePages-4))
	calls := mincores(t, l, "mincore a")
	if len(calls) != mincoresTold+1 {
		t.Fatalf("%d calls are listed", len(calls))
	}
	held, last := calls[mincoresTold-1], calls[mincoresTold]
	rest := fmt.Sprintf(`^0 of %d resident; 9 calls more, of the pages behind, are not listed: they returned 0 too, 1 of %d resident, and took .+$`, mincorePages, 9*mincorePages)
	if !regexp.MustCompile(rest).MatchString(held.Result) {
		t.Errorf("the last that is listed: %q", held.Result)
	}
	want := fmt.Sprintf(`^5 of %d resident, in %d calls that took .+$`, pieces*mincorePages, pieces)
	if !regexp.MustCompile(want).MatchString(last.Result) || last.Args[0].Value != l.State().Main().Region("a").Base+(pieces-1)*mincorePages*uint64(pageBytes) {
		t.Errorf("the last: %s", last.Strace())
	}
	ok(t, l, fmt.Sprintf("munmap a[%d]", (mincoresTold+3)*mincorePages))
	calls = mincores(t, l, "mincore a")
	if e := calls[len(calls)-1]; len(calls) != mincoresTold+1 || e.Errno != "ENOMEM" || e.Args[1].Value != mincorePages*uint64(pageBytes) {
		t.Errorf("of a hole: %d calls, %s", len(calls), e.Strace())
	}
}
