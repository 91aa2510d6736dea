package model_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"incore/model"
	"incore/model/calls"
	"incore/model/lang"
	"incore/model/modeltest"
)

func TestStrace(t *testing.T) {
	segv := &model.Signal{Number: 11, Name: "SIGSEGV", Code: "SEGV_ACCERR", Addr: 0x7f0000001000}
	for _, tt := range []struct {
		event model.Event
		want  string
	}{
		{model.Event{Call: "mlock", Args: []model.Arg{modeltest.Addr(0x7f0000000000), modeltest.Bytes(4096)}, Ret: -1, Errno: "ENOMEM", ErrText: "Cannot allocate memory"},
			"mlock(0x7f0000000000, 4096) = -1 ENOMEM (Cannot allocate memory)"},
		{model.Event{Call: "mlock", Ret: -1, Errno: "EFOO"}, "mlock() = -1 EFOO"},
		{model.Event{Call: "mmap", Args: []model.Arg{modeltest.Text("NULL"), modeltest.Bytes(262144), model.ProtFlags.Arg(3), model.FlagsArg(model.MapAnonymous, model.MapPrivate), modeltest.Text("-1"), modeltest.Text("0")},
			Ret: 0x7f0000000000, RetHex: true},
			"mmap(NULL, 262144, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000"},
		{model.Event{Call: "mincore", Args: []model.Arg{modeltest.Addr(0x1000), modeltest.Bytes(8192)}, Result: "1 of 2 resident"},
			"mincore(0x1000, 8192) = 0 (1 of 2 resident)"},
		{model.Event{Call: "touch", Args: []model.Arg{modeltest.Addr(0x7f0000000000), modeltest.Text("64 pages"), modeltest.Text("write")}, Ret: 1, Signal: segv},
			"touch(0x7f0000000000, 64 pages, write) = 1\n--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_ACCERR, si_addr=0x7f0000001000} ---"},
		{model.Event{Call: "memset", Args: []model.Arg{modeltest.Addr(0x1000), modeltest.Text("0x41"), modeltest.Bytes(1)}, Signal: segv},
			"memset(0x1000, 0x41, 1) = ?\n--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_ACCERR, si_addr=0x7f0000001000} ---"},
		{model.Event{Call: "touch", Refused: "no answer: the subject is dead"}, "touch() = ?\n+++ no answer: the subject is dead +++"},
		{model.Event{Command: modeltest.Parsed("mlock c"), Refused: "c: no such region"}, "mlock c: c: no such region"},
		{model.Event{Command: modeltest.Parsed("say x"), Note: "x\x1b[2J\n"}, `x\x1b[2J\x0a`},
		{model.Event{Command: modeltest.Parsed("reset")}, "reset"},
	} {
		if got := tt.event.Strace(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestCosts(t *testing.T) {
	for _, tt := range []struct {
		event model.Event
		want  string
	}{
		{model.Event{Call: "mlock", Elapsed: 4100, Minor: 1, RSS: 4096, VmLck: 16 << 10}, "4.1µs, 1 minor, 0 major, RSS +4K, VmLck +16K"},
		{model.Event{Call: "munmap", Elapsed: 30, RSS: -1 << 20}, "30ns, no faults, RSS -1M"},
		{model.Event{Call: "mlock", Elapsed: 82 * time.Millisecond, Watched: true, Major: 3}, "82ms while watched, 0 minor, 3 major"},
		{model.Event{Note: "x", Elapsed: time.Second}, ""},
		{model.Event{Call: "touch", Elapsed: 498 * time.Microsecond, Paced: 3200 * time.Millisecond, Minor: 64}, "498µs of accesses in 3.20s, 64 minor, 0 major"},
	} {
		if got := tt.event.Costs(); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestFormatBytes(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0B", 1: "1B", 1023: "1023B", 1 << 10: "1K", 1536: "1.5K", 4096: "4K", 256 << 10: "256K", 1<<20 - 1: "1.0M",
		1 << 20: "1M", 3 << 19: "1.5M", 1<<20 + 4096: "1.0M", 1 << 40: "1T", 1 << 50: "1P", 5000: "4.9K",
		-4096: "-4K", math.MaxInt64: "8.0E", math.MinInt64: "-8E",
	} {
		if got := model.FormatBytes(n); got != want {
			t.Errorf("FormatBytes(%d) = %s, want %s", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0B", 4096: "+4K", -4096: "-4K"} {
		if got := model.FormatDelta(n); got != want {
			t.Errorf("FormatDelta(%d) = %s, want %s", n, got, want)
		}
	}
	for n, want := range map[int64]string{model.Unlimited: "unlimited", 8 << 20: "8M", 0: "0B"} {
		if got := model.FormatLimit(n); got != want {
			t.Errorf("FormatLimit(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestFormatElapsed(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0ns", 30: "30ns", 999: "999ns", 1000: "1.0µs", 4120: "4.1µs", 9949: "9.9µs", 9950: "10µs", 82_400: "82µs",
		999_499: "999µs", 999_500: "1.0ms", 1_200_000: "1.2ms", 82 * time.Millisecond: "82ms", 999_600_000: "1.00s",
		1200 * time.Millisecond: "1.20s", 59_990 * time.Millisecond: "59.99s", time.Minute: "1m00s", 125 * time.Second: "2m05s",
		-30: "-30ns", math.MinInt64: "-153722867m16s",
	} {
		if got := model.FormatElapsed(d); got != want {
			t.Errorf("FormatElapsed(%d) = %s, want %s", d, got, want)
		}
	}
}

func FuzzStrace(f *testing.F) {
	f.Add("mlock", "0x1000", "ENOMEM", "Cannot allocate memory", "note", int64(5), uint8(0))
	f.Add("", "\n", "", "", "\x1b", int64(-1), uint8(255))
	f.Fuzz(func(t *testing.T, call, arg, errno, errText, note string, n int64, has uint8) {
		e := model.Event{
			Call: call, Args: []model.Arg{{Kind: model.ArgKind(has & 3), Value: uint64(n), Text: arg}},
			Errno: errno, ErrText: errText, Note: note, Result: note, Ret: n, RetHex: has&4 != 0,
			Elapsed: time.Duration(n), Minor: n, RSS: n, VmLck: -n, Watched: has&8 != 0, Command: lang.Say{Text: arg},
		}
		lines := 1
		if has&16 != 0 {
			e.Signal = &model.Signal{Name: errno, Code: note, Addr: uint64(n)}
		}
		if has&32 != 0 {
			e.Refused = note
		}
		if e.Call != "" {
			lines += int(has>>4)&1 + min(int(has>>5)&1, len(e.Refused))
		}
		got := strings.Split(e.Strace(), "\n")
		if len(got) != lines {
			t.Errorf("%d lines, want %d: %q", len(got), lines, got)
		}
		for _, line := range append(got, e.Costs()) {
			modeltest.RefuseControls(t, line)
		}
		why, try := calls.Explain(e, model.State{Procs: modeltest.Procs(modeltest.MappedPage)})
		modeltest.RefuseControls(t, why)
		modeltest.RefuseControls(t, try)
	})
}
