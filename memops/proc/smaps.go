package proc

import (
	"bytes"

	"incore/model"
)

// ParseVMAs reads the VMA lines and some of the flags of /proc/PID/smaps
// (proc_pid_smaps(5)); /proc/PID/maps parses as well, with nothing locked. Lines that
// are neither are passed over. The result is appended to vmas.
func ParseVMAs(text []byte, vmas []model.VMA) []model.VMA {
	for line := range bytes.Lines(text) {
		if flags, ok := bytes.CutPrefix(line, []byte("VmFlags:")); ok {
			if len(vmas) > 0 {
				v := &vmas[len(vmas)-1]
				v.Lock, v.Flags = lockOf(flags), flagsOf(flags)
				v.Sealed, v.GrowsDown, v.HugeTLB = hasFlag(flags, " sl"), hasFlag(flags, " gd"), hasFlag(flags, " ht")
			}
			continue
		}
		if key, ok := bytes.CutPrefix(line, []byte("ProtectionKey:")); ok { // only where there are such keys
			if n, _ := decimal(bytes.TrimSpace(key)); len(vmas) > 0 {
				vmas[len(vmas)-1].Key = int(n)
			}
			continue
		}
		if v, ok := parseVMA(line, vmas); ok {
			vmas = append(vmas, v)
		}
	}
	return vmas
}

// parseHuge reads of /proc/PID/smaps how many bytes of each VMA a transparent huge page maps by one entry of
// the page table's middle level: AnonHugePages (Linux 2.6.38), ShmemPmdMapped (4.8), FilePmdMapped (5.4).
func parseHuge(text []byte, vmas int) []int64 {
	huge := make([]int64, 0, vmas)
	for line := range bytes.Lines(text) {
		key, rest, ok := bytes.Cut(line, []byte(":"))
		if ok && len(huge) > 0 {
			switch string(key) {
			case "AnonHugePages", "ShmemPmdMapped", "FilePmdMapped":
				huge[len(huge)-1] += kibibytes(rest)
				continue
			}
		}
		if _, ok := parseVMA(line, nil); ok {
			huge = append(huge, 0)
		}
	}
	return huge
}

// Sizes sums up /proc/PID/smaps: what VmRSS and VmSwap are where the kernel counts exactly, bytes. VmSwap
// leaves out shared memory (proc_pid_status(5)), and smaps does not.
func Sizes(text []byte) (rss, swap int64) {
	shared := false
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte("Rss:")); ok {
			rss += kibibytes(rest)
		} else if rest, ok := bytes.CutPrefix(line, []byte("Swap:")); ok && !shared {
			swap += kibibytes(rest)
		} else if v, ok := parseVMA(line, nil); ok {
			shared = v.Shared
		}
	}
	return rss, swap
}

// LazyFree reads of /proc/PID/smaps how many bytes of the VMA at an address were given up by MADV_FREE and not written
// since (Linux 4.12; fs/proc/task_mmu.c, smaps_account).
func LazyFree(text []byte, addr uint64) int64 {
	inside := false
	for line := range bytes.Lines(text) {
		if v, ok := parseVMA(line, nil); ok {
			inside = v.Start <= addr && addr < v.End
		} else if rest, ok := bytes.CutPrefix(line, []byte("LazyFree:")); ok && inside {
			return kibibytes(rest)
		}
	}
	return 0
}

// hasFlag reports whether a flag is among the VmFlags, each of which has a blank before it.
func hasFlag(flags []byte, flag string) bool { return bytes.Contains(flags, []byte(flag)) }

// flagsOf are all of the VmFlags.
func flagsOf(flags []byte) (f model.VMAFlags) {
	for flag := range bytes.FieldsSeq(flags) {
		f |= model.VMAFlag(flag)
	}
	return f
}

// lockOf reads lo and lf among the two-letter VmFlags. They come in the order of their
// bits (fs/proc/task_mmu.c, show_smap_vma_flags), and before Linux 6.2 VM_LOCKONFAULT has
// no name: it is the "??" behind lo, with at most the named flags of the five bits between.
func lockOf(flags []byte) model.Lock {
	lock := model.Unlocked
	near := false // no flag above VM_LOCKONFAULT has come yet, and lo has
	for flag := range bytes.FieldsSeq(flags) {
		switch string(flag) {
		case "lo":
			lock, near = max(lock, model.Locked), true
		case "lf":
			return model.OnFault
		case "io", "sr", "rr", "dc", "de": // the bits between lo and lf
		case "??":
			if near {
				return model.OnFault
			}
		default:
			near = false
		}
	}
	return lock
}

// parseVMA reads "7f00-7f01 rw-p 00000000 00:00 0   path". The paths of earlier VMAs
// are used again, since a split mapping repeats one thousands of times.
func parseVMA(line []byte, earlier []model.VMA) (v model.VMA, ok bool) {
	start, rest := hexNumber(line)
	if len(rest) == 0 || rest[0] != '-' {
		return v, false
	}
	end, rest := hexNumber(rest[1:])
	if len(rest) < 6 || rest[0] != ' ' || end <= start {
		return v, false
	}
	v = model.VMA{Start: start, End: end}
	for i, c := range []byte("rwx") {
		if rest[1+i] == c {
			v.Prot |= 1 << i
		}
	}
	v.Shared = rest[4] == 's'
	rest = rest[5:]
	for field := range 3 {
		rest = bytes.TrimLeft(rest, " ")
		word, behind, found := bytes.Cut(rest, []byte(" "))
		switch word = bytes.TrimSpace(word); field {
		case 0:
			v.Offset, _ = hexNumber(word)
		case 1:
			major, minor := hexNumber(word)
			v.Dev = major << 32
			if len(minor) > 0 {
				number, _ := hexNumber(minor[1:])
				v.Dev |= number
			}
		case 2:
			v.Inode, _ = decimal(word)
		}
		if !found {
			return v, true
		}
		rest = behind
	}
	path := bytes.TrimSpace(rest)
	if n := len(earlier); n > 0 && earlier[n-1].Path == string(path) {
		v.Path = earlier[n-1].Path
	} else {
		v.Path = string(path)
	}
	return v, true
}

// GetsHuge reports, by the text of smaps, whether a VMA that overlaps the span gets huge pages, so that one touched page brings all
// of one: it was advised to (VmFlags hg), or they come unasked and it is one that they come to (THPeligible, which
// kernels before 5.0 do not say; Documentation/filesystems/proc.rst).
func GetsHuge(smaps []byte, span model.Span, unasked bool) bool {
	inside, eligible := false, true
	for line := range bytes.Lines(smaps) {
		if v, ok := parseVMA(line, nil); ok {
			inside, eligible = v.Start < span.End() && span.Addr < v.End, true
		} else if n, ok := bytes.CutPrefix(line, []byte("THPeligible:")); ok {
			eligible = !bytes.Equal(bytes.TrimSpace(n), []byte("0"))
		} else if flags, ok := bytes.CutPrefix(line, []byte("VmFlags:")); ok && inside {
			if bytes.Contains(flags, []byte(" hg")) || unasked && eligible && !bytes.Contains(flags, []byte(" nh")) {
				return true
			}
		}
	}
	return false
}
