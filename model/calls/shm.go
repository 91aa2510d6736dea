package calls

import (
	"fmt"
	"math"
	"slices"

	"incore/model"
	"incore/model/lang"
)

// shmFamily is System V shared memory (ipc/shm.c).
var shmFamily = []dossier{
	{
		call: "shmget", verb: "shmget", page: "shmget(2)", what: "Makes a shared memory segment. It belongs to the system, and stays until it is removed.",
		ok: value("the number of the segment"), round: roundsLength,
		args: []argument{
			arg("key", explainedAs("the name of the segment for other processes, a random number")), arg("size", explainLength), arg("shmflg", explainFlags("")),
		},
		flags: map[model.Flag]string{
			model.IpcCreate:    "made where it is not there",
			model.IpcExclusive: "has to be new",
			model.IpcOwnerOnly: "its owner may read and write it, nobody else",
		},
		causes: causes{
			"EINVAL": {segmentSize},
			"ENOSPC": {segmentsFull},
			"ENOMEM": {segmentNotPromised, leftover("the kernel had no memory for the segment", "a memory cgroup has no room for its tables")},
			"EEXIST": {segmentKeyTaken},
		},
		reach: following((*reacher).makesSegment),
	},
	{
		call: model.CallShmat, verb: "shmat", page: "shmat(2)", what: "Maps a segment.", ok: value("the address where the mapping begins"), round: roundsLength,
		args: []argument{
			arg("shmid", explainedAs("the number of the segment")), arg("shmaddr", addressOr("the kernel chooses where")), arg("shmflg", explainFlags("to be read and written")),
		},
		flags: map[model.Flag]string{
			model.ShmReadOnly: "for reading alone",
			model.ShmRound:    "an address within a page is rounded down to its start",
			model.ShmRemap:    "in place of what lies there",
			model.ShmExec:     "may be executed",
		},
		causes: causes{
			"EAGAIN": {mapLockedOverLimit},
			"EINVAL": {attachUnaligned, attachOccupied, segmentGone},
			"EIDRM":  {segmentGone},
			"EACCES": {attachForbidden, leftover(securityModule)},
			"EPERM":  {sealed, fixedBelowMin},
			"ENOMEM": {
				mapTooLong, mapTooManyVMAs, mapPastEnd, mapNoRoom, mapProcessLimit, mapFullOfVMAs,
				leftover("the kernel had no memory for its own tables"),
			},
		},
		length:  attachedLength,
		reach:   following((*reacher).attaches),
		mapping: attachedMapping,
	},
	{
		call: model.CallShmdt, verb: "shmdt", page: "shmdt(2)", what: "Unmaps a segment, whatever is left of it where it was attached.", ok: done,
		args:   []argument{arg("shmaddr", explainAddress)},
		causes: causes{"EINVAL": {detachUnaligned, detachNone}},
		reach:  following((*reacher).detaches),
	},
	{
		call: "shmctl", verb: "shmctl", page: "shmctl(2)", what: "Does something to a segment.", ok: done,
		args: []argument{
			arg("shmid", explainedAs("the number of the segment")), arg("cmd", explainConstant), arg("buf", explainBuffer),
		},
		constants: map[string]string{
			"SHM_LOCK":   "its pages stay in memory once they are there; none is brought in",
			"SHM_UNLOCK": "undoes SHM_LOCK",
			"IPC_STAT":   "asks who made it, how many have it attached, and whether it is locked",
			"IPC_RMID":   "removes it, once nobody has it mapped",
		},
		causes: causes{
			"EINVAL": {segmentGone}, "EIDRM": {segmentGone}, "EPERM": {segmentLockForbidden}, "ENOMEM": {segmentOverLimit},
		},
		reach: following((*reacher).controls),
	},
}

// What shmctl does to a segment.
const (
	shmLock   lang.ShmOp = "lock"
	shmUnlock lang.ShmOp = "unlock"
	shmRemove lang.ShmOp = "rmid"
	shmStat   lang.ShmOp = "stat"
)

var shmConstants = map[lang.ShmOp]string{shmLock: "SHM_LOCK", shmUnlock: "SHM_UNLOCK", shmRemove: "IPC_RMID", shmStat: "IPC_STAT"}

// explainBuffer explains where IPC_STAT writes.
func explainBuffer(w asked) (string, []Bit) {
	if w.Value == 0 {
		return "not used by this", nil
	}
	return "where the kernel writes what it tells", nil
}

// attachedLength returns how many bytes the command is to attach: shmat is told a segment, and not how long it is.
func attachedLength(f failure) uint64 {
	if c, ok := f.cmd.(lang.Shmget); ok {
		return c.Size.Bytes(f.p.PageSize)
	}
	c, _ := f.mapping()
	return c.Size.Bytes(f.p.PageSize)
}

// attachedMapping returns what the verb shmat is to map, as the mmap that has the same in it.
func attachedMapping(f failure) (lang.Mmap, bool) {
	c, ok := f.cmd.(lang.Shmat)
	m := lang.Mmap{Name: c.Name, Shared: true, Backing: model.Shm, Prot: model.ProtRead | model.ProtWrite, At: c.At}
	if c.ReadOnly {
		m.Prot = model.ProtRead
	}
	if r := f.p.Region(c.Of); r != nil && r.Sized { // else it is as long as the region, which mremap may have made longer
		m.Size = model.Size{N: r.FileLen, Unit: model.Bytes}
	} else if r != nil {
		m.Size = model.Size{N: r.Len, Unit: model.Bytes}
	}
	return m, ok
}

// attaches is shmat. It takes the place of nothing (ipc/shm.c, do_shmat).
func (r *reacher) attaches(c lang.Shmat) {
	of := r.p.Region(c.Of)
	switch {
	case !r.nameIsFree(c.Name):
		return
	case of == nil: // it is there without a region
		r.attachesUnseen(c)
		return
	case of.Backing != model.Shm:
		r.refuse(c.Of + " is no segment: shmget makes one")
		return
	}
	flags, n := attachFlags(c), r.up(of.FileLen)
	at := model.Span{Len: n}
	if c.At != nil {
		s, ok := r.resolve(*c.At)
		if !ok {
			return
		}
		at.Addr = s.Addr
	}
	r.call(model.CallShmat, wordOf(fmt.Sprint(of.ShmID)), r.fixed(lang.Mmap{At: c.At}, at), flags)
	r.newRegion(n, n)
	off := at.Addr % uint64(r.p.PageSize)
	if off != 0 && !c.Round {
		r.fails("EINVAL", "not the start of a page: round rounds it down")
		return
	}
	if at.Addr -= off; at.Addr != 0 && len(r.p.VMAsIn(at)) > 0 {
		r.fails("EINVAL", "something is mapped there, and shmat takes the place of nothing")
	}
}

// attachesUnseen is shmat of a segment whose region is gone: how long it is, and which number it has, is not told by then.
func (r *reacher) attachesUnseen(c lang.Shmat) {
	at := model.Span{}
	if c.At != nil {
		s, ok := r.resolve(*c.At)
		if !ok {
			return
		}
		at.Addr = s.Addr
	}
	r.call(model.CallShmat, wordOf("shmid"), r.fixed(lang.Mmap{At: c.At}, at), attachFlags(c))
	r.out.Effect = "the segment of " + c.Of + " once more"
}

// attachFlags are the flags that shmat is handed.
func attachFlags(c lang.Shmat) model.Arg {
	flags := model.ShmatFlags.Arg(0)
	if c.ReadOnly {
		flags.Value |= model.ShmReadOnly.Bits()
	}
	if c.Round {
		flags.Value |= model.ShmRound.Bits()
	}
	return flags
}

// detaches is shmdt: it looks for what is left of an attachment that began where the region does.
func (r *reacher) detaches(c lang.Shmdt) {
	s, ok := r.resolve(model.Target{Form: model.WholeRegion, Region: c.Name})
	if !ok {
		return
	}
	r.call(model.CallShmdt, addrOf(s.Addr))
	reg := r.p.Region(c.Name)
	switch {
	case s.Addr%uint64(r.p.PageSize) != 0:
		r.fails("EINVAL", "not the start of a page")
	case reg != nil && reg.Backing == model.Shm: // a name can outlive its pages, and then another attachment may be found
		r.out.Effect = "detaches the segment"
		r.out.Note = "what is in it stays with the segment"
		r.add(r.p, reg, model.Range{Lo: 0, Hi: reg.Pages.Len()})
	case len(r.p.VMAs) > 0 && !slices.ContainsFunc(r.p.Regions, func(q *model.Region) bool { return q.Backing == model.Shm }):
		r.fails("EINVAL", "%s is no segment, and none is attached", c.Name)
	}
}

// detachUnaligned explains an address within a page, which a block of malloc has.
func detachUnaligned(f failure) (why, try string) {
	at, ps := f.span().Addr, uint64(f.p.PageSize)
	if at%ps == 0 {
		return "", ""
	}
	return fmt.Sprintf("A segment is attached from the start of a page on, and %#x is not a multiple of the page size, %d.", at, ps), "Name a region that shmget or shmat made."
}

// detachNone explains an address that no attachment begins at. A part of one is found by how far it lies in its segment (ipc/shm.c,
// ksys_shmdt).
func detachNone(f failure) (why, try string) {
	at := f.span().Addr
	c, _ := f.cmd.(lang.Shmdt)
	r := f.p.Region(c.Name)
	switch {
	case r != nil && r.Backing != model.Shm:
		return fmt.Sprintf("No segment is attached at %#x: %s is %s memory.", at, c.Name, r.Backing), f.run("munmap %s unmaps it.", c.Name)
	case len(f.p.VMAs) == 0:
		return unknown("nothing is left of the segment there", "it is attached elsewhere"), ""
	}
	return fmt.Sprintf("No segment is attached from %#x on: nothing of one is left here, or what is left was moved (mremap) and begins elsewhere.", at), f.run("munmap %s unmaps what is there.", c.Name)
}

// attachUnaligned is fixedUnaligned of shmat, which can round.
func attachUnaligned(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Shmat)
	if why, try = fixedUnaligned(f); !ok || why == "" {
		return why, try
	}
	if c.Round {
		return "", ""
	}
	return why, try + " Or say round, which rounds it down (SHM_RND)."
}

// attachOccupied explains an address where something is mapped, or that ends past the last one (ipc/shm.c, do_shmat).
func attachOccupied(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Shmat)
	at := model.Span{Addr: f.span().Addr, Len: f.asked()}
	if !ok || c.At == nil || at.Addr == 0 {
		return "", ""
	}
	if at.Addr -= at.Addr % uint64(f.p.PageSize); at.End() < at.Addr {
		return fmt.Sprintf("%#x plus %s goes past the last address there is.", at.Addr, model.FormatSize(at.Len)), "Give an address within a region."
	}
	vmas := f.p.VMAsIn(at)
	if len(vmas) == 0 {
		return "", ""
	}
	at = model.Span{Addr: max(at.Addr, vmas[0].Start), Len: min(at.End(), vmas[0].End) - max(at.Addr, vmas[0].Start)}
	return fmt.Sprintf("%s is mapped, and shmat takes the place of nothing unless it is told to (SHM_REMAP).", f.target(at.Addr, at.End())),
		f.run("munmap %s first, or mmap … shared alias %s at %s, which is SHM_REMAP.", f.target(at.Addr, at.End()), c.Of, c.At)
}

// makesSegment is shmget, and the shmat that follows it.
func (r *reacher) makesSegment(c lang.Shmget) {
	if !r.nameIsFree(c.Name) {
		return
	}
	n := c.Size.Bytes(r.p.PageSize)
	r.call("shmget", wordOf("key"), lenOf(n), model.FlagsArg(model.IpcCreate, model.IpcExclusive, model.IpcOwnerOnly))
	if n == 0 {
		r.fails("EINVAL", "a segment has at least one byte")
		return
	}
	r.call(model.CallShmat, wordOf("shmid"), wordOf("NULL"), wordOf("0"))
	r.newRegion(n, r.up(n))
}

// segmentSize explains a size that a segment cannot have. The kernel asks shmmax first, and mm/shmem.c then whether a file can be so long.
func segmentSize(f failure) (why, try string) {
	switch n := f.span().Len; {
	case n == 0:
		return "A segment has at least one byte.", "Give a size of 1 page or more."
	case n > math.MaxInt64:
		return fmt.Sprintf("A segment cannot be %s long: its length is a signed 64-bit number, as that of a file.", model.FormatSize(n)), "Ask for less."
	}
	if most, ok := f.Looked.Setting("kernel.shmmax"); ok && most >= 0 && f.span().Len > uint64(most) {
		return fmt.Sprintf("%s is more than a segment may have: kernel.shmmax is %s.", model.FormatSize(f.span().Len), model.FormatBytes(most)), "Ask for less."
	}
	return "", ""
}

func segmentsFull(f failure) (why, try string) {
	const stay = " Segments stay until somebody removes them."
	most, ok := f.Looked.Setting("kernel.shmmni")
	why = "The system has as many segments, or as many pages in segments, as it may; which of the two is not known (kernel.shmmni, kernel.shmall)."
	if has, counted := f.Looked.Setting("segments"); ok && counted && has >= most {
		why = fmt.Sprintf("The system has %s, and kernel.shmmni, the most it may have, is %d.", model.Plural(has, "segment"), most)
	} else if ok && counted {
		why = fmt.Sprintf("The system has as many pages in segments as it may (kernel.shmall): of segments it has %d, and %d may be (kernel.shmmni).", has, most)
	}
	return why + stay, "As their owner, ipcs -m shows them and ipcrm -m removes one."
}

// segmentNotPromised explains memory that is not promised. The whole segment is counted as it is made (mm/shmem.c, shmem_acct_size).
func segmentNotPromised(f failure) (why, try string) { return f.notPromised(f.asked(), true, false) }

func segmentKeyTaken(f failure) (why, try string) {
	return "Somebody else made a segment with the same random key in this very moment.", "Try again."
}

func segmentGone(f failure) (why, try string) {
	return "The segment is gone: it was removed (IPC_RMID), and no process has it attached any more.", "Make another one with shmget."
}

// attachForbidden explains a segment's mode. Incore makes segments with the mode 0600, in which nobody may execute
// (ipc/util.c, ipcperms).
func attachForbidden(f failure) (why, try string) {
	if c, ok := f.mapping(); !ok || c.Prot&model.ProtExec == 0 {
		return "", ""
	}
	return "The segment's mode, 0600, lets nobody execute what is in it, but a process with CAP_IPC_OWNER.", "Attach it r or rw."
}

// segmentLockForbidden explains a limit of 0. SHM_LOCK without CAP_IPC_LOCK.
func segmentLockForbidden(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Shmctl)
	if !ok || c.Op != shmLock {
		return "", ""
	}
	if why, _ = lockForbidden(f); why == "" {
		return "", ""
	}
	taken, _ := f.segmentsLocked(c.Name)
	if r := f.p.Region(c.Name); r != nil {
		return why, f.raise(taken + f.rounded(r.Len, 0))
	}
	return why, "Raise the limit to the length of all segments that are to be locked."
}

// segmentOverLimit explains the user's budget of locked segments. SHM_LOCK has a budget of the user's, as large as RLIMIT_MEMLOCK of who
// locks, and apart from that of mlock (mm/mlock.c, user_shm_lock). What other programs of the
// user have locked counts, and is not known here.
func segmentOverLimit(f failure) (why, try string) {
	c, ok := f.cmd.(lang.Shmctl)
	_, limit, limited := f.lockBudget()
	if !ok || c.Op != shmLock || !limited {
		return "", ""
	}
	why = fmt.Sprintf("SHM_LOCK counts the whole segment against a budget of the user's, which is as large as RLIMIT_MEMLOCK, %s, and apart from that of mlock.", f.memlock())
	taken, other := f.segmentsLocked(c.Name)
	try = "Take a smaller segment."
	if other != "" {
		try = f.run("shmctl %s unlock first.", other)
	}
	r := f.p.Region(c.Name)
	if r == nil {
		return why + " This segment does not fit into it.", try
	}
	why = fmt.Sprintf("%s %s has %s, and other segments of this session have locked %s", why, r.Name, model.FormatSize(r.Len), model.FormatSize(taken))
	if sum := taken + f.rounded(r.Len, 0); sum > uint64(limit) {
		return fmt.Sprintf("%s: %s too much.", why, model.FormatSize(sum-uint64(limit))), try + " " + f.raise(sum)
	}
	return why + ". That would fit: what other programs of the user have locked counts too, and is not known here.", try + " As the same user, ipcs -m shows the segments that there are."
}

// segmentsLocked returns how long the session's segments are that have SHM_LOCK, but for that of
// one region, and a region of this process that has such a segment.
func (f failure) segmentsLocked(but string) (bytes uint64, name string) {
	seen := map[int]bool{}
	if r := f.p.Region(but); r != nil {
		seen[r.ShmID] = true
	}
	locked := func(p model.Page) bool { return p.Lock == model.ShmLocked }
	for i := range f.s.Procs {
		for _, r := range f.s.Procs[i].Regions {
			if r.Backing != model.Shm || seen[r.ShmID] || r.Pages.Count(model.Range{Lo: 0, Hi: r.Pages.Len()}, locked) == 0 {
				continue
			}
			seen[r.ShmID] = true
			bytes += f.rounded(r.Len, 0)
			if f.s.Procs[i].Name == f.p.Name {
				name = r.Name
			}
		}
	}
	return bytes, name
}

// controls is shmctl: what it does it does to the segment, whoever has it attached.
func (r *reacher) controls(c lang.Shmctl) {
	op, buffer := shmConstants[c.Op], wordOf("NULL")
	if c.Op == shmStat {
		buffer = wordOf("buffer")
	}
	reg := r.p.Region(c.Name)
	switch {
	case reg == nil: // the segment of a region that is gone may still be there
		r.call("shmctl", wordOf("shmid"), wordOf(op), buffer)
		return
	case reg.Backing != model.Shm:
		r.refuse(c.Name + " is no segment: shmget makes one")
		return
	}
	r.call("shmctl", wordOf(fmt.Sprint(reg.ShmID)), wordOf(op), buffer)
	switch c.Op {
	case shmStat:
		r.out.Effect = "asks about the segment, and changes nothing"
		return
	case shmRemove:
		r.out.Effect = "the segment goes with its last attachment"
		return
	}
	r.out.Effect = "the segment, whoever has it attached"
	for i := range r.s.Procs {
		p := &r.s.Procs[i]
		for _, q := range p.Regions {
			if p.Death == nil && q.Backing == model.Shm && q.ShmID == reg.ShmID {
				r.add(p, q, model.Range{Lo: 0, Hi: q.Pages.Len()})
			}
		}
	}
}
