package lang

import (
	"fmt"
	"math"
	"strings"

	"incore/model"
)

// MaxPage is the highest page index that can be written. With the largest pages
// that Linux has (64 KiB) its byte offset, and that of the page after it, still
// fit in an int64.
const MaxPage = math.MaxInt64>>16 - 1

// target is a region, or a part of one, or raw memory.
func target() kind[model.Target] {
	return kind[model.Target]{
		Kind: Kind{
			Form: FormTarget, Usage: "T", What: "a target, such as a, a[3], a[4..7] or a+100,50", Names: OfTarget,
		},
		read: parseTarget, write: model.Target.String,
	}
}

func parseTarget(w token) (model.Target, *ParseError) {
	if strings.HasPrefix(w.text, "0x") {
		return parseRaw(w)
	}
	n := nameLen(w.text)
	if n == 0 {
		return model.Target{}, w.wrong("not a target, such as a, a[3], a[4..7], a+100,50 or 0x7f1234567000,4096", "")
	}
	name, rest := w.text[:n], w.text[n:]
	if err := checkName(token{text: name, col: w.col}); err != nil {
		return model.Target{}, err
	}
	t := model.Target{Region: name}
	switch {
	case rest == "":
		return t, nil
	case rest[0] == '[' && rest[len(rest)-1] == ']':
		return targetPages(t, w, rest[1:len(rest)-1])
	case rest[0] == '[' && strings.Contains(rest, "]+"):
		return targetPageBytes(t, w, rest[1:])
	case rest[0] == '+':
		t.Form = model.ByteSpan
		return targetBytes(t, w, rest[1:], math.MaxInt64)
	}
	return model.Target{}, w.wrong("not a target, such as a, a[3], a[4..7], a+100,50 or 0x7f1234567000,4096", "")
}

// pages reads what stands between the brackets.
func targetPages(t model.Target, w token, in string) (model.Target, *ParseError) {
	from, to, isRange := strings.Cut(in, "..")
	first, err := parseUint(from, MaxPage)
	if !isDigits(from) || err == errNumber {
		return model.Target{}, w.wrong("pages are written [3], [4..7] or [4..]", "")
	}
	last := first
	t.Form = model.PageSpan
	switch {
	case isRange && to == "":
		t.Form, last = model.PageTail, 0
	case isRange && !isDigits(to):
		return model.Target{}, w.wrong("pages are written [3], [4..7] or [4..]", "")
	case isRange && err == nil:
		last, err = parseUint(to, MaxPage)
	}
	if err != nil {
		return model.Target{}, w.wrong("a page index that 64 bits of bytes do not hold", "")
	}
	if t.Form == model.PageSpan && last < first {
		return model.Target{}, w.wrong("the last page comes before the first",
			t.Region+"["+to+".."+from+"]")
	}
	t.First, t.Last = int64(first), int64(last)
	return t, nil
}

// targetPageBytes reads a page, and the bytes counted from where it begins.
func targetPageBytes(t model.Target, w token, in string) (model.Target, *ParseError) {
	page, bytes, _ := strings.Cut(in, "]+")
	t, err := targetPages(t, w, page)
	if err != nil {
		return t, err
	}
	if strings.Contains(page, "..") {
		return model.Target{}, w.wrong("bytes are counted from one page", fmt.Sprintf("%s[%d]+%s", t.Region, t.First, bytes))
	}
	t.Form, t.Last = model.PageBytes, 0
	return targetBytes(t, w, bytes, math.MaxInt64-uint64(t.First)<<16) // of the largest pages there are
}

// targetBytes reads what stands after the plus. Behind most is an end of more than an int64, which could
// wrap around when it is added to the region's address.
func targetBytes(t model.Target, w token, in string, most uint64) (model.Target, *ParseError) {
	off, length, _ := strings.Cut(in, ",")
	var err1, err2 error
	t.Off, err1 = parseUint(off, math.MaxInt64)
	t.Len, err2 = parseUint(length, math.MaxInt64)
	switch {
	case err1 == errNumber || err2 == errNumber:
		what := "bytes of a region are written NAME+OFFSET,LENGTH"
		if t.Form == model.PageBytes {
			what = "bytes of a page are written NAME[PAGE]+OFFSET,LENGTH"
		}
		return model.Target{}, w.wrong(what, "")
	case err1 != nil || err2 != nil || t.Off+t.Len > most:
		return model.Target{}, w.wrong("an offset and a length that 63 bits do not hold", "")
	}
	return t, nil
}

func parseRaw(w token) (model.Target, *ParseError) {
	addr, length, _ := strings.Cut(w.text, ",")
	a, err1 := parseUint(addr, math.MaxUint64)
	n, err2 := parseUint(length, math.MaxUint64)
	switch {
	case err1 == errNumber || err2 == errNumber:
		return model.Target{}, w.wrong("raw memory is written 0xADDRESS,LENGTH", "")
	case err1 != nil || err2 != nil:
		return model.Target{}, w.wrong("an address or a length that 64 bits do not hold", "")
	}
	return model.Target{Form: model.RawSpan, Off: a, Len: n}, nil
}
