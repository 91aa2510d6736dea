package lang

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

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

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// number is a number from low to high. What is wrong with another word says msg.
func number[V ~int | ~int64 | ~uint8](usage, what, msg string, low, high int64, words ...string) kind[V] {
	return kind[V]{
		Kind: Kind{Form: FormNumber, Usage: usage, What: what, Words: words, Low: low, High: high},
		read: func(w token) (V, *ParseError) {
			digits, negative := strings.CutPrefix(w.text, "-")
			u, err := parseUint(digits, uint64(high))
			n := int64(u)
			if negative {
				n = -n
			}
			if err != nil || n < low || negative && n == 0 {
				return 0, w.wrong(msg, "")
			}
			return V(n), nil
		},
		write: func(n V) string { return strconv.FormatInt(int64(n), 10) },
	}
}

// aByte is a byte, written in hexadecimal.
func aByte(words ...string) kind[byte] {
	k := number[byte]("BYTE", "a byte", "a byte is 0 to 255, or 0x00 to 0xff", 0, 255, words...)
	k.write = func(b byte) string { return fmt.Sprintf("0x%02x", b) }
	return k
}
