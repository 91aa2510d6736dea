package calls

import (
	"fmt"

	"incore/model"
	"incore/model/lang"
)

// processFamily is what makes, replaces and ends processes.
var processFamily = []dossier{
	{
		call: model.CallClone, verb: "fork", page: "clone(2), as fork(2) calls it", what: "Makes a child: a copy of the process, of which pages are copied as they are written.",
		ok:   value("the child's process ID"),
		args: []argument{arg("flags", explainFlags("")), arg("stack", explainedAs("the child goes on with the parent's"))},
		flags: map[model.Flag]string{
			model.CloneParent:  "incore is the child's parent too, and learns how it ends; fork(2) does without",
			model.CloneSigchld: "what the parent is sent when the child ends",
		},
		telling: telling{names: true},
		causes: causes{
			"EAGAIN": {forkTooMany},
			"ENOMEM": {forkNotPromised, leftover("the kernel had no memory for the page tables of the child", "a memory cgroup has no room for them")},
		},
		reach: following((*reacher).forks),
	},
	{
		call: model.CallExecve, verb: "exec", page: "execve(2)", what: "Puts a fresh program into the process: all its memory is gone, its locks too.", ok: said("it did not return: the new program runs"),
		args: []argument{
			arg("pathname", explainedAs("the program")), arg("argv", explainedAs("its arguments")), arg("envp", explainedAs("its environment")),
		},
		causes: causes{
			"EACCES": {execForbidden}, "EAGAIN": {execTooMany}, "ENOMEM": {leftover("the kernel had no memory for the new address space")}, "ETXTBSY": {execBusy},
		},
		reach: func(r *reacher, _ model.Command) {
			r.call(model.CallExecve, wordOf(`"/proc/self/exe"`), wordOf(`["incore-subject"]`), wordOf("[]"))
			r.out.Effect = "a fresh program in the same process: its regions and locks are gone"
			r.whole(r.p)
		},
	},
	{
		call: model.CallExitGroup, verb: "exit", page: "exit_group(2)", what: "Ends the process with all its threads.", ok: said("it does not return"),
		args: []argument{arg("status", explainedAs("what the parent is told"))},
		reach: following(func(r *reacher, c lang.Exit) {
			r.call(model.CallExitGroup, wordOf(fmt.Sprint(c.Code)))
			r.ended()
		}),
	},
}

// ended says that the process ends.
func (r *reacher) ended() {
	r.out.Effect = r.Proc + " ends, and its pages with it"
	r.whole(r.p)
}

// maxProcesses is how many processes of a session live at a time.
const maxProcesses = 64

func (r *reacher) forks(c lang.Fork) {
	living := 0
	for i := range r.s.Procs {
		p := &r.s.Procs[i]
		if p.Death != nil {
			continue
		}
		living++
		if p.Name == c.Name {
			r.refuse("there is a process " + c.Name + " already: take another name")
			return
		}
	}
	if living >= maxProcesses {
		r.refuse(fmt.Sprintf("a session has at most %d processes at a time", maxProcesses))
		return
	}
	r.call(model.CallClone, model.FlagsArg(model.CloneParent, model.CloneSigchld), wordOf("NULL"))
	r.out.Effect = fmt.Sprintf("a child, %s: each page is copied when one of the two writes it", c.Name)
	if r.p.Stat.VmLck > 0 {
		r.out.Note = "it does not inherit the locks"
	}
}

// reservedPIDs is how many of the lowest numbers are not given again (kernel/pid.c, RESERVED_PIDS).
const reservedPIDs = 300

// forkTooMany explains too many processes: kernel/fork.c, copy_process, which asks in this order; fork(2).
func forkTooMany(f failure) (why, try string) {
	met := func(limit, count string, spare int64) (most, n int64, ok bool) {
		most, known := f.Looked.Setting(limit)
		n, counted := f.Looked.Setting(count)
		return most, n, known && counted && n >= most-spare
	}
	end := f.run("exit") + " in a process that is no longer needed, or "
	if most, n, ok := met("rlimit.nproc", "user.tasks", 0); ok {
		return fmt.Sprintf("The user has %d processes and threads, those of incore among them, and RLIMIT_NPROC lets a user have %d.", n, most),
			end + "start incore with a higher limit (ulimit -u)."
	}
	if most, n, ok := met("kernel.threads-max", "tasks", 0); ok {
		return fmt.Sprintf("The machine has %d processes and threads, and kernel.threads-max lets it have %d.", n, most),
			end + "as root, sysctl kernel.threads-max sets a higher limit."
	}
	if most, n, ok := met("kernel.pid_max", "tasks", reservedPIDs+1); ok {
		return fmt.Sprintf("The machine has %d processes and threads, and kernel.pid_max gives them numbers below %d, of which the lowest %d are not given again.", n, most, reservedPIDs),
			end + "as root, sysctl kernel.pid_max sets a higher limit."
	}
	if most, n, ok := met("pids.max", "pids.current", 0); ok {
		return fmt.Sprintf("The cgroup of the process, or one above it, has %d processes and threads, and its pids.max lets it have %d.", n, most),
			end + "raise pids.max of the container or service."
	}
	return "There are as many processes and threads as there may be. By which limit is not known: that of the user (RLIMIT_NPROC), of the container or service (pids.max of its cgroup), or of the machine (kernel.threads-max, kernel.pid_max).",
		f.run("exit") + " in a process that is no longer needed, or start incore with a higher limit (ulimit -u)."
}

// accounted reports whether the kernel counts a VMA of the parent as memory that it promises
// to the child once more (kernel/fork.c, dup_mmap). What the log says of noreserve and dontfork
// the state does not keep.
func accounted(v model.VMA) bool { return !v.Shared && !v.HugeTLB && v.Prot&model.ProtWrite != 0 }

// forkNotPromised explains memory that is not promised to a child. The child's private writable memory is promised to it once more, though
// nothing is copied yet, and the kernel asks for each VMA by itself (kernel/fork.c, dup_mmap;
// mm/util.c, __vm_enough_memory).
func forkNotPromised(f failure) (why, try string) {
	switch {
	case f.sys.MemTotal == 0:
		return "", ""
	case f.sys.Overcommit == 0:
		return f.forkTooLarge()
	case f.sys.Overcommit != 2:
		return "", ""
	}
	var private uint64
	for _, v := range f.p.VMAs {
		if accounted(v) {
			private += v.End - v.Start
		}
	}
	if left := f.sys.CommitLimit - f.sys.Committed; left >= 0 && private <= uint64(max(0, left-f.kept())) {
		return "", ""
	}
	over := ""
	if sum := uint64(f.sys.Committed) + private; sum > uint64(f.sys.CommitLimit) {
		over = fmt.Sprintf(": %s too much", model.FormatSize(sum-uint64(f.sys.CommitLimit)))
	}
	try = f.run("munmap") + " what the child does not need, or map it shared."
	if r := f.largestAccounted(); r != nil {
		try = f.run("madvise %s dontfork keeps its %s from the child. Or munmap what the child does not need, or map it shared.", r.Name, model.FormatSize(r.Len))
	}
	return fmt.Sprintf("vm.overcommit_memory is 2, and a child is promised its parent's private writable memory once more, %s, though nothing is copied yet. CommitLimit is %s, and %s is promised already (Committed_AS)%s.",
		model.FormatSize(private), model.FormatBytes(f.sys.CommitLimit), model.FormatBytes(f.sys.Committed), over), try
}

// largestAccounted returns the longest of the regions that are counted, or nil. The child could not
// do without the heap.
func (f failure) largestAccounted() (largest *model.Region) {
	for _, r := range f.p.Regions {
		v, ok := f.vmaAt(r.Base)
		if ok && accounted(v) && r.Malloc == "" && r.Backing != model.Heap && (largest == nil || r.Len > largest.Len) {
			largest = r
		}
	}
	return largest
}

// forkTooLarge explains a mapping that is too large for a child. In mode 0 one VMA may not be larger than all memory and swap. Neighbors that
// are alike are one VMA, so two mappings that were each allowed may be too large for fork.
func (f failure) forkTooLarge() (why, try string) {
	all := uint64(f.sys.MemTotal + f.sys.SwapTotal)
	for _, v := range f.p.VMAs {
		n := v.End - v.Start
		if !accounted(v) || n <= all {
			continue
		}
		return fmt.Sprintf("vm.overcommit_memory is 0, and a child is promised its parent's private writable memory once more, mapping by mapping, though nothing is copied yet. The mapping that begins at %s has %s (neighbors that are alike are one), which is more than all memory and swap of the machine, %s: %s too much.",
				f.name(v.Start), model.FormatSize(n), model.FormatSize(all), model.FormatSize(n-all)),
			f.run("madvise %s dontfork keeps that from the child. Or munmap some of it, or map it with noreserve, which is not counted.", f.enough(v, all))
	}
	return "", ""
}

// enough returns a part of a VMA, if possible one region, without which no rest of it is longer
// than most.
func (f failure) enough(v model.VMA, most uint64) string {
	for _, r := range f.p.Regions {
		lo, hi := r.Base, r.Base+uint64(r.Pages.Len())*uint64(f.p.PageSize)
		if lo >= v.Start && hi <= v.End && hi > lo && f.holds(r, lo) && max(lo-v.Start, v.End-hi) <= most {
			return f.target(lo, hi)
		}
	}
	return f.target(v.Start, v.End)
}

func execForbidden(f failure) (why, try string) {
	return unknown("a memory file may not be executed here, by a security module or a sandbox", "the program's file may not be read or executed by this user"), f.run("reset") + " starts a fresh process instead."
}

// execTooMany explains too many processes. The check of fork is put off until exec where it was passed by setuid (execve(2)).
func execTooMany(f failure) (why, try string) {
	return "The user has more processes than RLIMIT_NPROC allows, which exec asks about again.", "End some of them."
}

func execBusy(f failure) (why, try string) {
	return "The program's file is open for writing in some process.", "Try again."
}
