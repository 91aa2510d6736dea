package lang

import (
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
	case rest[0] == '+':
		return targetBytes(t, w, rest[1:])
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

// bytes reads what stands after the plus. An end of more than an int64 could wrap
// around when it is added to the region's address.
func targetBytes(t model.Target, w token, in string) (model.Target, *ParseError) {
	off, length, _ := strings.Cut(in, ",")
	var err1, err2 error
	t.Form = model.ByteSpan
	t.Off, err1 = parseUint(off, math.MaxInt64)
	t.Len, err2 = parseUint(length, math.MaxInt64)
	switch {
	case err1 == errNumber || err2 == errNumber:
		return model.Target{}, w.wrong("bytes of a region are written NAME+OFFSET,LENGTH", "")
	case err1 != nil || err2 != nil || t.Off+t.Len > math.MaxInt64:
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
