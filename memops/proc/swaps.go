package proc

import (
	"bytes"
	"fmt"
	"strings"

	"incore/model"
)

// SwapAreas are the lines of /proc/swaps: "/dev/zram0 2G (partition)".
func SwapAreas(text []byte) (areas []string) {
	for line := range bytes.Lines(text) {
		f := strings.Fields(string(line))
		if len(f) < 4 || f[0] == "Filename" {
			continue
		}
		n, _ := decimal([]byte(f[2]))
		areas = append(areas, fmt.Sprintf("%s %s (%s)", unescape(f[0]), model.FormatBytes(int64(n)<<10), f[1]))
	}
	return areas
}
