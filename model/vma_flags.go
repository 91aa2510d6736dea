package model

import "strings"

// VMAFlags are the VmFlags of a VMA in smaps, a bit each. The kernel's two-letter codes and
// what they mean are in proc_pid_smaps(5).
type VMAFlags uint64

// vmaFlagCodes are the codes, at their bits (fs/proc/task_mmu.c, show_smap_vma_flags).
var vmaFlagCodes = strings.Fields("rd wr ex sh mr mw me ms gd pf dw lo io sr rr dc de ac nr ht sf ar wf dd sd mm hg nh mg um uw ui bt mt ss sl dp gu lf")

// otherVMAFlag is the bit of all codes that are not among them.
const otherVMAFlag = VMAFlags(1) << 63

// vmaFlagBits are the bits of the codes, by the two letters.
var vmaFlagBits = func() (bits [26 * 26]VMAFlags) {
	for i := range bits {
		bits[i] = otherVMAFlag
	}
	for bit, code := range vmaFlagCodes {
		bits[int(code[0]-'a')*26+int(code[1]-'a')] = 1 << bit
	}
	return bits
}()

// VMAFlag is the bit of a code: "dc" is MADV_DONTFORK's. One that is not known shares a bit with
// all such.
func VMAFlag[T string | []byte](code T) VMAFlags {
	if len(code) != 2 || code[0] < 'a' || code[0] > 'z' || code[1] < 'a' || code[1] > 'z' {
		return otherVMAFlag
	}
	return vmaFlagBits[int(code[0]-'a')*26+int(code[1]-'a')]
}

// ParseVMAFlags reads codes with blanks between them.
func ParseVMAFlags(codes string) (f VMAFlags) {
	for code := range strings.FieldsSeq(codes) {
		f |= VMAFlag(code)
	}
	return f
}

// Has reports whether the flag of a code is set.
func (f VMAFlags) Has(code string) bool { return f&VMAFlag(code) != 0 }

// String returns the codes as smaps writes them.
func (f VMAFlags) String() string {
	var list []string
	for bit, code := range vmaFlagCodes {
		if f&(1<<bit) != 0 {
			list = append(list, code)
		}
	}
	if f&otherVMAFlag != 0 {
		list = append(list, "??")
	}
	return strings.Join(list, " ")
}
