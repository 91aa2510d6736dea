//go:build linux && (amd64 || arm64)

package proc

import (
	"errors"

	"golang.org/x/sys/unix"
)

// Borders is as much of a VMA as is compared.
type Borders struct {
	Start, End uint64 // bytes
	Flags      uint64 // of PROCMAP_QUERY: protection, shared
}

// Around are the VMAs that overlap the addresses from lo to before hi. Where they are too many to be
// looked at around a call, it is an error.
func (f *Files) Around(lo, hi uint64) (list []Borders, err error) {
	list, err = queryAround(f.maps, lo, hi)
	if errors.Is(err, unix.ENOTTY) { // before Linux 6.11
		list, err = readAround(f.maps, lo, hi)
	}
	return list, err
}

// mostAround is how many VMAs are looked at around a call: a look costs half a microsecond each.
const mostAround = 4096

// mostMaps is how much of maps is read around a call, in bytes: some hundred VMAs, a tenth of a
// millisecond.
const mostMaps = 32 << 10

// readAround is queryAround for kernels that do not know it. Where maps is longer, it is an error.
func readAround(maps int, lo, hi uint64) (list []Borders, err error) {
	text := make([]byte, mostMaps)
	n := 0
	for n < len(text) {
		k, err := unix.Pread(maps, text[n:], int64(n))
		if err != nil {
			return nil, err
		}
		if k == 0 {
			break
		}
		n += k
	}
	if n == len(text) {
		return nil, unix.E2BIG
	}
	for _, v := range ParseVMAs(text[:n], nil) {
		if v.Start < hi && v.End > lo {
			flags := uint64(v.Prot)
			if v.Shared {
				flags |= procmapShared
			}
			list = append(list, Borders{v.Start, v.End, flags})
		}
	}
	return list, nil
}

// queryAround are the VMAs that overlap the addresses from lo to before hi. maps is a descriptor of
// /proc/PID/maps.
func queryAround(maps int, lo, hi uint64) (list []Borders, err error) {
	err = eachVMA(maps, lo, hi, nil, func(q *procmapArg) error {
		if len(list) == mostAround {
			return unix.E2BIG
		}
		list = append(list, Borders{q.start, q.end, q.flags})
		return nil
	})
	return list, err
}
