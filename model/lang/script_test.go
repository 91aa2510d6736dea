package lang_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/model/lang"
	"incore/model/modeltest"
)

func TestParseScript(t *testing.T) {
	const script = "\ufeff# two secrets\r\n\nmmap key 4   # four pages\r\n\tmlock key+0,32\nreset"
	got, err := lang.ParseScript("secrets.incore", strings.NewReader(script))
	if err != nil {
		t.Fatal(err)
	}
	key := lang.Mmap{Name: "key", Size: model.Size{N: 4, Unit: model.Pages}, Backing: model.Anon, Prot: modeltest.RW}
	want := []lang.Line{
		{Number: 3, Text: "mmap key 4   # four pages", Command: key},
		{Number: 4, Text: "mlock key+0,32", Command: lang.Mlock{
			T: model.Target{Form: model.ByteSpan, Region: "key", Len: 32},
		}},
		{Number: 5, Text: "reset", Command: lang.Reset{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseScriptErrors(t *testing.T) {
	for _, tt := range []struct {
		name, file, script, want string
	}{
		{"verb", "x", "reset\n\n  mlok a\n", `x:3:3: no such verb: "mlok" (did you mean mlock?)`},
		{"missing word", "x", "mlock", `x:1:6: mlock needs a target, such as a, a[3], a[4..7] or a+100,50 (usage: mlock T)`},
		{"file name", "a\x1b]0;b\nc", "x", `a\x1b]0;b\x0ac:1:1: no such verb: "x"`},
		{"binary", "x", "\x7fELF\x02", `x:1:1: control characters are not taken: "\x7f"`},
		{"carriage return within", "x", "reset\rreset", `x:1:6: control characters are not taken: "\x0d"`},
		{"line", "x", "#\n# " + strings.Repeat("x", lang.MaxLine), "x:2:1: the line is longer than 64 KiB"},
		{"lines", "x", strings.Repeat("\n", lang.MaxScriptLines+1), "x:100001:1: the file has more than 100000 lines"},
		{"file", "x", strings.Repeat("#"+strings.Repeat("x", 999)+"\n", 8500), "x: the file is larger than 8 MiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lines, err := lang.ParseScript(tt.file, strings.NewReader(tt.script))
			if err == nil {
				t.Fatalf("parsed as %v", lines)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			var p *lang.ParseError
			if !errors.As(err, &p) {
				t.Errorf("error of type %T", err)
			}
		})
	}
}

func TestParseScriptReadError(t *testing.T) {
	_, err := lang.ParseScript("x", iotest.ErrReader(io.ErrUnexpectedEOF))
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v does not wrap the reader's", err)
	}
}
