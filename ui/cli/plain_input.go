package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"incore/model/lang"
)

// inputLine is one line of standard input.
type inputLine struct {
	number  int // from 1
	text    string
	tooLong bool // it has more than model.MaxLine bytes, and text is not all of it
}

// readLines reads lines one by one, each only once the one before it was taken, and closes the
// channel at the end. A read of a terminal cannot be ended: the reader ends with the program.
func readLines(ctx context.Context, r io.Reader) <-chan inputLine {
	lines := make(chan inputLine)
	go func() {
		defer close(lines)
		in := bufio.NewReaderSize(r, lang.MaxLine+2)
		for number := 1; ; number++ {
			line, err := readLine(in)
			if err != nil && line.text == "" && !line.tooLong {
				return
			}
			line.number = number
			if number == 1 {
				line.text = strings.TrimPrefix(line.text, "\ufeff")
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
func readLine(in *bufio.Reader) (line inputLine, err error) {
	b, err := in.ReadSlice('\n')
	text := strings.TrimSuffix(string(b), "\n")
	line = inputLine{text: text, tooLong: len(text) > lang.MaxLine}
	for errors.Is(err, bufio.ErrBufferFull) {
		line.tooLong = true
		_, err = in.ReadSlice('\n')
	}
	return line, err
}
