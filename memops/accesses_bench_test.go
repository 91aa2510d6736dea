//go:build linux && (amd64 || arm64)

package memops_test

import (
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops"
	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

// BenchmarkTouch touches 64k pages, resident and fresh, in order and at random, beside the bare
// requests to the subject. Somebody watches where it says so.
func BenchmarkTouch(b *testing.B) {
	const pages = 1 << 16
	for _, bb := range []struct {
		name     string
		command  lang.Touch
		step     int64
		fresh    bool
		sampling bool
	}{
		{"resident", lang.Touch{Access: lang.Write}, subject.Stamps, false, false},
		{"resident/watched", lang.Touch{Access: lang.Write}, subject.Stamps, false, true},
		{"fresh", lang.Touch{Access: lang.Write}, subject.Stamps, true, false},
		{"fresh/watched", lang.Touch{Access: lang.Write}, subject.Stamps, true, true},
		{"random", lang.Touch{Access: lang.Write, Random: true}, 1, false, false},
		{"random/watched", lang.Touch{Access: lang.Write, Random: true}, 1, false, true},
	} {
		b.Run(bb.name, func(b *testing.B) {
			l := opened(b, memops.Options{})
			ok(b, l, "mmap a 65536", "touch a")
			a := l.State().Main().Region("a").RegionInfo
			memops.SetSampling(l, bb.sampling) // without the sampler, which is measured elsewhere
			bb.command.T = model.Target{Region: "a"}
			ps := uint64(pageBytes)
			fresh := func() {
				if bb.fresh {
					if _, err := memops.SubjectOf(l, model.Main).Actor.Call(unix.SYS_MADVISE, a.Base, a.Len, unix.MADV_DONTNEED); err != nil {
						b.Fatal(err)
					}
				}
			}
			beside(b, func() {
				fresh()
				l.Do(b.Context(), bb.command)
			}, func() {
				fresh()
				for page := int64(0); page < pages; page += bb.step {
					if _, err := memops.SubjectOf(l, model.Main).Actor.Call(subject.TouchWrite, a.Base+uint64(page)*ps, ps, uint64(bb.step), subject.StampsAddr); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
