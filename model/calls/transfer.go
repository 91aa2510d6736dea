package calls

import (
	"fmt"
	"math"

	"incore/model"
	"incore/model/lang"
)

// read(2) and write(2), in which the kernel accesses memory for the process: where that would have a signal, the call
// ends, with EFAULT or with how far it came (read(2), write(2)).

// TransferMost is how many bytes one read(2) or write(2) transfers at most, where pages have 4 KiB (include/linux/fs.h,
// MAX_RW_COUNT).
const TransferMost = math.MaxInt32 &^ 0xfff

// transferRight returns what a page has to allow for a call: read(2) writes to it.
func transferRight(call string) model.Prot {
	if call == "read" {
		return model.ProtWrite
	}
	return accessRight(lang.Read)
}

// transfers is read or write.
func (r *reacher) transfers(call string, t model.Target) {
	s, ok := r.resolve(t)
	if !ok {
		return
	}
	r.call("memfd_create", wordOf(`"incore"`), model.FlagsArg(model.MfdCloexec))
	if call == "read" && s.Len > 0 {
		r.call("ftruncate", wordOf("fd"), lenOf(min(s.Len, TransferMost)))
	}
	r.call(call, wordOf("fd"), addrOf(s.Addr), lenOf(s.Len))
	switch {
	case s.Len == 0:
		r.out.Effect = "a range of no bytes: nothing"
		return
	case r.pastUser(s):
		r.fails("EFAULT", "the range goes past the last address of a process")
		return
	}
	r.out.Effect = fmt.Sprintf("the kernel writes zeros to %s", model.Plural(int64(min(s.Len, TransferMost)), "byte"))
	if call == "write" {
		r.out.Effect = fmt.Sprintf("the kernel reads %s", model.Plural(int64(min(s.Len, TransferMost)), "byte"))
	}
	if st := r.signalAt(r.outwards(s), transferRight(call), 1); st.answer != "" {
		if st.at <= s.Addr {
			r.fails("EFAULT", "%s", st.why)
			return
		}
		r.out.Note = fmt.Sprintf("%s: it stops there, and returns how far it came", st.why)
		s.Len = st.at - s.Addr
	}
	r.reaches(r.p, r.outwards(s))
}

// pastUser reports whether a span surely goes past the addresses of a process, which the kernel looks at first (access_ok).
func (f failure) pastUser(s model.Span) bool {
	end := f.p.Limits.AddressEnd
	return s.End() < s.Addr || f.p.Limits.TagBits == 0 && end > 0 && s.End() > end
}

func transferPastEnd(f failure) (why, try string) {
	s := f.span()
	if !f.pastUser(s) {
		return "", ""
	}
	return fmt.Sprintf("%#x plus %s goes past the last address of a process. The kernel looks at that first, and transferred nothing.", s.Addr, model.FormatSize(s.Len)), "Give a shorter length."
}

// transferFault explains the first byte that could not be accessed.
func transferFault(f failure) (why, try string) {
	s := f.span()
	did, need := "written to", "Name pages that are mapped and may be written."
	if f.Call == "write" {
		did, need = "read", "Name pages that are mapped and may be read."
	}
	r := &reacher{failure: f, out: &Reach{}}
	first := r.outwards(model.Span{Addr: s.Addr, Len: 1})
	if st := r.signalAt(first, transferRight(f.Call), 1); st.answer != "" {
		if v, ok := f.vmaAt(s.Addr); ok && v.Secret() && f.secretsFull() != "" {
			need = f.secretsRoom()
		}
		return fmt.Sprintf("%s, and the kernel was to access it for the process. A touch that did the same would be %s; a call ends with EFAULT. No byte of it was %s.", st.why, st.answer, did), need
	}
	for _, pg := range f.p.PagesIn(first) {
		if v, ok := f.vmaAt(s.Addr); ok && pg.Has(model.InVMA) && !pg.Has(model.Mapped) && (v.Shared || !privateAnon(v)) {
			return fmt.Sprintf("%s could not be brought in; a touch would be SIGBUS: %s. No byte of it was %s.", f.name(s.Addr), f.behindPage(s.Addr), did), "Name only as much as there is."
		}
	}
	return "", ""
}

// transferTooLong explains a file that may not get so long. A program that does not ignore SIGXFSZ is ended by it here.
func transferTooLong(f failure) (why, try string) {
	limit := f.p.Limits.FileSize
	if !f.p.Limits.Known || limit == model.Unlimited {
		return "", ""
	}
	return fmt.Sprintf("RLIMIT_FSIZE (ulimit -f), of the files of the process, is %s.", model.FormatLimit(limit)), "Start incore with a higher limit."
}
