//go:build linux && (amd64 || arm64)

package memops_test

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"incore/model"
	"incore/model/lang"
)

// roll is one command as it is drawn, before anything of the processes is known: the row
// of the table, and numbers from which the row makes the command when its turn has come.
// So a roll can be left out of a sequence, or made smaller, and those behind it stay what
// they are. That is what lets a failing walk shrink.
type roll struct {
	row  int
	nums []uint8
}

const rollNums = 32 // more than any row takes

// rolls draws them. A row comes as often as its weight says: rapid's own choice among many
// would favor the first.
var rolls = rapid.Custom(func(t *rapid.T) roll {
	bit := rapid.Bool()
	n := 0
	for range rowBits {
		n *= 2
		if bit.Draw(t, "row") {
			n++
		}
	}
	nums := rapid.SliceOfN(rapid.Uint8(), rollNums, rollNums).Draw(t, "nums")
	return roll{rowAt[n*len(rowAt)>>rowBits], nums}
})

// dice hands out a roll's numbers.
type dice struct{ nums []uint8 }

// below is the next number, brought below n.
func (d *dice) below(n int) int {
	if n <= 1 {
		return 0
	}
	v := 0
	if len(d.nums) > 0 {
		v, d.nums = int(d.nums[0]), d.nums[1:]
	}
	return v % n
}

// oneIn is true once in n times, and not where everything is 0.
func (d *dice) oneIn(n int) bool { return d.below(n) == n-1 }

// of is one of several.
func of[T any](d *dice, values ...T) T { return values[d.below(len(values))] }

// A walk's regions and processes, few enough for them to meet often.
var (
	walkRegions  = []string{"a", "b", "c", "d", "e", "f"}
	walkChildren = []string{"p", "q", "r"}
)

const maxRegion = 40 // pages

// The part of the address space in which mappings are put by address: it is a hole to
// begin with, above what the subject has and below where the kernel puts its own, on each
// kernel that incore runs on. Addresses there mean the same in each run.
const (
	placeBase  = 0x10_0000_0000 // bytes
	placePages = 64
)

// region is the name of a region that the process has, or "".
func (d *dice) region(p *refProcess) string {
	name := of(d, p.names()...)
	if _, ok := p.regions[name]; !ok {
		return ""
	}
	return name
}

// target is memory for a call: all of a region, pages of it, a part of a page, pages
// behind its end, nothing, or an address that may be a hole; of a region that is gone too. It is "" where
// there never was such a region.
func (d *dice) target(r *reference, p *refProcess) string {
	form := d.below(20)
	if form == 19 {
		return d.place(r)
	}
	name := of(d, p.names()...)
	reg, ok := p.regions[name]
	if !ok {
		if reg, ok = p.gone[name]; !ok {
			return ""
		}
	}
	n, ps := int(reg.pages), int(r.pageSize)
	i := d.below(n + 1)
	switch {
	case form < 4:
		return name
	case form < 12:
		return fmt.Sprintf("%s[%d..%d]", name, i, i+d.below(max(1, n-i)))
	case form < 14:
		return fmt.Sprintf("%s[%d]", name, i)
	case form < 15:
		return fmt.Sprintf("%s[%d..]", name, min(i, n-1))
	case form < 17: // parts of pages
		off, length := d.below(256)*ps/256, 1+d.below(3)*ps+d.below(256)*ps/256
		if i%2 == 1 { // the same of a region, and of a block from where its page begins
			return fmt.Sprintf("%s[%d]+%d,%d", name, i, off, length)
		}
		return fmt.Sprintf("%s+%d,%d", name, i*ps+off, length)
	case form < 18: // past the end, where another region may follow
		return fmt.Sprintf("%s[%d..%d]", name, i, n+d.below(8))
	}
	return fmt.Sprintf("%s+%d,0", name, i*ps+of(d, 0, 0, 100))
}

// place is a target by its address; or one that wraps around with its length, with its
// length rounded up to pages, or with both.
func (d *dice) place(r *reference) string {
	at := uint64(placeBase + int64(d.below(placePages))*r.pageSize)
	switch d.below(12) {
	case 9:
		return fmt.Sprintf("%#x,%d", -uint64(r.pageSize), 2*r.pageSize)
	case 10:
		return fmt.Sprintf("%#x,%d", at, -uint64(r.pageSize))
	case 11:
		return fmt.Sprintf("%#x,%d", at+of(d, uint64(0), 100), uint64(math.MaxUint64))
	}
	return fmt.Sprintf("%#x,%d", at, int64(1+d.below(8))*r.pageSize)
}

// command is the command that a roll comes to now, or nil where it cannot be.
func (ro roll) command(r *reference) model.Command {
	row := &walkRows[ro.row]
	d := &dice{ro.nums}
	p, in := r.procs[model.Main], ""
	if d.below(3) > 0 && len(r.procs) > 1 {
		name := of(d, walkChildren...)
		if child := r.procs[name]; child != nil {
			p, in = child, "in "+name+" "
		}
	}
	if row.needs != nil && !row.needs(r) {
		return nil
	}
	text := row.line(d, r, p)
	if text == "" {
		return nil
	}
	c, err := lang.Parse(in + text)
	if err != nil {
		panic(fmt.Sprintf("the walk wrote %q, which is no command: %v", in+text, err))
	}
	return c
}
