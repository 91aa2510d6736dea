package model_test

import (
	"testing"

	"incore/model"
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
	{"mode 0, more than all", "mmap c 32G", "mmap", "ENOMEM", "", nil, system(heuristic), `?`, `?`},
	{"mode 0, more than all, shared", "mmap c 32G shared none", "mmap", "ENOMEM", "", nil, system(heuristic), `?`, `?`},
	{"mode 0, less than all", "mmap c 19G", "mmap", "ENOMEM", "", nil, vmSize(1<<30, heuristic), `?`, `?`},
	{"mode 0, less than all, long ago", "mmap c 19G", "mmap", "ENOMEM", "4.19.0", nil, system(heuristic), `?`, `?`},
	{"mode 0, noreserve", "mmap c 32G noreserve", "mmap", "ENOMEM", "", nil, vmSize(1<<30, heuristic), `?`, `?`},
	{"mode 0, not to be written", "mmap c 32G r", "mmap", "ENOMEM", "", nil, vmSize(1<<30, heuristic), `?`, `?`},
	{"mode 1", "mmap c 1M", "mmap", "ENOMEM", "", nil, vmSize(1<<30, always), `?`, `?`},
	{"mode 2", "mmap c 3G", "mmap", "ENOMEM", "", nil, system(never), `?`, `?`},
	{"mode 2, noreserve", "mmap c 3G noreserve", "mmap", "ENOMEM", "", nil, system(never), `?`, `?`},
	{"mode 2, over it already", "mmap c 1G", "mmap", "ENOMEM", "", nil, system(model.System{
		MemTotal: 16 << 30, Overcommit: 2, CommitLimit: 8 << 30, Committed: 10 << 30,
	}), `?`, `?`},
	{"mode 2, what is kept", "mmap c 2044M", "mmap", "ENOMEM", "", nil, system(never), `?`, `?`},
	{"mode 2, there is enough", "mmap c 1G", "mmap", "ENOMEM", "", nil, vmSize(1<<30, never), `?`, `?`},
	{"a machine that was not read", "mmap c 1G", "mmap", "ENOMEM", "", nil, nil, `?`, `?`},
	{"an mmap of malloc", "malloc c 32G", "mmap", "ENOMEM", "", nil, func(w *world) {
		w.s.System = heuristic
		w.e.Args, w.e.Aside = []model.Arg{text("NULL"), bytes(32<<30 + 4096)}, true
	}, `?`, `?`},
}

func TestExplainCommit(t *testing.T) { runExplain(t, commitCases) }
