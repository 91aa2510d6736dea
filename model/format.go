package model

import (
	"fmt"
	"math"
	"time"
)

// FormatBytes returns an amount of memory for people, in powers of 1024: 4K, 256K,
// 1T; 1.5M where it is not a whole number of the largest unit that fits. Below
// 1K it is in bytes: 512B.
func FormatBytes(n int64) string {
	if n < 0 {
		return "-" + FormatSize(-uint64(n))
	}
	return FormatSize(uint64(n))
}

// FormatSize is [FormatBytes] of an unsigned amount.
func FormatSize(n uint64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%dB", n)
	}
	const units = "KMGTPE"
	i, unit := 0, uint64(1<<10)
	for i+1 < len(units) && n>>10 >= unit {
		i, unit = i+1, unit<<10
	}
	if n%unit == 0 {
		return fmt.Sprintf("%d%c", n/unit, units[i])
	}
	s := fmt.Sprintf("%.1f", float64(n)/float64(unit))
	if s == "1024.0" && i+1 < len(units) {
		return fmt.Sprintf("1.0%c", units[i+1])
	}
	return fmt.Sprintf("%s%c", s, units[i])
}

// FormatDelta returns a change of an amount of memory in bytes: +4K, -1.5M, and 0B
// where nothing changed.
func FormatDelta(n int64) string {
	if n > 0 {
		return "+" + FormatBytes(n)
	}
	return FormatBytes(n)
}

// FormatLimit returns a limit in bytes: 8M, or unlimited.
func FormatLimit(n int64) string {
	if n == Unlimited {
		return "unlimited"
	}
	return FormatBytes(n)
}

// FormatElapsed returns a time that a call took, with two digits or more: 30ns, 4.1µs,
// 82ms, 1.20s, 2m05s.
func FormatElapsed(d time.Duration) string {
	if d < 0 {
		return "-" + FormatElapsed(-max(d, -math.MaxInt64))
	}
	d = min(d, math.MaxInt64-time.Second) // room to round up
	if d < time.Microsecond {
		return fmt.Sprintf("%dns", d)
	}
	for _, u := range []struct {
		of   time.Duration
		name string
	}{{time.Microsecond, "µs"}, {time.Millisecond, "ms"}} {
		tenths := (d + u.of/20) / (u.of / 10)
		switch {
		case tenths < 100:
			return fmt.Sprintf("%d.%d%s", tenths/10, tenths%10, u.name)
		case (d+u.of/2)/u.of < 1000:
			return fmt.Sprintf("%d%s", (d+u.of/2)/u.of, u.name)
		}
	}
	if cs := (d + 5*time.Millisecond) / (10 * time.Millisecond); cs < 6000 {
		return fmt.Sprintf("%d.%02ds", cs/100, cs%100)
	}
	s := (d + time.Second/2) / time.Second
	return fmt.Sprintf("%dm%02ds", s/60, s%60)
}

// Plural returns a number of things in words: 1 page, 3 pages.
func Plural(n int64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
