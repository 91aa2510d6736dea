//go:build linux && (amd64 || arm64)

package proc

import (
	"errors"
	"math"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"incore/memops/subject"
	"incore/model"
)

// someMappings is a subject with some mappings of its own, and the files of it. a is where 16 pages of private
// memory are, with other rights from page 4 on.
func someMappings(t *testing.T) (f *Files, a uint64) {
	t.Helper()
	sub, err := subject.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sub.Close() })
	call := func(number uint64, args ...uint64) uint64 {
		t.Helper()
		r, err := sub.Actor.Call(number, args...)
		if err != nil || r.Ret < 0 && r.Ret > -4096 {
			t.Fatalf("system call %d: %d, %v", number, r.Ret, err)
		}
		return uint64(r.Ret)
	}
	ps := uint64(unix.Getpagesize())
	const none = ^uint64(0)
	a = call(unix.SYS_MMAP, 0, 16*ps, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS, none, 0)
	call(unix.SYS_MPROTECT, a+4*ps, ps, unix.PROT_READ)
	call(unix.SYS_MMAP, 0, 4*ps, unix.PROT_READ, unix.MAP_SHARED|unix.MAP_ANONYMOUS, none, 0)
	copy(sub.Args, "a name\x00")
	fd := call(unix.SYS_MEMFD_CREATE, subject.ArgsAddr, 0)
	call(unix.SYS_FTRUNCATE, fd, 4*ps)
	c := call(unix.SYS_MMAP, 0, 4*ps, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED, fd, 0)
	call(unix.SYS_MPROTECT, c+ps, ps, unix.PROT_NONE)
	if f, err = Open(sub.PID, sub.Actor.TID); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f, a
}

// Where the kernel is too old for PROCMAP_QUERY maps has the same.
func TestQueryIsMaps(t *testing.T) {
	f, _ := someMappings(t)
	text, err := f.Maps()
	if err != nil {
		t.Fatal(err)
	}
	want := slices.DeleteFunc(ParseVMAs(text, nil), func(v model.VMA) bool { return v.Start >= 1<<63 })
	got, err := f.query(model.Span{Addr: 0, Len: 1 << 62})
	if errors.Is(err, unix.ENOTTY) {
		t.Skip("this kernel has no PROCMAP_QUERY (Linux 6.11)")
	}
	if err != nil || len(got) < 6 || !slices.Equal(got, want) {
		t.Errorf("%v\n%+v\nmaps:\n%+v", err, got, want)
	}
}

// A kernel that cannot be asked for VMAs one by one is read, and tells the same.
func TestReadAroundIsQueryAround(t *testing.T) {
	f, a := someMappings(t)
	ps := uint64(unix.Getpagesize())
	for _, s := range []model.Span{{Addr: a, Len: 16 * ps}, {Addr: a + 4*ps, Len: ps}, {Addr: a + ps, Len: ps}} {
		asked, err := queryAround(f.maps, s.Addr-1, s.End()+1)
		if errors.Is(err, unix.ENOTTY) {
			t.Skip("this kernel has no PROCMAP_QUERY")
		}
		read, err2 := readAround(f.maps, s.Addr-1, s.End()+1)
		if err != nil || err2 != nil || !slices.Equal(asked, read) || len(read) == 0 {
			t.Errorf("%+v: asked %v, %v, read %v, %v", s, asked, err, read, err2)
		}
	}
}

func TestFetches(t *testing.T) {
	f := Fetches{{0x1000, 0x3000, false}, {0x3000, 0x4000, true}, {0x6000, 0x7000, false}}
	for _, tt := range []struct {
		addr             uint64
		refused, allowed bool
	}{
		{0xfff, false, false}, {0x1000, true, false}, {0x2fff, true, false}, {0x3000, false, true}, {0x3fff, false, true},
		{0x4000, false, false}, {0x5fff, false, false}, {0x6fff, true, false}, {0x7000, false, false}, {math.MaxUint64, false, false},
	} {
		if f.Refused(tt.addr) != tt.refused || f.Allowed(tt.addr) != tt.allowed {
			t.Errorf("%#x: refused %v, allowed %v", tt.addr, f.Refused(tt.addr), f.Allowed(tt.addr))
		}
	}
}
