//go:build linux

package subject

import "fmt"

// firstJump returns the length of the branch that the code begins with; the one to
// the handler lies right behind it.
func firstJump(text []byte) (int, error) {
	if text[3]&0xfc != 0x14 {
		return 0, fmt.Errorf("the subject's code begins with %#x, not with a branch", text[:4])
	}
	return 4, nil
}
