//go:build linux && (amd64 || arm64)

package memops_test

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"incore/memops"
	"incore/model"
	"incore/model/lang"
)

// callCase is a case of a call: what it is about, said in the command language and in C, and the answers to both.
type callCase struct {
	about string
	// lines are commands with "; " between them. What begins with "? " is asked: its answer is the errno, the signal with its code, or
	// ok, of read and write whole pages; "? resident T", "? locked T" and "? vmas T" a number; "? vmlck" in pages; "? same T T" same or differ; "? attached NAME" and
	// "? mode NAME" are of a segment. {file} is a file of two pages and 100 bytes.
	lines string
	c     string // the same in C, of what testdata/ask.c has
	want  string // the answers, with ", " between them
	since model.Version
}

// askedInC is the beginning of the C of all cases.
//
//go:embed testdata/ask.c
var askedInC string

// checkCases puts the cases of a call to incore and, where there is gcc, to a program in C. Both ask the running kernel, and each has
// to come to the answers of the table.
func checkCases(t *testing.T, cases []callCase) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(strings.Repeat("x", int(2*pageBytes+100))), 0o400); err != nil {
		t.Fatal(err)
	}
	cases = slices.DeleteFunc(cases, func(c callCase) bool {
		late := !kernelSince(c.since[0], c.since[1])
		if late {
			t.Logf("%s: needs Linux %v", c.about, c.since)
		}
		return late
	})
	for _, c := range cases {
		t.Run(c.about, func(t *testing.T) {
			if got := answersOf(t, strings.ReplaceAll(c.lines, "{file}", file), strings.Split(c.want, ", ")); got != c.want {
				t.Errorf("%s\n got: %s\nwant: %s", c.lines, got, c.want)
			}
		})
	}
	t.Run("in C", func(t *testing.T) { checkCasesInC(t, cases, file) })
}

// answersOf runs the lines of a case in a session of its own. An expect waits for what may take the kernel a moment, so that it is
// asked for what is wanted.
func answersOf(t *testing.T, lines string, wanted []string) string {
	l := opened(t, memops.Options{})
	var got []string
	for line := range strings.SplitSeq(lines, "; ") {
		question, asked := strings.CutPrefix(line, "? ")
		if !asked {
			ok(t, l, line)
			continue
		}
		want := "no answer"
		if len(got) < len(wanted) {
			want = wanted[len(got)]
		}
		got = append(got, answerTo(t, l, question, want))
	}
	return strings.Join(got, ", ")
}

// answerTo is the answer to one question.
func answerTo(t *testing.T, l *memops.Lab, question, want string) string {
	t.Helper()
	in := ""
	if rest, is := strings.CutPrefix(question, "in kid "); is {
		in, question = "in kid ", rest
	}
	word, rest, _ := strings.Cut(question, " ")
	switch word {
	case "resident", "locked":
		return toldBy(t, l, fmt.Sprintf("%sexpect count %s %s %s", in, rest, word, want), want)
	case "vmas":
		return toldBy(t, l, fmt.Sprintf("%sexpect vmas %s %s", in, rest, want), want)
	case "vmlck":
		return fmt.Sprint(sampled(l).Stat.VmLck / pageBytes)
	case "same":
		switch e := do(t, l, in+"memcmp "+rest); {
		case !e.OK():
			return e.Errno
		case e.Ret != 0:
			return "differ"
		}
		return "same"
	case "attached", "mode":
		e := do(t, l, in+"shmctl "+rest+" stat")
		switch {
		case e.Segment == nil:
			return e.Errno
		case word == "mode":
			return fmt.Sprintf("%o", e.Segment.Mode)
		}
		return fmt.Sprint(e.Segment.Attached)
	}
	switch e := do(t, l, in+question); {
	case e.Refused != "":
		return "refused: " + e.Refused
	case e.Signal != nil:
		return e.Signal.Name + " " + e.Signal.Code
	case e.Errno != "":
		return e.Errno
	case e.Call == "read" || e.Call == "write":
		return fmt.Sprint(e.Ret / pageBytes)
	}
	return "ok"
}

// toldBy returns want where an expect holds, and otherwise what the expect tells.
func toldBy(t *testing.T, l *memops.Lab, expect, want string) string {
	t.Helper()
	c, err := lang.Parse(expect)
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range memops.Run(l, c) {
		if checked, is := item.(model.Checked); is && !checked.OK {
			return checked.Got
		}
	}
	return want
}

// checkCasesInC compiles the cases into one program, and has it run.
func checkCasesInC(t *testing.T, cases []callCase, file string) {
	cc := compilerOf(t)
	var text, list strings.Builder
	text.WriteString(askedInC)
	for i, c := range cases {
		fmt.Fprintf(&text, "\n/* %s */\nstatic void case_%d(void)\n{\n    %s\n}\n", c.about, i, c.c)
		fmt.Fprintf(&list, "case_%d, ", i)
	}
	fmt.Fprintf(&text, "\nint main(int argc, char **argv)\n{\n    void (*cases[])(void) = {%s};\n    return argc != 2 || run(cases, %d, argv);\n}\n", list.String(), len(cases))
	dir := t.TempDir()
	source, program := filepath.Join(dir, "cases.c"), filepath.Join(dir, "cases")
	if err := os.WriteFile(source, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(cc, "-Wall", "-Wno-unused-function", "-Wno-unused-variable", "-o", program, source).CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	out, err := exec.Command(program, file).Output()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Skip("programs cannot be run from the directory of tests:", err)
	}
	got := strings.Split(string(out), "\n")
	for i, c := range cases {
		if i >= len(got) || got[i] != c.want {
			t.Errorf("%s: %s\n got: %s\nwant: %s", c.about, c.c, append(got, "nothing")[min(i, len(got))], c.want)
		}
	}
}
