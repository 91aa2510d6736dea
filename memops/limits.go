//go:build linux && (amd64 || arm64)

package memops

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"incore/memops/strace"
	"incore/memops/subject"
	"incore/model"
	"incore/model/lang"
)

// limitVerbs say how much a process may have.
var limitVerbs = family{
	verbOf((*process).setrlimit, (*process).limitShortfall),
	verbOf((*process).capset),
	verbOf((*process).prctl),
	verbOf((*process).memcg),
}

// resources are the limits by their numbers (asm-generic/resource.h; those of amd64 and arm64 are the same).
var resources = map[lang.Limit]int{
	lang.LimitMemlock: unix.RLIMIT_MEMLOCK, lang.LimitAS: unix.RLIMIT_AS, lang.LimitData: unix.RLIMIT_DATA, lang.LimitStack: unix.RLIMIT_STACK,
}

// setrlimit has the actor set the limit itself, so that what it may is decided by
// the capabilities that it has by then. A hard limit that is not named stays as it is.
func (p *process) setrlimit(c lang.Setrlimit) (model.Event, error) {
	number, name := resources[c.Of], c.Of.Constant()
	var limit unix.Rlimit
	if c.Hard == nil {
		err := unix.Prlimit(p.sub.PID, number, nil, &limit)
		switch {
		case !p.sub.OwnsPID():
			return model.Event{}, subject.ErrGone // the limit was nobody's, or another's
		case err != nil:
			return model.Event{}, fmt.Errorf("prlimit(%d, %s), to read the hard limit: %w", p.sub.PID, name, err)
		}
	} else {
		limit.Max = p.lab.limitBytes(*c.Hard)
	}
	limit.Cur = p.lab.limitBytes(c.Soft)
	binary.NativeEndian.PutUint64(p.sub.Args, limit.Cur)
	binary.NativeEndian.PutUint64(p.sub.Args[8:], limit.Max)
	text := fmt.Sprintf("{rlim_cur=%s, rlim_max=%s}", limitText(limit.Cur), limitText(limit.Max))
	return p.syscall("prlimit64", unix.SYS_PRLIMIT64, strace.Word(0, "0"), strace.Word(uint64(number), name),
		strace.Word(subject.ArgsAddr, text), strace.Word(0, "NULL"))
}

// mdweSetting and thpSetting are what a look at the attributes of a process is called.
const (
	mdweSetting = "PR_GET_MDWE"
	thpSetting  = "PR_GET_THP_DISABLE"
)

// prctl sets an attribute of the process (prctl(2)). What prctl does not use has to be 0.
func (p *process) prctl(c lang.Prctl) (model.Event, error) {
	option, name, value, text := uint64(unix.PR_SET_MDWE), "PR_SET_MDWE", uint64(unix.PR_MDWE_REFUSE_EXEC_GAIN), "PR_MDWE_REFUSE_EXEC_GAIN"
	if c.Set == lang.THPDisable {
		option, name, value, text = unix.PR_SET_THP_DISABLE, "PR_SET_THP_DISABLE", 1, "1"
	}
	none := strace.Word(0, "0")
	return p.syscall("prctl", unix.SYS_PRCTL, strace.Word(option, name), strace.Word(value, text), none, none, none)
}

// attributesFor adds to what was looked at for a call that failed what attributes of the process it depends on.
func (p *process) attributesFor(e *model.Event, settings map[string]int64) map[string]int64 {
	var option uint64
	name := ""
	switch {
	case e.Errno == "EACCES" && (e.Call == "mmap" || e.Call == "mprotect" || e.Call == "pkey_mprotect"):
		option, name = unix.PR_GET_MDWE, mdweSetting
	case e.Errno == "EINVAL" && e.Call == "madvise" && e.Args[2].Value == unix.MADV_COLLAPSE:
		option, name = unix.PR_GET_THP_DISABLE, thpSetting
	default:
		return settings
	}
	r, err := p.sub.Actor.Call(unix.SYS_PRCTL, option, 0, 0, 0, 0)
	if err != nil || r.Ret < 0 { // a kernel that does not know it has not set it
		return settings
	}
	if settings == nil {
		settings = map[string]int64{}
	}
	settings[name] = r.Ret
	return settings
}

// limitBytes is an amount as the kernel takes it.
func (l *Lab) limitBytes(a lang.Amount) uint64 {
	if a.Unlimited {
		return unix.RLIM_INFINITY
	}
	return a.Size.Bytes(l.pageSize)
}

// limitText is a limit as strace(1) prints it: 64*1024, RLIM64_INFINITY.
func limitText(v uint64) string {
	switch {
	case v == unix.RLIM_INFINITY:
		return "RLIM64_INFINITY"
	case v > 1024 && v%1024 == 0:
		return fmt.Sprintf("%d*1024", v/1024)
	}
	return fmt.Sprint(v)
}

// The layout of capget(2)'s structs in the subject's memory: a header, and behind it two
// sets of three words, the first for the capabilities 0 to 31 (linux/capability.h).
const (
	capHeader  = 0
	capData    = int(unsafe.Sizeof(unix.CapUserHeader{}))
	capDataLen = int(unsafe.Sizeof(unix.CapUserData{}))
)

// capset drops a capability of the actor alone: the kernel keeps capabilities by thread
// (capabilities(7)), and it is the actor that locks.
func (p *process) capset(c lang.Capset) (model.Event, error) {
	bit := slices.Index(lang.Capabilities(), c.Drop)
	if bit < 0 {
		return model.Event{}, fmt.Errorf("there is no capability %s", model.Visible(c.Drop))
	}
	args := p.sub.Args
	binary.NativeEndian.PutUint32(args[capHeader:], unix.LINUX_CAPABILITY_VERSION_3)
	binary.NativeEndian.PutUint32(args[capHeader+4:], 0) // the thread that asks
	header := strace.Word(subject.ArgsAddr+capHeader, "{version=_LINUX_CAPABILITY_VERSION_3, pid=0}")
	data := strace.Word(uint64(subject.ArgsAddr+capData), fmt.Sprintf("%#x", subject.ArgsAddr+capData))
	e, err := p.syscall("capget", unix.SYS_CAPGET, header, data)
	if err != nil || !e.OK() {
		return e, err
	}
	had := capSets(args)
	e.Args[1].Text = had.String()
	p.aside(e)

	word, mask := args[capData+bit/32*capDataLen:], uint32(1)<<(bit%32)
	for _, set := range []int{0, 4} { // effective, permitted
		binary.NativeEndian.PutUint32(word[set:], binary.NativeEndian.Uint32(word[set:])&^mask)
	}
	data.Text = capSets(args).String()
	e, err = p.syscall("capset", unix.SYS_CAPSET, header, data)
	if err == nil && e.OK() && (had.effective|had.permitted)>>bit&1 == 0 {
		e.Result = "it had no " + capName(c.Drop) + " to drop"
	}
	return e, err
}

// capName is a capability as the kernel's headers write it: CAP_IPC_LOCK.
func capName(name string) string { return "CAP_" + strings.ToUpper(name) }

// caps are the sets of capabilities of a thread, a bit each by its number.
type caps struct{ effective, permitted, inheritable uint64 }

// capSets reads what capget has written.
func capSets(args []byte) caps {
	set := func(at int) uint64 {
		low, high := args[capData+at:], args[capData+capDataLen+at:]
		return uint64(binary.NativeEndian.Uint32(low)) | uint64(binary.NativeEndian.Uint32(high))<<32
	}
	return caps{set(0), set(4), set(8)}
}

func (c caps) String() string {
	return fmt.Sprintf("{effective=%#x, permitted=%#x, inheritable=%#x}", c.effective, c.permitted, c.inheritable)
}
