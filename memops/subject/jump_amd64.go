//go:build linux

package subject

import "fmt"

// firstJump returns the length of the jump that the code begins with; the one to
// the handler lies right behind it. The assembler picks its short or its long form.
func firstJump(text []byte) (int, error) {
	switch text[0] {
	case 0xeb:
		return 2, nil
	case 0xe9:
		return 5, nil
	}
	return 0, fmt.Errorf("the subject's code begins with %#x, not with a jump", text[0])
}
