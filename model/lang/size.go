package lang

import (
	"math"
	"strings"

	"incore/model"
)

// maxPages is the most pages that a size may have: with pages of 64 KiB their
// bytes still fit in a uint64.
const maxPages = math.MaxUint64 >> 16

// size is a size; words are some that are worth a try.
func size(words ...string) kind[model.Size] {
	return kind[model.Size]{
		Kind: Kind{Form: FormSize, Usage: "SIZE", What: "a size, such as 64 (pages), 64K or 1M", Words: words},
		read: parseSize, write: model.Size.String,
	}
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

// ParseSize reads a size as commands have it: 64 (pages), 64K, 1M. Its error is a *[ParseError] without file and line.
func ParseSize(text string) (model.Size, error) {
	s, err := parseSize(token{text: text, col: 1})
	if err != nil {
		return model.Size{}, err
	}
	return s, nil
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

// amount is a size, or none, the word for no limit.
func amount(none string, words ...string) kind[Amount] {
	return kind[Amount]{
		Kind: Kind{
			Form: FormSize, Usage: "SIZE|" + none, What: "a size, such as 64 (pages), 64K or 1M, or " + none, Words: append(words, none),
		},
		read: func(w token) (Amount, *ParseError) {
			if w.text == none {
				return Amount{Unlimited: true}, nil
			}
			s, err := parseSize(w)
			if err != nil && err.Hint == "" && Nearest(w.text, []string{"unlimited", "max"}) != "" {
				err.Hint = "did you mean " + none + "?"
			}
			return Amount{Size: s}, err
		},
		write: func(a Amount) string {
			if a.Unlimited {
				return none
			}
			return a.Size.String()
		},
	}
}

// String is the amount as setrlimit takes it.
func (a Amount) String() string {
	if a.Unlimited {
		return "unlimited"
	}
	return a.Size.String()
}

// signed is a size behind its sign, as brk takes it.
func signed(words ...string) kind[Brk] {
	return kind[Brk]{
		Kind: Kind{Form: FormSigned, Usage: "+SIZE|-SIZE", What: "a size with its sign, such as +64K or -64K", Words: words},
		read: parseSigned,
		write: func(c Brk) string {
			if c.Down {
				return "-" + c.Size.String()
			}
			return "+" + c.Size.String()
		},
	}
}

func parseSigned(w token) (Brk, *ParseError) {
	sign, size := "", w
	if strings.HasPrefix(w.text, "+") || strings.HasPrefix(w.text, "-") {
		sign, size = w.text[:1], token{text: w.text[1:], col: w.col + 1}
	}
	s, err := parseSize(size)
	switch {
	case sign == "" && err == nil:
		return Brk{}, w.wrong("the size needs a sign, + for up and - for down", "+"+w.text)
	case sign != "" && size.text == "":
		return Brk{}, w.wrong("the size follows its sign in one word, such as +64K", "")
	case err != nil:
		return Brk{}, err
	}
	return Brk{Size: s, Down: sign == "-"}, nil
}
