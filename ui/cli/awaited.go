package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"incore/model"
)

// noticeAfter is how long a file may give nothing before it is said that it is waited for: a named
// pipe without a writer, or with one that does not write.
var noticeAfter = time.Second

// awaited is a file that is being opened or read, of which nothing has come yet.
type awaited struct {
	io.ReadCloser
	timer *time.Timer
	mu    sync.Mutex // guards came, and is held while the notice is written
	came  bool
}

// openAwaited opens a script. It says on standard error that it waits if nothing comes of it for a time.
func (a *app) openAwaited(name string) (io.ReadCloser, error) {
	w := &awaited{}
	w.timer = time.AfterFunc(noticeAfter, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if !w.came {
			text := model.Visible(fmt.Sprintf("waiting for %s: nothing has come of it yet (ctrl+c ends this)", name))
			fmt.Fprintf(a.stderr, "incore: %s\n", shown(text, a.asciiOnly()))
		}
	})
	f, err := openScript(name)
	if err != nil {
		w.end()
		return nil, err
	}
	w.ReadCloser = f
	return w, nil
}

// end says that there is nothing to wait for any more.
func (w *awaited) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.came = true
	w.timer.Stop()
}

// Read reads from the file, and ends the wait.
func (w *awaited) Read(b []byte) (int, error) {
	n, err := w.ReadCloser.Read(b)
	w.end()
	return n, err
}

// Close closes the file, and ends the wait.
func (w *awaited) Close() error {
	w.end()
	return w.ReadCloser.Close()
}
