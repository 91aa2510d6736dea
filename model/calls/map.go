package calls

import (
	"incore/model"
	"incore/model/lang"
)

// mapFamily is what makes and unmakes mappings.
var mapFamily = []dossier{
	{
		call: model.CallMmap, verb: "mmap", page: "mmap(2)", what: "Maps new memory.", ok: value("the address where the mapping begins"), round: roundsLength,
		args: []argument{
			arg("addr", addressOr("the kernel chooses where")), argLength, arg("prot", explainFlags("")), arg("flags", explainFlags("")), argFile,
			arg("offset", explainMapOffset),
		},
		flags: map[model.Flag]string{
			model.MapShared:         "changes are seen by all who map it, and reach the file if there is one",
			model.MapPrivate:        "changes are this process's own: a page is copied as it is written",
			model.MapDroppable:      "changes are this process's own, and where memory is short the kernel may drop them: the page reads as zeros then",
			model.MapAnonymous:      "no file: zeroed memory",
			model.MapFixed:          "at exactly this address, in place of what lies there",
			model.MapGrowsDown:      "for a stack: grows when the page below it is touched",
			model.MapLocked:         "locked as by mlock, though it does not fail where not all of it can be brought in",
			model.MapPopulate:       "all of it is brought in at once, as far as that can be done",
			model.MapNoreserve:      "no swap is reserved for it: it does not count against the commit limit, unless that is strict",
			model.MapStack:          "meant for a thread's stack: from Linux 6.7 on it is not made of huge pages by themselves, before that nothing comes of it",
			model.Map32Bit:          "between 1G and 2G, where 31 bits have room for the address; on x86-64 alone, others ignore it",
			model.MapFixedNoreplace: "at exactly this address, unless something lies there; before Linux 4.17 no more than a hint",
			model.MapHugeTLB:        "of huge pages, from the pool that the system keeps for them",
		},
		causes: causes{
			"EINVAL": {offsetUnaligned, lengthZero, fixedUnaligned, hugeNone, hugeFile, fixedHugeUnaligned, growsDownFile, mapDroppableAlone, kernelsKept},
			"ENOMEM": {
				mapTooLong, mapTooManyVMAs, mapPastEnd, mapNoRoomLow, mapNoRoom, mapProcessLimit, mapNotPromised, mapFullOfVMAs, mapHugePool,
				leftover("the kernel had no memory for its own tables", "a memory cgroup has no room for them"),
			},
			"EPERM":     {mapLockForbidden, sealed, fixedBelowMin, mapNoExec},
			"EAGAIN":    {mapLockedOverLimit},
			"EEXIST":    {placeTaken},
			"EOVERFLOW": {offsetTooFar},
			"EACCES":    {mapReadOnlyFile, mapGainsExec, leftover(securityModule)},
			"ENODEV":    {mapNoDevice},
			"EIO":       {mapNoEntry},
		},
		reach:   following((*reacher).mmaps),
		mapping: func(f failure) (lang.Mmap, bool) { c, ok := f.cmd.(lang.Mmap); return c, ok },
	},
	{
		call: model.CallMunmap, verb: "munmap", page: "munmap(2)", what: "Takes mappings away: any access is SIGSEGV after that.", ok: done, round: roundsLength,
		args:   []argument{argStart, argLength},
		unmade: "Nothing was unmapped",
		causes: causes{
			"EINVAL": {blockUnaligned, unaligned, lengthZero, hugeSplit, kernelsKept, outsideAddressSpace},
			"EPERM":  {sealed},
			"ENOMEM": {splitTooManyVMAs},
		},
		reach: ranged[lang.Munmap]{
			on:       func(c lang.Munmap) model.Target { return c.T },
			nonempty: true,
			effect:   func(r *reacher, _ lang.Munmap, t model.Span) string { return r.unmaps(t) },
			mapping: func(r *reacher, _ lang.Munmap, v model.VMA, st *stop) {
				if v.Sealed {
					st.answer, st.why, st.nothing = "EPERM", r.name(st.at)+" is sealed: nothing is unmapped", true
				}
			},
		}.reach,
	},
	{
		call: model.CallMremap, verb: "mremap", page: "mremap(2)", what: "Makes a mapping longer or shorter, or moves it.", ok: value("the address where the mapping begins now"), round: roundsLength,
		args: []argument{
			arg("old_address", explainAddress), arg("old_size", explainLength), arg("new_size", explainLength), arg("flags", explainFlags("it may not move")),
			arg("new_address", addressOr("the kernel chooses where")),
		},
		flags: map[model.Flag]string{
			model.MremapMayMove:   "it may move to another address where it cannot grow in place",
			model.MremapFixed:     "to exactly this address, in place of what lies there",
			model.MremapDontUnmap: "its pages move, and an empty mapping stays where they were",
		},
		telling: telling{mapped: "is now at"},
		causes: causes{
			"EINVAL": {
				unaligned, remapToNothing, remapTooLong, remapPastEnd, remapToUnaligned, remapCannotStay, remapKeepsLength, remapOverlaps, remapCopies, remapDontUnmapNew,
				remapHuge,
			},
			"EFAULT": {remapHole, remapSeveral},
			"EPERM":  {sealed, remapOntoSealed},
			"EAGAIN": {remapLockedOverLimit},
			"ENOMEM": {remapTooLong, remapStays, remapProcessLimit, remapTooManyVMAs, remapNoRoom, remapNotPromised},
		},
		reach: following((*reacher).remaps),
	},
	{
		call: "mseal", verb: "mseal", page: "mseal(2)", what: "Seals mappings: from then on they cannot be unmapped, moved or given another protection.", ok: done, round: roundsLength,
		since: model.Version{6, 10}, without: "no memory can be sealed",
		args: []argument{argStart, argLength, arg("flags", explainedAs("no flags exist yet"))},
		causes: causes{
			"EINVAL": {unaligned, wrapsAround, keptByKernel("was sealed; nothing after it was")},
			"ENOMEM": {sealHole, splitTooManyVMAs},
		},
		reach: ranged[lang.Mseal]{
			on:   func(c lang.Mseal) model.Target { return c.T },
			more: func(lang.Mseal) []model.Arg { return []model.Arg{wordOf("0")} },
			effect: func(r *reacher, _ lang.Mseal, t model.Span) string {
				return r.pagesOf(t.Len) + " can then not be unmapped, moved or protected"
			},
			page: wholeOnly[lang.Mseal],
		}.reach,
	},
}

// unmaps says what munmap leaves of the regions.
func (r *reacher) unmaps(t model.Span) string {
	for _, reg := range r.p.Regions {
		if reg.Base >= t.Addr && reg.Base+reg.Len <= t.End() {
			return r.pagesOf(r.mapped(t)) + ": " + reg.Name + " is gone then"
		}
	}
	return r.pagesOf(r.mapped(t)) + ": a hole is left"
}
