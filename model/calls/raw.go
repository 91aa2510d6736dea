package calls

import (
	"fmt"
	"math"

	"incore/model"
	"incore/model/lang"
)

// rawFamily is the verb that makes a call with arguments as they stand.
var rawFamily = []dossier{{verb: "syscall", reach: following((*reacher).raw)}}

// The bits that the flags of a call are checked against, as of Linux 6.18.
const (
	rawProtKnown   = 0x0f | protGrowsDown | protGrowsUp // mm/mprotect.c, do_mprotect_pkey; arch_validate_prot
	protGrowsDown  = 0x01000000
	protGrowsUp    = 0x02000000
	rawMapAnon     = 0x20
	rawMapFixed    = 0x10 | 0x100000 // MAP_FIXED, MAP_FIXED_NOREPLACE
	rawMayMove     = 1
	rawNeedMayMove = 2 | 4 // MREMAP_FIXED, MREMAP_DONTUNMAP
)

// RawWords returns the arguments of a raw call as the kernel gets them.
func RawWords(c lang.Syscall, p *model.Process) (words []uint64, err error) {
	for n := range c.Count() {
		w, err := c.Address(p, n)
		if err != nil {
			return nil, err
		}
		words = append(words, w)
	}
	return words, nil
}

// RawRefused says why Linux is sure to refuse an mmap or an mremap before it does anything, whatever is mapped, and with which errno where nothing
// else is wrong with it; "" where it may not. A mapping that is made has a name, which the verbs mmap and mremap give it.
func RawRefused(call string, words []uint64, pageSize uint64) (errno, why string) {
	within := pageSize - 1
	switch call {
	case "mmap": // mm/mmap.c, ksys_mmap_pgoff and do_mmap
		addr, length, flags, fd, offset := words[0], words[1], words[3], words[4], words[5]
		switch {
		case offset&within != 0:
			return "EINVAL", fmt.Sprintf("the offset, %d, is not a multiple of the page size, %d", offset, pageSize)
		case flags&rawMapAnon == 0 && int32(fd) < 0:
			return "EBADF", fmt.Sprintf("%d is no descriptor, and without MAP_ANONYMOUS there has to be a file", int32(fd))
		case flags&rawMapAnon == 0: // of a file nothing is sure
		case length == 0:
			return "EINVAL", "the length is 0"
		case flags&0xf == 0:
			return "EINVAL", "flags has none of MAP_SHARED, MAP_PRIVATE and MAP_SHARED_VALIDATE"
		case flags&rawMapFixed != 0 && addr&within != 0:
			return "EINVAL", fmt.Sprintf("a fixed mapping begins at a page, and %#x is not a multiple of the page size, %d", addr, pageSize)
		}
	case "mremap": // mm/mremap.c, check_mremap_params
		addr, newLength, flags := words[0], words[2], words[3]
		switch {
		case flags>>32 != 0:
			return "EINVAL", fmt.Sprintf("flags has %#x, and mremap has no such flag", flags>>32<<32)
		case addr&within != 0:
			return "EINVAL", fmt.Sprintf("a mapping begins at a page, and %#x is not a multiple of the page size, %d", addr, pageSize)
		case newLength == 0 || newLength > math.MaxUint64-within:
			return "EINVAL", fmt.Sprintf("the new length, %d, is 0 in whole pages of 64 bits", newLength)
		case flags&rawNeedMayMove != 0 && flags&rawMayMove == 0:
			return "EINVAL", "MREMAP_FIXED and MREMAP_DONTUNMAP need MREMAP_MAYMOVE"
		}
	}
	return "", ""
}

// rawWrong says what the kernel does not know of the arguments of a call, and answers with EINVAL, whatever is mapped.
func rawWrong(call string, words []uint64) string {
	unknown := func(nth int, known uint64) string {
		if rest := words[nth] &^ known; rest != 0 {
			return fmt.Sprintf("%s has %#x, and %s knows no such flag", ofCall(call).args[nth].name, rest, call)
		}
		return ""
	}
	low := func(nth int) string { // of an int
		words[nth] &= math.MaxUint32
		return unknown(nth, map[string]uint64{"mlock2": 1, "mlockall": 7, "msync": 7}[call])
	}
	switch call {
	case "mlock2", "msync":
		return low(2)
	case "mlockall":
		return low(0)
	case "mseal":
		return unknown(2, 0)
	case "madvise":
		return fmt.Sprintf("%d is no advice that madvise knows", int32(words[2]))
	case "mprotect":
		switch grows := words[2] & (protGrowsDown | protGrowsUp); {
		case grows == protGrowsDown|protGrowsUp:
			return "memory does not grow down and up"
		case grows == protGrowsUp:
			return "no memory grows up on this processor"
		}
	}
	return ""
}

// raw foresees a call with arguments as they stand: as the verb that makes the very call, or where none does, what is sure.
func (r *reacher) raw(c lang.Syscall) {
	if plain, ok := c.Plain(r.p); ok {
		r.inProcess(r.Proc, plain)
		return
	}
	for n := range c.Count() {
		if a := c.Args[n]; a.Of {
			if _, ok := r.resolve(a.T); !ok {
				return
			}
		}
	}
	words, _ := RawWords(c, r.p)
	r.call(c.Name, RawArgs(c.Name, words)...)
	errno, why := RawRefused(c.Name, words, uint64(r.p.PageSize))
	switch wrong := rawWrong(c.Name, words); {
	case errno != "" && c.Name == model.CallMmap && rawOtherAnswers(words):
	case errno != "":
		r.fails(errno, "%s", why)
	case c.Name == model.CallMmap || c.Name == model.CallMremap:
		r.refuse(RawNeedsName(c.Name))
	case c.Name == "mseal": // which may not be there
	case wrong != "" && c.Name != "mprotect": // of which an address that is within a page comes first
		r.fails("EINVAL", "%s", wrong)
	}
}

// rawOtherAnswers reports whether an mmap that is sure to be refused may be so for something else first: its address, its length, a limit of what is
// locked, a pool of huge pages.
func rawOtherAnswers(words []uint64) bool {
	const locked, huge = 0x2000, 0x40000
	return words[0] > defaultSpace>>1 || words[1] > defaultSpace>>8 || words[3]&(locked|huge) != 0
}

// RawNeedsName is what an mmap or an mremap is refused with that may make a mapping.
func RawNeedsName(call string) string {
	return fmt.Sprintf("a mapping has to have a name, which %s gives it: syscall %s is for what Linux is sure to refuse", call, call)
}

// RawArgs returns the arguments of a call with their kinds.
func RawArgs(call string, words []uint64) (args []model.Arg) {
	for n, w := range words {
		a := wordOf(fmt.Sprintf("%#x", w))
		a.Value = w
		switch of := model.FlagsAt(call, n); {
		case of != 0:
			a = of.Arg(w)
		case n == 0 && call != model.CallMlockall, call == "mincore" && n == 2:
			a = addrOf(w)
		case n == 1, call == model.CallMremap && n == 2:
			a = lenOf(w)
		case call == model.CallMmap && n == 4, call == model.CallMadvise:
			a.Text = fmt.Sprint(int32(w))
		}
		args = append(args, a)
	}
	return args
}

// rawCause explains a call with arguments that no verb writes.
func (f failure) rawCause() (why, try string) {
	if _, ok := f.cmd.(lang.Syscall); !ok {
		return "", ""
	}
	var words []uint64
	for _, a := range f.Args {
		words = append(words, a.Value)
	}
	errno, why := RawRefused(f.Call, words, uint64(max(f.p.PageSize, 1)))
	switch {
	case errno == f.Errno && errno != "":
		return capital(why) + ".", "man " + f.Call + " has what it takes."
	case f.Errno == "EINVAL" && rawWrong(f.Call, words) != "":
		if s := f.span(); f.Call == "mprotect" && f.p.PageSize > 0 && s.Addr%uint64(f.p.PageSize) != 0 {
			return "", "" // which is checked before
		}
		return capital(rawWrong(f.Call, words)) + ".", "man " + f.Call + " has what it takes."
	case f.Call == "mprotect" && f.Errno == "EINVAL" && words[2]&protGrowsDown != 0:
		if v, ok := f.vmaAt(words[0]); ok && !v.GrowsDown {
			return fmt.Sprintf("PROT_GROWSDOWN is for a mapping that grows down, and %s is none.", f.name(words[0])), "Map it grows_down, or leave PROT_GROWSDOWN out."
		}
	case f.Call == "mprotect" && f.Errno == "EINVAL" && words[2]&^rawProtKnown != 0:
		return fmt.Sprintf("prot has %#x, which is no right that mprotect knows on this processor.", words[2]&^rawProtKnown), "Give r, w and x alone."
	case f.Call == "mincore" && f.Errno == "EFAULT":
		return fmt.Sprintf("The answers were to go to %#x, a byte a page, and the kernel could not write them all there.", words[2]),
			"Give a region that may be written, with as many bytes as the range has pages."
	}
	return "", ""
}
