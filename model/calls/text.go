package calls

import (
	"strings"

	"incore/model"
)

func upper(s string) string { return strings.ToUpper(s) }

// sentenceEnd ends a sentence.
func sentenceEnd(s string) string {
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

func firstWord(s string) string {
	for i, r := range s {
		if r == ' ' || r == ',' {
			return s[:i]
		}
	}
	return s
}

// exact returns an amount of memory without loss: 12K, or 10000 bytes.
func exact(n uint64) string {
	if s := sizeWord(n); s[len(s)-1] != 'B' {
		return s
	}
	return model.Plural(int64(n), "byte") // less than 1K, or not a multiple of it
}

// sizeWord returns an amount of memory as the language writes it, without loss.
func sizeWord(n uint64) string {
	for _, u := range []model.Unit{model.TiB, model.GiB, model.MiB, model.KiB} {
		if one := (model.Size{N: 1, Unit: u}).Bytes(0); n >= one && n%one == 0 {
			return model.Size{N: n / one, Unit: u}.String()
		}
	}
	return model.Size{N: n, Unit: model.Bytes}.String()
}
