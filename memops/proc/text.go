package proc

import (
	"bytes"
	"os"
)

// Chosen is the word in brackets of a file such as "always [madvise] never".
func Chosen(text []byte) string {
	_, rest, _ := bytes.Cut(text, []byte("["))
	word, _, ok := bytes.Cut(rest, []byte("]"))
	if !ok {
		return ""
	}
	return string(word)
}

// ReadText is what a file of /proc or /sys says, and nothing where it cannot be read.
func ReadText(path string) []byte {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return text
}

// ReadNumber is the number in such a file, or 0.
func ReadNumber(path string) int64 { return Number(ReadText(path)) }

// ReadUint is ReadNumber for numbers that may not fit into 63 bits.
func ReadUint(path string) uint64 {
	n, _ := decimal(ReadText(path))
	return n
}

// Number is the decimal number that a field holds behind its blanks, or 0.
func Number(field []byte) int64 {
	n, _ := decimal(bytes.TrimLeft(field, " \t"))
	return int64(n)
}
