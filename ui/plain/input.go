package plain

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"incore/model/lang"
)

// Line is one line of standard input.
type Line struct {
	Number  int    // from 1
	Text    string // without the newline
	TooLong bool   // it has more than lang.MaxLine bytes, and Text is not all of it
}

// ReadLines returns the lines of r, each read only once the one before it was taken. The channel is closed at
// the end, or when ctx is done. A read of a terminal cannot be ended: the reader ends with the program.
func ReadLines(ctx context.Context, r io.Reader) <-chan Line {
	lines := make(chan Line)
	go func() {
		defer close(lines)
		in := bufio.NewReaderSize(r, lang.MaxLine+2)
		for number := 1; ; number++ {
			line, err := readLine(in)
			if err != nil && line.Text == "" && !line.TooLong {
				return
			}
			line.Number = number
			if number == 1 {
				line.Text = strings.TrimPrefix(line.Text, "\ufeff")
			}
			select {
			case lines <- line:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return lines
}

// readLine reads one line, without its end. Of one that is too long the rest is skipped.
func readLine(in *bufio.Reader) (line Line, err error) {
	b, err := in.ReadSlice('\n')
	text := strings.TrimSuffix(string(b), "\n")
	line = Line{Text: text, TooLong: len(text) > lang.MaxLine}
	for errors.Is(err, bufio.ErrBufferFull) {
		line.TooLong = true
		_, err = in.ReadSlice('\n')
	}
	return line, err
}
