//go:build unix

package cli

import (
	"os"
	"os/signal"
	"syscall"

	"incore/ui"
)

// windowChanges has the screen told whenever the size of its window changes, until stop.
func windowChanges(opts *ui.Options) (stop func()) {
	changed := make(chan os.Signal, 1)
	signal.Notify(changed, syscall.SIGWINCH)
	opts.Resized = changed
	return func() { signal.Stop(changed) }
}
