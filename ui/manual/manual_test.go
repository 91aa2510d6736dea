package manual

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"incore/assets"
)

const sample = `# A title

A paragraph of ` + "`code words`" + ` that goes
on in a second line. A sign: ` + "`==`" + `.

- an item that is longer than the line has room for it
- ` + "`w`" + `: Write.
- ` + "`a b` `c`" + `: It is explained.
- ` + "`x`" + ` is not explained: it is a sentence.

## Section

    code  as it

    stands

| word | means |
| --- | --- |
| ` + "`T`" + ` | a target that needs two lines |
| | the same |

![A picture](x.svg)

### Below

` + "```incore" + `
mmap a 4
` + "```" + `
`

// TestParse has a document with all that Markdown has here.
func TestParse(t *testing.T) {
	want := Doc{"A title", []Block{
		{Kind: Paragraph, Text: "A paragraph of `code words` that goes on in a second line. A sign: `==`."},
		{Kind: Item, Text: "an item that is longer than the line has room for it"},
		{Kind: Item, Term: "`w`", Text: "Write."},
		{Kind: Item, Term: "`a b` `c`", Text: "It is explained."},
		{Kind: Item, Text: "`x` is not explained: it is a sentence."},
		{Kind: Heading, Level: 2, Text: "Section"},
		{Kind: Code, Text: "code  as it\n\nstands\n"},
		{Kind: Table, Rows: [][]string{{"word", "means"}, {"`T`", "a target that needs two lines"}, {"", "the same"}}},
		{Kind: Heading, Level: 3, Text: "Below"},
		{Kind: Code, Text: "mmap a 4\n"},
	}}
	if diff := cmp.Diff(want, Parse(sample)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestText has that document in 30 columns, clean and drawn.
func TestText(t *testing.T) {
	const clean = `A title

  A paragraph of "code words"
  that goes on in a second
  line. A sign: "==".

  - an item that is longer
    than the line has room for
    it
  w      Write.
  a b c  It is explained.
  - x is not explained: it is
    a sentence.

Section

    code  as it

    stands

  word  means
  T     a target that needs
        two lines
        the same

Below

    mmap a 4`
	if diff := cmp.Diff(clean, strings.Join(Parse(sample).Text(30, nil), "\n")); diff != "" {
		t.Errorf("clean (-want +got):\n%s", diff)
	}
	drawn := Parse(sample).Text(30, func(ink Ink, s string) string {
		if ink == Body {
			return s
		}
		return fmt.Sprintf("\x1b[%dm%s\x1b[m", ink, s)
	})
	marked := strings.NewReplacer("\x1b[1m", "<T:", "\x1b[2m", "<S:", "\x1b[3m", "<C:", "\x1b[m", ">")
	for i := range drawn {
		drawn[i] = marked.Replace(drawn[i])
	}
	for _, want := range []string{"<T:A title>", "  A paragraph of <C:code words>", "<S:Section>", "  <C:a b c>  It is explained.", "  <S:word>  <S:means>", "  <C:T>     a target that needs\n        two lines"} {
		if text := strings.Join(drawn, "\n"); !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

// TestTextFits holds that no text of ours is wider than it may be, but for words and code that are.
func TestTextFits(t *testing.T) {
	for _, topic := range append(assets.Reference(), assets.Help()...) {
		d := Parse(topic.Text)
		if d.Title == "" || len(d.Blocks) == 0 {
			t.Errorf("%s has no title, or no text", topic.Name)
		}
		code := map[string]bool{}
		for _, b := range d.Blocks {
			if b.Kind == Code {
				for line := range strings.Lines(b.Text) {
					code[strings.TrimSpace(line)] = true
				}
			}
		}
		for _, width := range []int{40, 80, 100} {
			for _, line := range d.Text(width, nil) {
				if utf8.RuneCountInString(line) > width && len(strings.Fields(line)) > 1 && !code[strings.TrimSpace(line)] {
					t.Errorf("%s in %d columns: %q", topic.Name, width, line)
				}
				mark := strings.Contains(line, "`") && !code[strings.TrimSpace(line)] // an example of Markdown has them
				if mark || strings.Contains(line, "\x1b") || strings.TrimRight(line, " ") != line {
					t.Errorf("%s in %d columns: %q is not clean", topic.Name, width, line)
				}
			}
		}
	}
}

// TestRoff has what roff would change, and holds that groff, where it is, warns of nothing in any of our texts.
func TestRoff(t *testing.T) {
	got := Parse("# T\n.a `-x` it's \\ …\n\n    'code'\n").Roff("incore-t", 7, "T", "incore v1")
	want := `.TH INCORE-T 7 "" "incore v1" "incore manual"
.nh
.ad l
.SH NAME
incore\-t \- T
.SH DESCRIPTION
.PP
\&.a \fB\-x\fR it\(aqs \(rs \[u2026]
.PP
.RS 4
.nf
\(aqcode\(aq
.fi
.RE
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("no groff reads the pages: ", err)
	}
	for _, topic := range append(assets.Reference(), assets.Help()...) {
		cmd := exec.Command(groff, "-man", "-ww", "-Tutf8")
		cmd.Stdin = strings.NewReader(Parse(topic.Text).Roff("incore-"+topic.Name, 7, topic.Name, "incore"))
		var warnings strings.Builder
		cmd.Stderr = &warnings
		out, err := cmd.Output()
		if err != nil || warnings.Len() > 0 || len(out) < 500 {
			t.Errorf("%s: %v, %d bytes, %s", topic.Name, err, len(out), &warnings)
		}
	}
}

// TestSpoken has the document read aloud.
func TestSpoken(t *testing.T) {
	want := []string{
		"A title", "A paragraph of code words that goes on in a second line. A sign: ==.",
		"an item that is longer than the line has room for it", "w: Write.", "a b c: It is explained.", "x is not explained: it is a sentence.",
		"Section", "Type:", "code  as it", "", "stands", "T: a target that needs two lines", "the same", "Below", "Type:", "mmap a 4",
	}
	if diff := cmp.Diff(want, Parse(sample).Spoken("Type:")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
