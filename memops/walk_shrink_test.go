//go:build linux && (amd64 || arm64)

package memops_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"incore/model/lang"
)

// shrink makes a script that disagrees smaller, as long as it does so in any way: it
// leaves out lines, then words of lines, and lessens numbers. rapid knows nothing of lines,
// and is done long before. What is left has run when it returns.
func (w *walker) shrink(lines []string) *disagreement {
	w.thorough = true
	defer func() { w.thorough = false }()
	for before := ""; before != strings.Join(lines, "\n"); {
		before = strings.Join(lines, "\n")
		lines = w.fewerLines(lines)
		for i := len(lines) - 1; i >= 0 && i < len(lines); i-- {
			lines = w.simplerLine(lines, i)
		}
	}
	return w.replay(lines)
}

// fewerLines leaves out many lines at a time, then fewer.
func (w *walker) fewerLines(lines []string) []string {
	for size := len(lines); size > 0; size /= 2 {
		for lo := 0; lo < len(lines); {
			less := slices.Delete(slices.Clone(lines), lo, min(lo+size, len(lines)))
			if w.replay(less) != nil {
				lines = slices.Clone(w.lines)
			} else {
				lo += size
			}
		}
	}
	return lines
}

// simplerLine takes the first simpler line that will do in place of a line, again and again.
func (w *walker) simplerLine(lines []string, i int) []string {
	for found := true; found && i < len(lines); {
		found = false
		for _, line := range simpler(lines[i]) {
			try := slices.Clone(lines)
			try[i] = line
			if c, err := lang.Parse(line); err == nil && c != nil && c.String() == line && w.replay(try) != nil {
				lines, found = slices.Clone(w.lines), true
				break
			}
		}
	}
	return lines
}

var decimals = regexp.MustCompile(`\b[0-9]+\b`)

// simpler are lines with a word or two less, or with a smaller number; not all of them are
// of the language.
func simpler(line string) (list []string) {
	words := strings.Fields(line)
	for n := 2; n > 0; n-- {
		for lo := 0; lo+n <= len(words); lo++ {
			list = append(list, strings.Join(slices.Delete(slices.Clone(words), lo, lo+n), " "))
		}
	}
	for _, at := range decimals.FindAllStringIndex(line, -1) {
		n, err := strconv.ParseUint(line[at[0]:at[1]], 10, 64)
		if err != nil {
			continue
		}
		tries := []uint64{0, 1, n / 2, n - n/8}
		if n <= maxRegion {
			tries = append(tries, n-1)
		}
		for _, less := range tries {
			if less < n {
				list = append(list, line[:at[0]]+strconv.FormatUint(less, 10)+line[at[1]:])
			}
		}
	}
	return list
}

// replay runs lines up to the first disagreement.
func (w *walker) replay(lines []string) *disagreement {
	d := w.start()
	for _, line := range lines {
		if d != nil {
			break
		}
		c, err := lang.Parse(line)
		if err != nil {
			panic(err)
		}
		d = w.step(c)
	}
	return d
}

// script is what ran, and what should have been the case at its end, as a file of the
// command language: incore run shows the disagreement and exits 1.
func (w *walker) script(d *disagreement) []string {
	return append(slices.Clone(w.lines), d.expects...)
}
