package lang

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"incore/model"
)

// MaxPage is the highest page index that can be written. With the largest pages
// that Linux has (64 KiB) its byte offset, and that of the page after it, still
// fit in an int64.
const MaxPage = math.MaxInt64>>16 - 1

// maxPages is the most pages that a size may have: with pages of 64 KiB their
// bytes still fit in a uint64.
const maxPages = math.MaxUint64 >> 16

// maxName is the longest name of a region, in characters.
const maxName = 32

func checkName(w token) *ParseError {
	switch n := nameLen(w.text); {
	case n == 0 || n < len(w.text):
		hint := strings.ToLower(w.text)
		if h := nameLen(hint); h == 0 || h < len(hint) {
			hint = ""
		}
		return w.wrong("a name is a small letter, then small letters, digits and _", hint)
	case n > maxName:
		return w.wrong("a name has at most 32 characters", "")
	}
	return nil
}

// nameLen is the length of the name that s begins with: [a-z][a-z0-9_]*.
func nameLen(s string) int {
	for i, c := range []byte(s) {
		if c >= 'a' && c <= 'z' || i > 0 && (c >= '0' && c <= '9' || c == '_') {
			continue
		}
		return i
	}
	return len(s)
}

var (
	errNumber = errors.New("not a number")
	errRange  = errors.New("number out of range")
)

// parseUint reads a decimal number, or a hexadecimal one after 0x, in which single
// underscores may part the digits. It is at most most.
func parseUint(s string, most uint64) (uint64, error) {
	base := 10
	if hex, ok := strings.CutPrefix(s, "0x"); ok {
		s, base = hex, 16
		if strings.HasPrefix(s, "_") || strings.HasSuffix(s, "_") || strings.Contains(s, "__") {
			return 0, errNumber
		}
		s = strings.ReplaceAll(s, "_", "")
	}
	n, err := strconv.ParseUint(s, base, 64)
	switch {
	case errors.Is(err, strconv.ErrRange) || err == nil && n > most:
		return 0, errRange
	case err != nil:
		return 0, errNumber
	}
	return n, nil
}

// size takes the next word as a size.
func (p *parser) size() (model.Size, *ParseError) {
	w, err := p.next("a size, such as 64 (pages), 64K or 1M")
	if err != nil {
		return model.Size{}, err
	}
	return parseSize(w)
}

func parseSize(w token) (model.Size, *ParseError) {
	digits, unit, most := w.text, model.Pages, uint64(maxPages)
	if n := len(digits); n > 0 {
		switch u := model.Unit(digits[n-1]); u {
		case model.Bytes, model.KiB, model.MiB, model.GiB, model.TiB:
			digits, unit, most = digits[:n-1], u, math.MaxUint64>>unitShift(u)
		}
	}
	if !isDigits(digits) {
		return model.Size{}, w.wrong("not a size, such as 64 (pages), 4096B, 64K, 1M, 2G or 1T", sizeMeant(w.text))
	}
	n, err := parseUint(digits, most)
	if err != nil {
		return model.Size{}, w.wrong("a size that 64 bits do not hold", "")
	}
	return model.Size{N: n, Unit: unit}, nil
}

// sizeMeant guesses at what a size in other people's units is in ours: 64k, 64KB, 64KiB.
func sizeMeant(s string) string {
	u := strings.ToUpper(s)
	for _, end := range []string{"IB", "B"} {
		if t := strings.TrimSuffix(u, end); t != u && !isDigits(t) {
			u = t
			break
		}
	}
	if n := len(u); n > 1 && u != s && strings.ContainsRune("BKMGT", rune(u[n-1])) && isDigits(u[:n-1]) {
		return u
	}
	return ""
}

// shift is the power of two that the unit stands for; a page has none of its own.
func unitShift(u model.Unit) uint {
	return map[model.Unit]uint{model.KiB: 10, model.MiB: 20, model.GiB: 30, model.TiB: 40}[u]
}

// target takes the next word as a target.
func (p *parser) target() (model.Target, *ParseError) {
	w, err := p.next("a target, such as a, a[3], a[4..7] or a+100,50")
	if err != nil {
		return model.Target{}, err
	}
	return parseTarget(w)
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
	if err := checkName(token{name, w.col}); err != nil {
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
