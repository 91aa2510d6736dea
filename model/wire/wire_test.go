package wire_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/model/modeltest"
	"incore/model/wire"
)

// jsonRecords has every kind of record, with the values that a wire form is most
// likely to lose: all bits of an address, no limit, holes, signals, an empty field.
var jsonRecords = []struct {
	name string
	rec  wire.Record
	json string // what must stand in the encoded form
}{
	{"started", wire.Record{Item: model.Started{
		Time: 3 * time.Millisecond, Proc: "main", PID: 4711, PageSize: 16384,
		Limits: model.Limits{MemlockSoft: 8 << 20, MemlockHard: model.Unlimited}, Kernel: "6.18.0", User: "uid 1000",
		Missing: []string{"PAGEMAP_SCAN needs Linux 6.7; pagemap is read instead"},
	}}, `{"type":"started","time_ns":3000000,"process":"main","pid":4711,"page_size_bytes":16384,"kernel":"6.18.0","user":"uid 1000","limits":{"memlock_soft_bytes":8388608,"cap_ipc_lock":false}`},
	{"fork", wire.Record{Line: 4, Item: model.Started{
		Proc: "kid", Parent: "main", PID: 4712, PageSize: 4096, Limits: model.Limits{MemlockSoft: model.Unlimited, MemlockHard: model.Unlimited},
		Regions: []model.RegionInfo{
			{Name: "a", Base: 0x7f12_3456_7000, Len: 4096, Backing: model.FileOf, Path: "/tmp/ä \"b\"", Unknowable: true, Sized: true},
			{Name: "s", Base: 0x7f12_3457_0000, Len: 8192, Backing: model.Shm, Shared: true, ShmID: 98305},
		},
	}}, `"process":"kid","parent":"main","pid":4712,"page_size_bytes":4096,"kernel":"","user":"","limits":{"cap_ipc_lock":false},"regions":[{"name":"a","address":"0x7f1234567000","length_bytes":4096,"backing":"file","shared":false,"path":"/tmp/ä \"b\"","unknowable":true,"file_bytes":0},{"name":"s","address":"0x7f1234570000","length_bytes":8192,"backing":"shm","shared":true,"shm_id":98305}]`},
	{"resized", wire.Record{Item: model.Event{
		Proc: "main", Command: modeltest.Parsed("reset"), Call: "ftruncate", Resized: []model.Resized{{Proc: "kid", Region: "m", FileLen: 4097}},
	}}, `"resized":[{"process":"kid","region":"m","file_bytes":4097}]`},
	{"malloc", wire.Record{Item: model.Event{
		Proc: "kid", Command: parsed("in kid malloc b 100B"), Call: "brk", Ret: 0x5555_5557_8000, RetHex: true,
		Mapped: &model.RegionInfo{
			Name: "b", Base: 0x5555_5555_7000, Len: 4096, Backing: model.Heap, Malloc: model.FromBrk, Start: 0x5555_5555_72a0, Size: 100,
		},
	}}, `"process":"kid","command":"in kid malloc b 100B","ok":true,"call":"brk","return_address":"0x555555578000"`},
	{"block of the heap", wire.Record{Item: model.Event{Mapped: &model.RegionInfo{
		Backing: model.Heap, Malloc: model.FromBrk, Start: 0x5555_5555_72a0, Size: 100,
	}}}, `"backing":"heap","shared":false,"malloc":"brk","block_address":"0x5555555572a0","block_bytes":100}`},
	{"mmap", wire.Record{Line: 3, Item: model.Event{
		Seq: 1, Time: time.Second, Proc: "main", Command: parsed("mmap a 64"), Call: "mmap",
		Args: []model.Arg{{Kind: model.ArgAddr, Value: 0, Text: "NULL"}, {Kind: model.ArgLen, Value: 262144, Text: "262144"}, {Kind: model.ArgWord, Value: ^uint64(0), Text: "-1"}},
		Ret:  0x7f12_3456_7000, RetHex: true, Elapsed: 1234, RSS: 4096, RSSLate: true,
		Mapped: &model.RegionInfo{
			Name: "a", Base: 0x7f12_3456_7000, Len: 262144, Backing: model.Memfd, Shared: true, Path: "/a", ShmID: 3, Unknowable: true, FileLen: 8192, Sized: true,
			Malloc: model.FromMmap, Start: 0x7f12_3456_7010, Size: 100,
		},
	}}, `"line":3,"time_ns":1000000000,"seq":1,"process":"main","command":"mmap a 64","ok":true,"call":"mmap","args":[{"kind":"address","value":"0x0","text":"NULL"},{"kind":"length","value":"0x40000","text":"262144"},{"kind":"word","value":"0xffffffffffffffff","text":"-1"}],"return_address":"0x7f1234567000"`},
	{"flags", wire.Record{Item: model.Event{Call: "mmap", Args: []model.Arg{
		{Text: "NULL"}, {Kind: model.ArgLen, Value: 4096, Text: "4096"}, model.ProtFlags.Arg(0), model.FlagsArg(model.MapPrivate, model.MapAnonymous),
	}}}, `{"kind":"word","value":"0x0","text":"PROT_NONE"},{"kind":"word","value":"0x22","text":"MAP_PRIVATE|MAP_ANONYMOUS"}]`},
	{"no flags", wire.Record{Item: model.Event{Call: "mlockall", Args: []model.Arg{model.MlockallFlags.Arg(0)}}}, `"args":[{"kind":"word","value":"0x0","text":"0"}]`},
	{"flags of which the text says something else", wire.Record{Item: model.Event{Call: "mlockall", Args: []model.Arg{{Value: 1, Text: "MCL_FUTURE"}}}},
		`"args":[{"kind":"word","value":"0x1","text":"MCL_FUTURE"}]`},
	{"an address in the upper half", wire.Record{Item: model.Event{Call: "x", Ret: -4096, RetHex: true}}, `"return_address":"0xfffffffffffff000"`},
	{"failed call", wire.Record{Item: model.Event{
		Seq: 2, Command: parsed("mlock a"), Call: "mlock", Ret: -1, Errno: "ENOMEM", ErrText: "Cannot allocate memory",
		Watched: true, Minor: 8, Major: 1, VmLck: -4096,
	}}, `"ok":false,"call":"mlock","return":-1,"errno":"ENOMEM","error":"Cannot allocate memory","elapsed_ns":0,"watched":true,"minor_faults":8,"major_faults":1,"rss_change_bytes":0,"vmlck_change_bytes":-4096}`},
	{"call that returned 0", wire.Record{Item: model.Event{Call: "munmap", Gone: []string{"a", "b"}}}, `"call":"munmap","return":0,`},
	{"signal", wire.Record{Item: model.Event{
		Call: "touch", Ret: 9, Result: "9 of 16 touched", Signal: &model.Signal{Number: 11, Name: "SIGSEGV", Code: "SEGV_ACCERR", Addr: 0x7f00_0000_9000},
	}}, `"signal":{"number":11,"name":"SIGSEGV","code":"SEGV_ACCERR","address":"0x7f0000009000"}`},
	{"touch with times", wire.Record{Item: model.Event{Call: "touch", Ret: 3, Latency: &model.Latencies{model.NoFault: {3: 2}, model.MajorFault: {model.LatencyBuckets - 1: 1}}}},
		`"latency":[{"fault":"none","from_ns":24,"accesses":2},{"fault":"major","from_ns":100663296,"accesses":1}]`},
	{"touch at a pace", wire.Record{Item: model.Event{Call: "touch", Elapsed: 498_000, Paced: 3_200_000_000}}, `"elapsed_ns":498000,"paced_ns":3200000000,`},
	{"touch of nothing", wire.Record{Item: model.Event{Call: "touch", Latency: &model.Latencies{}}}, `"latency":[]`},
	{"accesses", wire.Record{Item: model.Accessed{
		Time: 5, Proc: "kid", Latencies: model.Latencies{model.MinorFault: {14: 9}},
		Runs: []model.AccessRun{{Addr: 0x7f12_3456_7000, Stride: 4096, Count: 8, Fault: model.MinorFault}, {Addr: ^uint64(0), Stride: 0, Count: 1, Fault: model.NoFault}},
	}}, `{"type":"accessed","time_ns":5,"process":"kid","runs":[{"address":"0x7f1234567000","stride_bytes":4096,"accesses":8,"fault":"minor"},{"address":"0xffffffffffffffff","accesses":1,"fault":"none"}],"latency":[{"fault":"minor","from_ns":1024,"accesses":9}]}`},
	{"what was looked at", wire.Record{Item: model.Event{Call: "munmap", Ret: -1, Errno: "EPERM", Looked: &model.Looked{
		Before: 3, After: 4, Kept: true, Files: []model.FileLook{{Region: "a", Len: 5000, Room: 0, Disk: true, NoExec: true}, {Len: 1}}, Settings: map[string]int64{"kernel.shmmax": 9},
	}}}, `"looked":{"vmas_before":3,"vmas_after":4,"unchanged":false,"still_mapped":true,"files":[{"region":"a","length_bytes":5000,"room_bytes":0,"noexec":true},{"region":"","length_bytes":1}],"settings":{"kernel.shmmax":9}}`},
	{"aside", wire.Record{Item: model.Event{Call: "memfd_create", Ret: 3, Aside: true}}, `"return":3,`},
	{"refused", wire.Record{Item: model.Event{Command: parsed("mlock b"), Refused: "no such region"}}, `"ok":false,"elapsed_ns":0`},
	{"note", wire.Record{Item: model.Event{Command: parsed("say hi"), Note: "hi"}}, `"note":"hi"`},
	{"sample", wire.Record{Item: model.Sample{
		Time: 7, Proc: "main",
		Stat:   model.ProcStat{RSS: 1, Pss: 9, VmLck: 2, Swap: 3, VmSize: 4, VmData: 8, Minor: 5, Major: 6},
		Limits: model.Limits{MemlockSoft: 0, MemlockHard: 0, IPCLock: true, SysResource: true, InNamespace: true, Known: true, Space: 1, Data: 0, Stack: model.Unlimited, FileSize: 2, AddressEnd: 1<<47 - 4096, TagBits: 8, Secrets: model.SecretsTouched},
		Regions: []model.RegionSample{
			{Name: "a", Pages: model.Runs[model.Page]{
				{End: 4, Val: model.Page{Residency: model.Resident, Lock: model.Locked, Prot: model.ProtRead | model.ProtWrite, Mapping: model.InVMA | model.Mapped | model.Exclusive, Frame: model.FrameAsked | model.FrameKSM | model.FrameDirty}},
				{End: 5, Val: model.Page{Residency: model.Unknowable, Lock: model.OnFault, Prot: model.ProtNone, Mapping: model.InVMA | model.File | model.Guard | model.Huge | model.ZeroPage | model.Swapped | model.Shared}},
				{End: 9, Val: model.Page{Residency: model.Absent}},
				{End: 10, Val: model.Page{}},
			}},
			{Name: "empty", Pages: nil},
		},
		VMAs: []model.VMA{{Start: 0x1000, End: 0x2000, Prot: model.ProtRead | model.ProtExec, Shared: true, Lock: model.OnFault, Path: "/memfd:incore (deleted)", Sealed: true, GrowsDown: true, HugeTLB: true,
			Offset: 0x3000, Dev: 0xfd<<32 | 1, Inode: 7, Flags: model.ParseVMAFlags("rd ex sh lo sl gd ht zz")}},
	}}, `"runs":[{"first_page":0,"last_page":3,"residency":"resident","lock":"locked","prot":"rw","mapping":["in_vma","mapped","exclusive"],"frame":["asked","ksm","dirty"]},{"first_page":4,"last_page":4,`},
	{"sample with the machine's memory", wire.Record{Item: model.Sample{Proc: "main", System: model.System{
		MemTotal: 1, MemAvailable: 2, SwapTotal: 3, SwapFree: 4, CommitLimit: 5, Committed: 6, Overcommit: 2, MaxMapCount: 65530,
		HugeSize: 2 << 20, HugeTotal: 7, HugeFree: 8, HugeReserved: 9, HugeSurplus: 10, THP: "madvise", KSM: "1",
	}}}, `"vmas":[],"system":{"memtotal_bytes":1,"memavailable_bytes":2,"swaptotal_bytes":3,"swapfree_bytes":4,"commitlimit_bytes":5,"committed_as_bytes":6,"overcommit_memory":2,"max_map_count":65530,"hugepagesize_bytes":2097152,"hugepages_total":7,"hugepages_free":8,"hugepages_reserved":9,"hugepages_overcommit":10,"transparent_hugepage":"madvise","ksm_run":"1"}}`},
	{"sample with a frame", wire.Record{Item: model.Sample{Proc: "main", Frame: &model.Frame{
		Region: "a", Page: 3, Entry: 0x8180_0000_0012_3456, PFN: 0x12_3456, Flags: 0x40_0000_5828, Count: 2,
	}}}, `"frame":{"region":"a","page":3,"pagemap":"0x8180000000123456","pfn":"0x123456","kpageflags":"0x4000005828","kpagecount":2}}`},
	{"frame with bytes", wire.Record{Item: model.Sample{Frame: &model.Frame{Region: "a", Bytes: "A\x00\xff"}}}, `"first_bytes":"4100ff"}`},
	{"frame without bytes", wire.Record{Item: model.Sample{Frame: &model.Frame{Region: "a", BytesWhy: "in swap", LazyFree: 8192}}}, `"kpagecount":0,"bytes_why":"in swap","lazyfree_bytes":8192}`},
	{"frame of which nothing may be read", wire.Record{Item: model.Sample{Frame: &model.Frame{
		Region: "a", Entry: 1 << 63, Why: "only root may read it",
	}}}, `"pfn":"0x0","kpageflags":"0x0","kpagecount":0,"why":"only root may read it"}`},
	{"segment that is locked", wire.Record{Item: model.Sample{
		Regions: []model.RegionSample{{Name: "s", Pages: model.Runs[model.Page]{{End: 1, Val: model.Page{Residency: model.Resident, Lock: model.ShmLocked, Mapping: model.InVMA | model.Mapped | model.File}}}}},
		VMAs:    []model.VMA{{End: 1, Lock: model.ShmLocked}},
	}}, `{"first_page":0,"last_page":0,"residency":"resident","lock":"shm_locked","prot":"none","mapping":["in_vma","mapped","file"]}`},
	{"checked", wire.Record{Line: 8, Item: model.Checked{Time: 9, Expect: "expect no key[0] locked", OK: false, Got: "key[0] is locked"}},
		`{"type":"checked","line":8,"time_ns":9,"expect":"expect no key[0] locked","ok":false,"got":"key[0] is locked"}`},
	{"asked", wire.Record{Item: model.Asked{Time: 9, ID: 3, Sets: []model.AskedSet{{Holds: true, Checks: []model.Checked{{Time: 8, Expect: "expect ok", OK: true, Got: "mlock returned 0"}}}}}},
		`{"type":"asked","time_ns":9,"id":3,"sets":[{"holds":true,"checks":[{"type":"checked","time_ns":8,"expect":"expect ok","ok":true,"got":"mlock returned 0"}]}]}`},
	{"running", wire.Record{Item: model.Running{Time: 1, Command: parsed("mlock a"), Queued: 2}}, `{"type":"running","time_ns":1,"command":"mlock a","queued":2}`},
	{"died", wire.Record{Item: model.Died{Time: 2, Proc: "main", Signal: "SIGKILL", Code: 0, Cause: "the OOM killer", Asked: false}}, `{"type":"died","time_ns":2,"process":"main","signal":"SIGKILL","exit_code":0,"cause":"the OOM killer","asked":false}`},
	{"exited", wire.Record{Item: model.Died{Time: 2, Proc: "main", Signal: "", Code: 3, Cause: "", Asked: true}}, `"exit_code":3,"asked":true`},
}

func TestRecordSurvivesJSON(t *testing.T) {
	for _, tt := range jsonRecords {
		t.Run(tt.name, func(t *testing.T) {
			b, err := json.Marshal(tt.rec)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(b), tt.json) {
				t.Errorf("encoded:\n%s\nlacks:\n%s", b, tt.json)
			}
			var got wire.Record
			if err := json.Unmarshal(b, &got); err != nil {
				t.Fatalf("%v in %s", err, b)
			}
			if diff := cmp.Diff(tt.rec, got); diff != "" {
				t.Errorf("decoded (-was +is):\n%s", diff)
			}
		})
	}
}

func TestRecordRefuses(t *testing.T) {
	for _, tt := range []struct{ name, json, want string }{
		{"no object", `[]`, "cannot unmarshal"},
		{"no type", `{}`, `unknown record type ""`},
		{"a later type", `{"type":"scheduled"}`, `unknown record type "scheduled"`},
		{"a number for a word", `{"type":"event","return_address":7}`, "cannot unmarshal"},
		{"an address of other letters", `{"type":"event","return_address":"7f00zz"}`, "invalid syntax"},
		{"a kind of argument", `{"type":"event","args":[{"kind":"pointer"}]}`, `unknown word "pointer"`},
		{"a class of times", `{"type":"event","latency":[{"fault":"none","from_ns":25}]}`, "no class of times begins at 25ns"},
		{"a fault of an access", `{"type":"accessed","runs":[{"fault":"soft"}]}`, `unknown word "soft"`},
		{"a fault of a time", `{"type":"accessed","latency":[{"fault":"hard"}]}`, `unknown word "hard"`},
		{"bytes", `{"type":"sample","frame":{"first_bytes":"4g"}}`, "the first bytes of a page"},
		{"a residency", `{"type":"sample","regions":[{"name":"a","runs":[{"residency":"gone"}]}]}`, `region a: unknown word "gone"`},
		{"a lock", `{"type":"sample","vmas":[{"lock":"shut","prot":"none"}]}`, `unknown word "shut"`},
		{"a protection", `{"type":"sample","vmas":[{"lock":"locked","prot":"wr"}]}`, `unknown protection "wr"`},
		{"a mapping", `{"type":"sample","regions":[{"name":"a","runs":[{"residency":"absent","lock":"locked","prot":"r","mapping":["near"]}]}]}`, `unknown word "near"`},
		{"a frame", `{"type":"sample","regions":[{"name":"a","runs":[{"residency":"absent","lock":"locked","prot":"r","frame":["near"]}]}]}`, `unknown word "near"`},
		{"a gap between runs", `{"type":"sample","regions":[{"name":"a","runs":[{"first_page":1,"last_page":2,"residency":"absent","lock":"locked","prot":"r"}]}]}`, "does not follow page -1"},
		{"a run backwards", `{"type":"sample","regions":[{"name":"a","runs":[{"first_page":0,"last_page":-1,"residency":"absent","lock":"locked","prot":"r"}]}]}`, "does not follow"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			was := wire.Record{Line: 1, Item: model.Checked{OK: true}}
			got := was
			err := json.Unmarshal([]byte(tt.json), &got)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want one with %q", err, tt.want)
			}
			if diff := cmp.Diff(was, got); diff != "" {
				t.Errorf("changed by a failed decoding:\n%s", diff)
			}
		})
	}
}

func TestRecordWithoutItem(t *testing.T) {
	if b, err := json.Marshal(wire.Record{}); err == nil {
		t.Errorf("encoded as %s, want an error", b)
	}
}

// FuzzRecord holds that nothing decodes to a record that does not survive, and that
// no input panics.
func FuzzRecord(f *testing.F) {
	for _, tt := range jsonRecords {
		b, err := json.Marshal(tt.rec)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var r wire.Record
		if json.Unmarshal(b, &r) != nil {
			return
		}
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var got wire.Record
		if err := json.Unmarshal(again, &got); err != nil {
			t.Fatalf("%v in %s", err, again)
		}
		twice, err := json.Marshal(got)
		if err != nil || string(twice) != string(again) {
			t.Fatalf("%s\nbecame\n%s (%v)", again, twice, err)
		}
	})
}

// TestRecordLosesNoField fails where a field is added to an item and not to its wire
// form: every field is set, and must come back.
func TestRecordLosesNoField(t *testing.T) {
	for _, item := range []model.Item{model.Started{}, model.Event{}, model.Sample{}, model.Accessed{}, model.Checked{}, model.Asked{}, model.Running{}, model.Died{}} {
		full := reflect.New(reflect.TypeOf(item)).Elem()
		n := int64(0)
		setAll(t, full, &n)
		rec := wire.Record{Line: 1, Item: full.Interface().(model.Item), Why: "x", Try: "x"}
		b, err := json.Marshal(rec)
		if err != nil {
			t.Fatal(err)
		}
		var got wire.Record
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%v in %s", err, b)
		}
		if diff := cmp.Diff(rec, got); diff != "" {
			t.Errorf("%T (-was +is):\n%s", item, diff)
		}
	}
}

// setAll sets v, and all that is within it, to values that are not zero. Numbers and texts
// are all different, but for those of a few values: there it is the least.
func setAll(t *testing.T, v reflect.Value, n *int64) {
	t.Helper()
	*n++
	if v.Type() == reflect.TypeFor[model.FlagSet]() {
		return // it is not written: the call and the place of the argument tell
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			setAll(t, v.Field(i), n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		setAll(t, v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		setAll(t, v.Index(0), n)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		setAll(t, key, n)
		setAll(t, value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Array: // one of its values
		setAll(t, v.Index(v.Len()-1), n)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString(fmt.Sprint("x", *n))
	case reflect.Int, reflect.Int64:
		v.SetInt(*n)
	case reflect.Uint64:
		v.SetUint(uint64(*n))
	case reflect.Uint8, reflect.Uint16:
		v.SetUint(1)
	case reflect.Interface:
		v.Set(reflect.ValueOf(parsed(fmt.Sprint("mmap a ", *n))))
	default:
		t.Fatalf("no value for a %s", v.Type())
	}
}

var parsed = modeltest.Parsed
