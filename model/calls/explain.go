package calls

import (
	"incore/model"
)

// Explain says in plain words why a call failed or a touch got a signal, and what
// to try. s is the state folded up to and including e, with a sample taken after
// it. Both are "" where nothing failed. It names the true cause, as a check of what is known
// finds it, or says that the cause is not known.
func Explain(e model.Event, s model.State) (why, try string) {
	if e.Call == "" || e.Refused != "" || e.OK() {
		return "", ""
	}
	f := newFailure(e, s)
	_, _, why, try = f.cause()
	return model.Visible(why + f.leftBehind()), model.Visible(try)
}

// cause is the first row of the table that explains the failure, and which explainer of it.
func (f failure) cause() (row failed, nth int, why, try string) {
	for _, row := range f.rows() {
		for i, explain := range explanations[row] {
			if why, try = explain(f); why != "" {
				return row, i, why, try
			}
		}
	}
	return failed{}, 0, notKnown, ""
}

// failed is a call by name ("" for any), and the errno or signal that it got.
type failed struct{ call, answer string }

// explainer is one possible cause: it returns "" where it is not the one.
type explainer func(failure) (why, try string)

// explanations is the one table of causes, each list in the order in which the kernel
// checks for them, as far as they can be told apart; what is left over comes last. Sources:
// the man pages of the calls, and of Linux 6.18 mm/mlock.c, mm/mmap.c, mm/vma.c, mm/util.c,
// mm/mremap.c, mm/mseal.c, mm/mprotect.c, mm/madvise.c, mm/msync.c, mm/mincore.c,
// mm/fadvise.c, mm/hugetlb.c, ipc/shm.c, kernel/fork.c, kernel/sys.c and fs/open.c. What a
// failed call leaves behind was measured on Linux 6.18.
var explanations = map[failed][]explainer{
	{"mlock", "EPERM"}:     {lockForbidden},
	{"mlock", "ENOMEM"}:    {lockOverLimit, lockHole, splitTooManyVMAs, lockNotBroughtIn},
	{"mlock", "EINVAL"}:    {wrapsAround},
	{"mlock", "EAGAIN"}:    {lockNoMemory},
	{"mlock2", "EPERM"}:    {lockForbidden},
	{"mlock2", "ENOMEM"}:   {lockOverLimit, lockHole, splitTooManyVMAs, lockNotBroughtIn},
	{"mlock2", "EINVAL"}:   {wrapsAround},
	{"mlock2", "EAGAIN"}:   {lockNoMemory},
	{"munlock", "ENOMEM"}:  {unlockHole, splitTooManyVMAs},
	{"munlock", "EINVAL"}:  {wrapsAround},
	{"mlockall", "EINVAL"}: {lockallFlags},
	{"mlockall", "EPERM"}:  {lockForbidden},
	{"mlockall", "ENOMEM"}: {lockallOverLimit},

	{"mmap", "EINVAL"}: {lengthZero, fixedUnaligned, hugeNone, hugeFile, fixedHugeUnaligned, growsDownFile, kernelsKept},
	{"mmap", "ENOMEM"}: {
		mapTooLong, mapTooManyVMAs, mapPastEnd, mapNoRoom, mapProcessLimit, mapNotPromised, mapFullOfVMAs, mapHugePool,
		leftover("the kernel had no memory for its own tables", "a memory cgroup has no room for them"),
	},
	{"mmap", "EPERM"}:    {mapLockForbidden, sealed, fixedBelowMin, mapNoExec},
	{"mmap", "EAGAIN"}:   {mapLockedOverLimit},
	{"mmap", "EACCES"}:   {mapReadOnlyFile, leftover(securityModule)},
	{"mmap", "ENODEV"}:   {mapNoDevice},
	{"munmap", "EINVAL"}: {unaligned, lengthZero, hugeSplit, kernelsKept, outsideAddressSpace},
	{"munmap", "EPERM"}:  {sealed},
	{"munmap", "ENOMEM"}: {splitTooManyVMAs},
	{"mremap", "EINVAL"}: {remapToNothing, remapHuge, remapTooLong},
	{"mremap", "EFAULT"}: {remapHole, remapSeveral},
	{"mremap", "EPERM"}:  {sealed},
	{"mremap", "EAGAIN"}: {remapLockedOverLimit},
	{"mremap", "ENOMEM"}: {remapTooLong, remapProcessLimit, remapTooManyVMAs, remapNoRoom, remapNotPromised},
	{"mseal", "EINVAL"}:  {unaligned, wrapsAround, kernelsKept},
	{"mseal", "ENOMEM"}:  {sealHole, splitTooManyVMAs},

	{"mprotect", "EINVAL"}: {unaligned, hugeSplit, kernelsKept},
	{"mprotect", "ENOMEM"}: {
		wrapsAround, protectHole, protectProcessLimit, protectNotPromised, splitTooManyVMAs,
		leftover("the kernel had no memory for its own tables"),
	},
	{"mprotect", "EACCES"}: {protectReadOnlyFile, kernelsProtected, protectNoExec, protectForbidden},
	{"mprotect", "EPERM"}:  {sealed},
	{"mincore", "EINVAL"}:  {unaligned},
	{"mincore", "ENOMEM"}:  {wrapsAround, mincoreHole},
	{"mincore", "EAGAIN"}:  {shortOfMemory},
	{"madvise", "EINVAL"}: {
		adviceTooNew, unaligned, wrapsAround, adviceOnLocked, adviceHuge, adviceHugeFork, hugeSplit, adviceAnonymousOnly, adviceGuardOnFile,
		adviceRemoveNoFile, adviceAccess, kernelsKept, adviceCollapse, adviceNotBuiltIn,
	},
	{"madvise", "ENOMEM"}:     {adviceHole, adviceNoHugePage, leftover("the kernel had no memory for what it needs")},
	{"madvise", "EFAULT"}:     {adviceFault},
	{"madvise", "EACCES"}:     {adviceRemovePrivate},
	{"madvise", "EPERM"}:      {sealed},
	{"madvise", "EOPNOTSUPP"}: {adviceRemoveUnsupported},
	{"madvise", "EAGAIN"}: {
		splitTooManyVMAs, adviceBusy, leftover("the kernel was short of memory for its own tables for a moment"),
	},
	{"madvise", "EBUSY"}:     {adviceOverMemcg},
	{"madvise", "EBADF"}:     {adviceNoSwapFile},
	{"madvise", "EIO"}:       {fileUnreadable},
	{"madvise", "EHWPOISON"}: {brokenPage},
	{"msync", "EINVAL"}:      {unaligned},
	{"msync", "ENOMEM"}:      {wrapsAround, syncHole},
	{"msync", "EBUSY"}:       {syncLocked},
	{"msync", "EIO"}:         {syncFailed},
	{"msync", "ENOSPC"}:      {syncFailed},
	{"msync", "EDQUOT"}:      {syncFailed},
	{"fadvise64", "EBADF"}:   {fadviseNoFile},
	{"fadvise64", "EINVAL"}:  {fadviseTooLong},

	{"openat", "ENOENT"}:       {openNoFile},
	{"openat", "ENOTDIR"}:      {openNotDirectory},
	{"openat", "ELOOP"}:        {openLoop},
	{"openat", "ENAMETOOLONG"}: {openNameTooLong},
	{"openat", "EACCES"}:       {openForbidden},
	{"openat", "EROFS"}:        {openReadOnlyMount},
	{"openat", "EISDIR"}:       {openNoTmpfile},
	{"openat", "EOPNOTSUPP"}:   {openNoTmpfile},
	{"openat", "ENOSPC"}:       {openNoSpace},
	{"openat", "EDQUOT"}:       {openNoSpace},
	{"memfd_create", "EINVAL"}: {memfdFlags},
	{"memfd_create", "ENODEV"}: {memfdNoHuge},
	{"memfd_create", "EACCES"}: {memfdNoExec, leftover(securityModule)},
	{"ftruncate", "EINVAL"}:    {fileTooLong},
	{"ftruncate", "EFBIG"}:     {fileTooLong},
	{"ftruncate", "ENOSPC"}:    {openNoSpace},
	{"close", "EIO"}:           {closeFailed},
	{"close", "ENOSPC"}:        {closeFailed},
	{"close", "EDQUOT"}:        {closeFailed},

	{"brk", "ENOMEM"}: {
		heapTooLong, heapSealed, heapBelowStart, heapInTheWay, heapProcessLimit, heapLockedOverLimit, mapTooManyVMAs,
		heapNotPromised, mapFullOfVMAs, leftover("the kernel had no memory for its own tables"),
	},
	{"malloc", "ENOMEM"}: {mallocTooLong, mallocRefused},

	{"shmget", "EINVAL"}: {segmentSize},
	{"shmget", "ENOSPC"}: {segmentsFull},
	{"shmget", "ENOMEM"}: {segmentNotPromised, leftover("the kernel had no memory for the segment", "a memory cgroup has no room for its tables")},
	{"shmget", "EEXIST"}: {segmentKeyTaken},
	{"shmat", "EAGAIN"}:  {mapLockedOverLimit},
	{"shmat", "EINVAL"}:  {fixedUnaligned, segmentGone},
	{"shmat", "EIDRM"}:   {segmentGone},
	{"shmat", "EACCES"}:  {attachForbidden, leftover(securityModule)},
	{"shmat", "EPERM"}:   {sealed, fixedBelowMin},
	{"shmat", "ENOMEM"}: {
		mapTooLong, mapTooManyVMAs, mapPastEnd, mapNoRoom, mapProcessLimit, mapFullOfVMAs,
		leftover("the kernel had no memory for its own tables"),
	},
	{"shmctl", "EINVAL"}: {segmentGone},
	{"shmctl", "EIDRM"}:  {segmentGone},
	{"shmctl", "EPERM"}:  {segmentLockForbidden},
	{"shmctl", "ENOMEM"}: {segmentOverLimit},

	{"clone", "EAGAIN"}:     {forkTooMany},
	{"clone", "ENOMEM"}:     {forkNotPromised, leftover("the kernel had no memory for the page tables of the child", "a memory cgroup has no room for them")},
	{"execve", "EACCES"}:    {execForbidden},
	{"execve", "EAGAIN"}:    {execTooMany},
	{"execve", "ENOMEM"}:    {leftover("the kernel had no memory for the new address space")},
	{"execve", "ETXTBSY"}:   {execBusy},
	{"prlimit64", "EPERM"}:  {limitAboveHard},
	{"prlimit64", "EINVAL"}: {limitSoftAboveHard},
	{"kill", "ESRCH"}:       {killNobody},
	{"kill", "EPERM"}:       {leftover("the process has rights that incore has not", securityModule)},
	{"kill", "SIGSEGV"}:     {killAnswered},
	{"kill", "SIGBUS"}:      {killAnswered},
	{"kill", "SIGILL"}:      {killAnswered},
	{"kill", "SIGTRAP"}:     {killAnswered},
	{"kill", "SIGFPE"}:      {killAnswered},

	{"", "SIGSEGV"}: {sentByProcess, codeSays, noCanonicalAddress, guardPage, notGrown, noMapping, kernelsAccess, noAccess},
	{"", "SIGILL"}:  {sentByProcess},
	{"", "SIGTRAP"}: {sentByProcess},
	{"", "SIGFPE"}:  {sentByProcess},
	{"", "SIGBUS"}:  {sentByProcess, badAlignment, brokenMemory, kernelsUnread, pastEnd, hugePoolEmpty, swapUnreadable, unreadBehind},
	{"", "EMFILE"}:  {processFiles},
	{"", "ENFILE"}:  {systemFiles},
	{"", "EINTR"}:   {interrupted},
	{"", "ENOSYS"}:  {noSuchCall},
	{"", "EPERM"}:   {leftover("a filter of system calls (seccomp)", securityModule)},
}
