package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"incore/model/lang"
)

// fifoWait is how long a named pipe may go without a writer.
const fifoWait = 5 * time.Second

// stdinName is how standard input is named on the command line.
const stdinName = "-"

// scriptName returns what messages call the file of that name.
func scriptName(name string) string {
	if name == stdinName {
		return "standard input"
	}
	return name
}

// readScript reads and parses the file of that name.
// All its errors have exit code 2.
func (a *app) readScript(name string) ([]lang.Line, error) {
	in := io.NopCloser(a.stdin)
	if name != stdinName {
		f, err := a.openAwaited(name)
		if err != nil {
			return nil, usage("%s: %w", name, bare(err))
		}
		in = f
	}
	defer in.Close()
	lines, err := lang.ParseScript(scriptName(name), in)
	if err != nil {
		return nil, &exitError{exitUsage, err}
	}
	return lines, nil
}

// openScript opens a file for reading. Opening a named pipe waits for a writer, which
// may never come, so that wait has an end.
func openScript(name string) (io.ReadCloser, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Mode()&fs.ModeNamedPipe == 0 {
		return openFile(name)
	}
	type opened struct {
		file io.ReadCloser
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		f, err := openFile(name)
		done <- opened{f, err}
	}()
	select {
	case o := <-done:
		return o.file, o.err
	case <-time.After(fifoWait):
		return nil, fmt.Errorf("a named pipe that nobody writes to (waited %s)", fifoWait)
	}
}

func openFile(name string) (io.ReadCloser, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, errors.Join(f.Close(), errors.New("is a directory"))
	}
	return f, nil
}
