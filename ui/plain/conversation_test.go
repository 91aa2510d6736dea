package plain

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"incore/model"
	"incore/model/lang"
)

// still is a lab of a state in which nothing happens.
type still struct {
	model.Lab
	state model.State
}

func (l still) Do(context.Context, model.Command) []model.Item { return nil }

func (l still) Refresh(context.Context, string) model.Sample { return model.Sample{} }

func (l still) State() model.State { return l.state }

// A word of the conversation that were a verb, too, would hide it.
func TestWordsAreNoVerbs(t *testing.T) {
	verbs := lang.VerbNames()
	for _, w := range Words() {
		if slices.Contains(verbs, w.Name) {
			t.Errorf("%s is a verb of the language", w.Name)
		}
	}
}

// Whatever there is help on, it is in words, and named once.
func TestHelp(t *testing.T) {
	p := New(Config{Lab: still{}, Typed: true})
	names := lineStarts()
	for _, t := range topics() {
		names = append(names, t.name)
	}
	for _, name := range names {
		lines, err := p.help(t.Context(), " "+name)
		if err != nil || len(lines) == 0 {
			t.Errorf("help %s: %v, %v", name, lines, err)
		}
		for _, line := range lines {
			if line == "" || strings.ContainsAny(line, "`*") || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "- ") {
				t.Errorf("help %s has the line %q", name, line)
			}
		}
	}
	slices.Sort(names)
	if got := slices.Compact(slices.Clone(names)); len(names)-len(got) != 2 { // fork and exit are verbs and topics
		t.Errorf("names that are taken twice among %v", names)
	}
}

func TestParseWords(t *testing.T) {
	for line, want := range map[string]string{
		"mlok a":         "column 1: no such verb: mlok; did you mean mlock?",
		"shwo":           "column 1: no such verb: shwo; did you mean show?",
		"xyzzy":          "column 1: no such verb: xyzzy",
		"mlock":          "column 6: mlock needs a target, such as a, a[3], a[4..7] or a+100,50; usage: mlock T",
		"munlock a b":    "column 11: a word too many: b; usage: munlock T",
		"in a mlok a":    "column 6: no such verb: mlok; did you mean mlock?",
		"say 'and on":    "column 5: a quote that is not closed: '; write \\' for the character itself",
		"  mprotect a q": "column 14: no such protection: q",
	} {
		_, err := lang.Parse(line)
		if err == nil {
			t.Errorf("%q is of the language", line)
			continue
		}
		if got := parseWords(err); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestReadLines(t *testing.T) {
	long := strings.Repeat("x", lang.MaxLine)
	in := "\ufeffmmap a 4\r\n\n" + long + "\n" + long + "yz\nquit\n" + strings.Repeat("y", 3*lang.MaxLine) + "\nend"
	want := []Line{
		{1, "mmap a 4\r", false}, {2, "", false}, {3, long, false}, {4, "", true}, {5, "quit", false}, {6, "", true}, {7, "end", false},
	}
	var got []Line
	for line := range ReadLines(t.Context(), strings.NewReader(in)) {
		if line.TooLong {
			line.Text = ""
		}
		got = append(got, line)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestWrapped(t *testing.T) {
	const line = "a: pages 4 to 7 are now resident, anonymous."
	for _, tt := range []struct {
		line    string
		columns int
		want    []string
	}{
		{line, 0, []string{line}},
		{line, 10, []string{line}},
		{line, 45, []string{line}},
		{line, 44, []string{"a: pages 4 to 7 are now resident,", "anonymous."}},
		{line, 34, []string{"a: pages 4 to 7 are now resident,", "anonymous."}},
		{line, 33, []string{"a: pages 4 to 7 are now", "resident, anonymous."}},
		{"µµµµµµµµµ µµµµµµµµµ µµµµµµµµµ", 20, []string{"µµµµµµµµµ µµµµµµµµµ", "µµµµµµµµµ"}},
		{"one " + strings.Repeat("x", 40) + " two", 20, []string{"one", strings.Repeat("x", 40), "two"}},
		{strings.Repeat("x", 40), 20, []string{strings.Repeat("x", 40)}},
		{"", 20, []string{""}},
	} {
		if diff := cmp.Diff(tt.want, wrapped(tt.line, tt.columns)); diff != "" {
			t.Errorf("%q in %d columns (-want +got):\n%s", tt.line, tt.columns, diff)
		}
	}
}
