//go:build linux && (amd64 || arm64)

package memops

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Whether a process that did not answer is dead is asked of the process: one that lives is not
// waited for, and one that incore has ended is, to its end.
func TestEnds(t *testing.T) {
	l := opened(t, Options{})
	ok(t, l, "fork c")
	main, c := l.process("main"), l.process("c")
	if main.ends(5 * time.Millisecond) {
		t.Error("main lives, and is said to end")
	}
	c.hangup()
	if !c.ends(endPatience) || c.lives() {
		t.Error("c was ended, and is said to live")
	}
	if err := main.sub.Signal(unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if !main.ends(endPatience) || main.lives() {
		t.Error("main was killed, and is said to live")
	}
}
