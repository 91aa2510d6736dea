package lang

import (
	"strconv"
	"strings"
	"time"
)

// MaxWait is the longest that a wait may last, so that a file from elsewhere
// cannot hold the program for ever.
const MaxWait = time.Hour

// duration is a time from 0 to MaxWait.
func duration(words ...string) kind[time.Duration] {
	return kind[time.Duration]{
		Kind: Kind{Form: FormDuration, Usage: "DURATION", What: "a duration, such as 2s or 500ms", Words: words},
		read: func(w token) (time.Duration, *ParseError) {
			d, err := time.ParseDuration(w.text)
			switch {
			case err != nil && isDigits(w.text):
				return 0, w.wrong("a duration has a unit", w.text+"s")
			case err != nil:
				return 0, w.wrong("not a duration, such as 2s or 500ms", "")
			case d < 0 || d > MaxWait:
				return 0, w.wrong("a wait lasts from 0s to 1h", "")
			}
			return d, nil
		},
		write: func(d time.Duration) string {
			s := d.String()
			if t, ok := strings.CutSuffix(s, "m0s"); ok {
				s = t + "m"
			}
			if t, ok := strings.CutSuffix(s, "h0m"); ok {
				s = t + "h"
			}
			return s
		},
	}
}

// MaxRate is the highest pace that can be written, in pages a second; what is
// faster than the machine is max.
const MaxRate Rate = 1_000_000_000

// String is the rate as it is written: 200/s, max.
func (r Rate) String() string {
	if r <= 0 {
		return "max"
	}
	return strconv.FormatInt(int64(r), 10) + "/s"
}

// rate is a pace: 200/s or max.
func rate(words ...string) kind[Rate] {
	return kind[Rate]{
		Kind: Kind{Form: FormRate, Usage: "RATE|max", What: "a rate, such as 200/s, or max", Words: append(words, "max")},
		read: parseRate, write: Rate.String,
	}
}

func parseRate(w token) (Rate, *ParseError) {
	if w.text == "max" {
		return 0, nil
	}
	digits, ok := strings.CutSuffix(w.text, "/s")
	n, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case !isDigits(digits):
		return 0, w.wrong("not a rate, such as 200/s or max", "")
	case err != nil || n < 1 || n > int64(MaxRate):
		return 0, w.wrong("a rate is from 1/s to 1000000000/s, or max", "")
	case !ok:
		return 0, w.wrong("a rate is written in pages a second", w.text+"/s")
	}
	return Rate(n), nil
}
