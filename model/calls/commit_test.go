package calls_test

import (
	"testing"

	"incore/model"
	"incore/model/modeltest"
)

// The machines of the cases: 16G and 4G of swap; in mode 2 there are 2G to be promised.
var (
	always    = model.System{MemTotal: 16 << 30, SwapTotal: 4 << 30, Overcommit: 1}
	heuristic = model.System{MemTotal: 16 << 30, SwapTotal: 4 << 30, MemAvailable: 9 << 30}
	never     = model.System{MemTotal: 16 << 30, SwapTotal: 4 << 30, Overcommit: 2, CommitLimit: 12 << 30, Committed: 10 << 30}
)

// vmSize is a process of that size on a machine.
func vmSize(n int64, m model.System) func(*world) {
	return func(w *world) { w.s.System, w.p.Stat.VmSize = m, n }
}

var commitCases = []explainCase{
	{"mode 0, more than all", "mmap c 32G", "mmap", "ENOMEM", "", nil, system(heuristic),
		"vm.overcommit_memory is 0, and 32G is more than all memory and swap of the machine, 20G: 12G too much. Memory that may come to be written is counted when it is mapped, not when it is touched.",
		"Map less, or add noreserve, which is not counted."},
	{"mode 0, more than all, shared", "mmap c 32G shared none", "mmap", "ENOMEM", "", nil, system(heuristic),
		"vm.overcommit_memory is 0, and 32G is more than all memory and swap of the machine, 20G: 12G too much. Memory that may come to be written is counted when it is mapped, not when it is touched.",
		"Map less, or add noreserve, which is not counted."},
	{"mode 0, less than all", "mmap c 19G", "mmap", "ENOMEM", "", nil, vmSize(1<<30, heuristic),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables; a memory cgroup has no room for them.",
		""},
	{"mode 0, less than all, long ago", "mmap c 19G", "mmap", "ENOMEM", "4.19.0", nil, system(heuristic),
		"vm.overcommit_memory is 0, and before Linux 5.1 the kernel then refuses what is more than it believes to be free; this is 4.19.0, MemAvailable is 9G, and this needs 19G. Memory that may come to be written is counted when it is mapped, not when it is touched.",
		"Map less, or add noreserve, which is not counted."},
	{"mode 0, noreserve", "mmap c 32G noreserve", "mmap", "ENOMEM", "", nil, vmSize(1<<30, heuristic),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables; a memory cgroup has no room for them.",
		""},
	{"mode 0, not to be written", "mmap c 32G r", "mmap", "ENOMEM", "", nil, vmSize(1<<30, heuristic),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables; a memory cgroup has no room for them.",
		""},
	{"mode 1", "mmap c 1M", "mmap", "ENOMEM", "", nil, vmSize(1<<30, always),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables; a memory cgroup has no room for them.",
		""},
	{"mode 2", "mmap c 3G", "mmap", "ENOMEM", "", nil, system(never),
		"vm.overcommit_memory is 2: the kernel promises no more than it has, and does so as memory is mapped. CommitLimit is 12G, 10G is promised already (Committed_AS), and this needs 3G: 1G too much.",
		"Ask for less."},
	{"mode 2, noreserve", "mmap c 3G noreserve", "mmap", "ENOMEM", "", nil, system(never),
		"vm.overcommit_memory is 2: the kernel promises no more than it has, and does so as memory is mapped. CommitLimit is 12G, 10G is promised already (Committed_AS), and this needs 3G: 1G too much.",
		"Map less; noreserve does not help in this mode."},
	{"mode 2, over it already", "mmap c 1G", "mmap", "ENOMEM", "", nil, system(model.System{
		MemTotal: 16 << 30, Overcommit: 2, CommitLimit: 8 << 30, Committed: 10 << 30,
	}),
		"vm.overcommit_memory is 2: the kernel promises no more than it has, and does so as memory is mapped. CommitLimit is 8G, 10G is promised already (Committed_AS), and this needs 1G: 3G too much.",
		"Ask for less."},
	{"mode 2, what is kept", "mmap c 2044M", "mmap", "ENOMEM", "", nil, system(never),
		"vm.overcommit_memory is 2: the kernel promises no more than it has, and does so as memory is mapped. CommitLimit is 12G, 10G is promised already (Committed_AS), and this needs 2.0G. A part of the rest is kept for root and for a way out (vm.admin_reserve_kbytes, vm.user_reserve_kbytes).",
		"Ask for less."},
	{"mode 2, there is enough", "mmap c 1G", "mmap", "ENOMEM", "", nil, vmSize(1<<30, never),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables; a memory cgroup has no room for them.",
		""},
	{"a machine that was not read", "mmap c 1G", "mmap", "ENOMEM", "", nil, vmSize(1<<30, model.System{}),
		"The cause is not known: nothing that incore can look at refuses this. Possible, and not checked: the kernel had no memory for its own tables; a memory cgroup has no room for them.",
		""},
	{"an mmap of malloc", "malloc c 32G", "mmap", "ENOMEM", "", nil, func(w *world) {
		w.s.System = heuristic
		w.e.Args, w.e.Aside = []model.Arg{modeltest.Text("NULL"), modeltest.Bytes(32<<30 + 4096)}, true
	},
		"vm.overcommit_memory is 0, and 32.0G is more than all memory and swap of the machine, 20G: 12.0G too much. Memory that may come to be written is counted when it is mapped, not when it is touched.",
		"Ask for less."},
}

func TestExplainCommit(t *testing.T) { runExplain(t, commitCases) }
