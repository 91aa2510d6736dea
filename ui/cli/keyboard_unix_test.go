//go:build unix

package cli

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
)

func TestInterruptKey(t *testing.T) {
	for _, tt := range []struct {
		sent string
		want bool
	}{
		{"\x03", true},
		{strings.Repeat("x", 10_000) + "\x03", true},
		{"\x1b\x03", true},      // esc, and ctrl+c right behind it
		{"\x1b[1;\x03", true},   // within a sequence that was cut off
		{"\x1b[A\x1bOP", false}, // up, F1
		{"\x1b[99;5u", true},    // the Kitty keyboard protocol
		{"\x1b[99;69u", true},   // with caps lock
		{"\x1b[99;133u", true},  // with num lock
		{"\x1b[99:67;5:1u", true},
		{"\x1b[99;5:3u", false}, // released
		{"\x1b[99;6u", false},   // with shift
		{"\x1b[99;7u", false},   // with alt
		{"\x1b[99u", false},
		{"\x1b[100;5u", false},
		{"\x1b[27;5;99~", true}, // modifyOtherKeys
		{"\x1b[27;6;99~", false},
		{"\x1b[27;5;100~", false},
		{"\x1b[200~a\x03b\x1b[99;5u\x1b[201~", false}, // pasted
		{"\x1b[200~a\x1b[201~\x03", true},
		{"\x1b[" + strings.Repeat("9;", 100) + "\x03", true},
		{"", false},
	} {
		var whole interruptKey
		if got := whole.in([]byte(tt.sent)); got != tt.want {
			t.Errorf("%q has ctrl+c: %t", tt.sent, got)
		}
		var split interruptKey
		got := false
		for i := range len(tt.sent) {
			got = split.in([]byte{tt.sent[i]}) || got
		}
		if got != tt.want {
			t.Errorf("%q byte by byte has ctrl+c: %t", tt.sent, got)
		}
	}
}

// A keyboard gives all that is typed, in order, sees ctrl+c behind what nobody has read, and leaves
// the terminal to others while it is suspended.
func TestKeyboard(t *testing.T) {
	master, slave, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudoterminal can be had here: %v", err)
	}
	defer master.Close()
	defer slave.Close()
	if _, err := term.MakeRaw(slave.Fd()); err != nil {
		t.Fatal(err)
	}
	send := func(text string) {
		t.Helper()
		if _, err := io.WriteString(master, text); err != nil {
			t.Fatal(err)
		}
	}
	interrupted := make(chan struct{}, 10)
	k := newKeyboard(slave, func() { interrupted <- struct{}{} }, func() { t.Error("the terminal is gone") })
	defer k.Close()
	b := make([]byte, 1<<20)
	read := func(n int) string {
		t.Helper()
		if _, err := io.ReadFull(k, b[:n]); err != nil {
			t.Fatal(err)
		}
		return string(b[:n])
	}
	send("ab")
	if got := read(2); got != "ab" {
		t.Errorf("read %q", got)
	}
	long := strings.Repeat("0123456789", 20_000) // more than a terminal holds
	send(long + "\x03")
	select {
	case <-interrupted:
	case <-time.After(patience):
		t.Fatal("ctrl+c is not seen behind what nobody has read")
	}
	if got := read(len(long) + 1); got != long+"\x03" {
		t.Error("what was typed is not what is read")
	}

	got := make(chan string, 1)
	go func() { got <- read(4) }()
	eventually(t, "the terminal is read", func() bool { k.mu.Lock(); defer k.mu.Unlock(); return k.pump != nil })
	k.Suspend()
	send("for the shell")
	n, err := slave.Read(b)
	if text := string(b[:n]); err != nil || text != "for the shell" {
		t.Errorf("another reader gets %q, %v", text, err)
	}
	k.Resume()
	send("back")
	if text := <-got; text != "back" {
		t.Errorf("afterwards %q is read", text)
	}
}
