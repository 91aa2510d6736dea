package cli

import (
	"io"

	"github.com/charmbracelet/x/term"
)

// checkedWriter is standard output. It keeps the error of the first write that failed, whoever
// wrote: the libraries that print the help throw theirs away. So main answers all of
// them in one place, and by one rule (outputError).
type checkedWriter struct {
	to  io.Writer
	err error
}

// Write implements io.Writer. Once a write has failed nothing more is written: what came after it would make no
// sense.
func (o *checkedWriter) Write(p []byte) (n int, err error) {
	if o.err != nil {
		return 0, o.err
	}
	n, o.err = o.to.Write(p)
	return n, o.err
}

// checkedFile is a checkedWriter of a file. A terminal is asked by its descriptor how
// many colors and columns it has.
type checkedFile struct {
	*checkedWriter
	file term.File
}

// Fd implements term.File.
func (f checkedFile) Fd() uintptr { return f.file.Fd() }

// Read implements term.File.
func (f checkedFile) Read(p []byte) (int, error) { return f.file.Read(p) }

// Close implements term.File.
func (f checkedFile) Close() error { return f.file.Close() }

// writer returns o as a library is to have it: a file where it is one.
func (o *checkedWriter) writer() io.Writer {
	if f, ok := o.to.(term.File); ok {
		return checkedFile{o, f}
	}
	return o
}
