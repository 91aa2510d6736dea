package modeltest

import (
	"strconv"
	"strings"
	"time"

	"pgregory.net/rapid"

	"incore/model"
	"incore/model/lang"
)

// Generators of every line that the language declares, and of the commands they are.

var flip = rapid.Bool()

// DrawLine draws a line of a verb, with words of every kind that its declaration names.
func DrawLine(t *rapid.T, verb string) string { return strings.Join(DrawWords(t, verb), " ") }

// DrawWords draws the words of such a line, quoted where they have to be.
func DrawWords(t *rapid.T, verb string) []string {
	return append([]string{verb}, drawParts(t, lang.Parts(verb))...)
}

// DrawCommand draws a command of any verb.
func DrawCommand(t *rapid.T) model.Command {
	return parsed(t, DrawLine(t, rapid.SampledFrom(lang.VerbNames()).Draw(t, "verb")))
}

func parsed(t *rapid.T, line string) model.Command {
	c, err := lang.Parse(line)
	if err != nil {
		t.Fatalf("%q is declared, and is not taken: %v", line, err)
	}
	return c
}

func drawParts(t *rapid.T, parts []lang.Part) (words []string) {
	for _, p := range parts {
		switch {
		case len(p.Forms) > 0:
			f := rapid.SampledFrom(p.Forms).Draw(t, "check")
			words = append(append(words, f.Name), drawParts(t, f.Parts)...)
		case len(p.Options) > 0:
			words = append(words, drawOptions(t, p.Options)...)
		case p.Optional && flip.Draw(t, "left out"):
		case p.Repeated:
			words = append(words, rapid.SliceOfNDistinct(rapid.SampledFrom(p.Kind.Words), 1, 4, rapid.ID).Draw(t, "words")...)
		case p.Kind.Form == lang.FormCommand:
			words = append(words, DrawWords(t, rapid.SampledFrom(verbsWithin()).Draw(t, "verb"))...)
		case p.Usage != "":
			words = append(words, drawWord(t, p.Kind))
		}
	}
	return words
}

// drawOptions draws some of the options in any order, one of each axis at most.
func drawOptions(t *rapid.T, options []lang.Option) (words []string) {
	said, axes := map[string]bool{}, map[string]bool{}
	for _, o := range rapid.Permutation(options).Draw(t, "options") {
		if axes[o.Axis] || o.Needs != "" && !said[o.Needs] || flip.Draw(t, "left out") {
			continue
		}
		said[o.Word], axes[o.Axis] = true, true
		words = append(words, o.Word)
		if o.Value != nil {
			words = append(words, drawWord(t, *o.Value))
		}
	}
	return words
}

// drawWord draws a word of a kind, quoted where it has to be.
func drawWord(t *rapid.T, k lang.Kind) string {
	if k.Form != lang.FormWord && len(k.Words) > 0 && flip.Draw(t, "a word that is offered") {
		return rapid.SampledFrom(k.Words).Draw(t, "word")
	}
	switch k.Form {
	case lang.FormWord:
		return rapid.SampledFrom(k.Words).Draw(t, "word")
	case lang.FormName:
		return drawName(t, "name")
	case lang.FormTarget:
		return DrawTarget(t, "target").String()
	case lang.FormSize:
		return DrawSize(t).String()
	case lang.FormSigned:
		return rapid.SampledFrom([]string{"+", "-"}).Draw(t, "sign") + DrawSize(t).String()
	case lang.FormNumber:
		return strconv.FormatInt(rapid.Int64Range(max(k.Low, -1<<63+1), k.High).Draw(t, "number"), 10)
	case lang.FormRate:
		return lang.Rate(rapid.Int64Range(0, int64(lang.MaxRate)).Draw(t, "rate")).String()
	case lang.FormDuration:
		return time.Duration(rapid.Int64Range(0, int64(lang.MaxWait)).Draw(t, "duration")).String()
	case lang.FormPath:
		return lang.Quote(drawText(t, "path", 1))
	case lang.FormText:
		return lang.Quote(drawText(t, "text", 0))
	}
	t.Fatalf("no generator for a %s", k.Form)
	return ""
}

// verbsWithin are the verbs that in takes.
func verbsWithin() (names []string) {
	for _, v := range lang.Verbs() {
		if !v.Session {
			names = append(names, v.Name)
		}
	}
	return names
}

func drawName(t *rapid.T, label string) string {
	return rapid.StringMatching(`[a-z][a-z0-9_]{0,31}`).
		Filter(func(s string) bool { return s != model.Main }).Draw(t, label)
}

// DrawTarget draws a target of any form.
func DrawTarget(t *rapid.T, label string) model.Target {
	page := rapid.Int64Range(0, lang.MaxPage)
	switch form := rapid.SampledFrom([]model.TargetForm{
		model.WholeRegion, model.PageSpan, model.PageTail, model.ByteSpan, model.PageBytes, model.RawSpan,
	}).Draw(t, label); form {
	case model.PageSpan:
		first := page.Draw(t, "first")
		last := rapid.Int64Range(first, lang.MaxPage).Draw(t, "last")
		return model.Target{Form: form, Region: drawName(t, "region"), First: first, Last: last}
	case model.PageTail:
		return model.Target{Form: form, Region: drawName(t, "region"), First: page.Draw(t, "first")}
	case model.ByteSpan:
		off := rapid.Uint64Range(0, 1<<63-1).Draw(t, "off")
		n := rapid.Uint64Range(0, 1<<63-1-off).Draw(t, "len")
		return model.Target{Form: form, Region: drawName(t, "region"), Off: off, Len: n}
	case model.PageBytes:
		first := page.Draw(t, "first")
		most := uint64(1<<63-1) - uint64(first)<<16
		off := rapid.Uint64Range(0, most).Draw(t, "off")
		return model.Target{Form: form, Region: drawName(t, "region"), First: first, Off: off, Len: rapid.Uint64Range(0, most-off).Draw(t, "len")}
	case model.RawSpan:
		return model.Target{Form: form, Off: rapid.Uint64().Draw(t, "addr"), Len: rapid.Uint64().Draw(t, "len")}
	}
	return Whole(drawName(t, "region"))
}

// DrawSize draws a size in any unit.
func DrawSize(t *rapid.T) model.Size {
	most := map[model.Unit]uint64{
		model.Pages: 1<<48 - 1, model.Bytes: 1<<64 - 1,
		model.KiB: 1<<54 - 1, model.MiB: 1<<44 - 1, model.GiB: 1<<34 - 1, model.TiB: 1<<24 - 1,
	}
	u := rapid.SampledFrom([]model.Unit{
		model.Pages, model.Bytes, model.KiB, model.MiB, model.GiB, model.TiB,
	}).Draw(t, "unit")
	return model.Size{N: rapid.Uint64Range(0, most[u]).Draw(t, "size"), Unit: u}
}

// drawText is any text that a line can hold, of at least least characters.
func drawText(t *rapid.T, label string, least int) string {
	return rapid.StringOfN(rapid.OneOf(
		rapid.SampledFrom([]rune(" \"'\\#ab\u00a0\u3000")),
		rapid.Rune().Filter(func(r rune) bool { return model.Visible(string(r)) == string(r) }),
	), least, -1, -1).Draw(t, label)
}
