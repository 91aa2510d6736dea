package calls

import (
	"fmt"
	"strings"

	"incore/model"
)

// What the kernel itself maps into each process: [vvar] and [vdso] lie wherever there is room,
// and a target that reaches past its region can reach into them.

// kernels returns what lies in a VMA that is the kernel's own, and "" of any other
// (arch/x86/entry/vdso/vma.c, arch/x86/entry/vsyscall/vsyscall_64.c, arch/arm64/kernel/vdso.c).
func kernels(v model.VMA) string {
	switch v.Path {
	case "[vvar]", "[vvar_vclock]":
		return "its clock data"
	case "[vdso]":
		return "its code for reading the clock"
	case "[vsyscall]":
		return "its page for old programs"
	case "[sigpage]", "[vectors]", "[uprobes]":
		return "a page of its own"
	}
	return ""
}

// kernelsAt returns the sentence for a VMA of the kernel's that the call came to, which ends in
// what may not be done to it, and what to name instead.
func (f failure) kernelsAt(v model.VMA, at uint64, mayNot string) (why, try string) {
	why = fmt.Sprintf("At %#x the kernel has mapped %s, %s, which %s.", max(at, v.Start), v.Path, kernels(v), mayNot)
	try = "Give an address within a region."
	lo := f.pages().Addr
	r := f.regionAt(lo)
	if r == nil {
		return why, try
	}
	end := r.Base + uint64(r.Pages.Len())*uint64(f.p.PageSize)
	if end > v.Start || end <= lo {
		return why, try
	}
	return fmt.Sprintf("%s ends at %s[%d]; behind it the kernel has mapped %s, %s, which %s.", r.Name, r.Name, r.Pages.Len()-1,
		v.Path, kernels(v), mayNot), fmt.Sprintf("Stay within %s: %s.", r.Name, f.target(lo, end))
}

// kernelsKept explains a call that names a part of such a mapping and would split it, which is EINVAL (mm/vma.c,
// __split_vma; mm/mmap.c, special_mapping_split). It comes where nothing before it in the range is refused.
func kernelsKept(f failure) (why, try string) { return f.kernelsKept("") }

// keptByKernel explains a call that stopped at memory of the kernel's. did says what became of the pages before it.
func keptByKernel(did string) explainer {
	return func(f failure) (why, try string) { return f.kernelsKept(did) }
}

func (f failure) kernelsKept(did string) (why, try string) {
	if c, ok := f.mapping(); ok && c.At == nil {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v model.VMA) bool { return kernels(v) != "" && v.Path != "[vsyscall]" && f.splits(v) })
	if !ok {
		return "", ""
	}
	done := strings.TrimSpace(f.unchanged("Nothing was changed."))
	if did != "" {
		done = f.before(at, did, done)
	}
	why, try = f.kernelsAt(v, at, "may not be split, and the range has only a part of it")
	return strings.TrimSpace(why + " " + done), try
}

// adviceOnKernels is kernelsKept of madvise: most advices are not for such mappings at all (VM_SPECIAL, VM_PFNMAP;
// measured on 6.18).
func adviceOnKernels(f failure) (why, try string) {
	at, v, ok := f.firstVMA(func(v model.VMA) bool { return kernels(v) != "" && v.Path != "[vsyscall]" })
	if !ok {
		return "", ""
	}
	mayNot := "does not take this advice"
	if f.splits(v) {
		mayNot = "may not be split and takes few advices"
	}
	why, try = f.kernelsAt(v, at, mayNot)
	return why + " " + f.advised(at), try
}

// splits reports whether the span holds a part of a VMA alone.
func (f failure) splits(v model.VMA) bool {
	s := f.pages()
	return s.Addr > v.Start && s.Addr < v.End || s.End() > v.Start && s.End() < v.End
}

// kernelsProtected explains a protection of the kernel's own mappings. Nobody may write to the clock data, nor ask for the right to: its VMA has
// VM_MAYREAD alone, where [vdso] has them all, for the sake of debuggers (mm/mprotect.c).
func kernelsProtected(f failure) (why, try string) {
	prot, ok := protects(f.cmd)
	if !ok {
		return "", ""
	}
	at, v, ok := f.firstVMA(func(v model.VMA) bool {
		return kernels(v) != "" && v.Path != "[vdso]" && prot&^v.Prot != 0
	})
	if !ok {
		return "", ""
	}
	why, try = f.kernelsAt(v, at, fmt.Sprintf("may not get more rights than %s", v.Prot))
	return why + f.protectedBefore(at), try
}

// kernelsUnread explains a page of the kernel's own mappings. Not all of the clock data has memory behind it, on every machine (arch/x86/entry/vdso/vma.c,
// vvar_fault).
func kernelsUnread(f failure) (why, try string) {
	v, ok := f.vmaAt(f.Signal.Addr)
	if !ok || kernels(v) == "" || f.Signal.Code != "BUS_ADRERR" {
		return "", ""
	}
	return f.kernelsAt(v, f.Signal.Addr, "has no memory behind this page on this machine")
}

// kernelsAccess explains an access to the kernel's own mappings. [vsyscall] lies among the kernel's addresses. With vsyscall=xonly, the
// default, its calls are emulated when they are executed, and it cannot be read
// (arch/x86/entry/vsyscall/vsyscall_64.c).
func kernelsAccess(f failure) (why, try string) {
	v, ok := f.vmaAt(f.Signal.Addr)
	need, did := f.access()
	switch {
	case !ok || kernels(v) == "" || did == "":
		return "", ""
	case v.Path == "[vsyscall]" && need == model.ProtExec:
		return f.kernelsAt(v, f.Signal.Addr, "may be executed where one of its three calls begins, and nowhere else")
	case v.Prot&need != 0:
		return "", ""
	case v.Path == "[vsyscall]" && v.Prot&model.ProtRead == 0:
		return f.kernelsAt(v, f.Signal.Addr, "may be executed, but neither read nor written")
	}
	return f.kernelsAt(v, f.Signal.Addr, fmt.Sprintf("has protection %s, and %s %s it", v.Prot, f.Call, did))
}
