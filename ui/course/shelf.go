package course

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"incore/assets"
	"incore/model/lang"
	"incore/model/lesson"
)

// Book is a lesson's file: where it is, and its text.
type Book struct {
	Name    string // of a built-in lesson the name that it is asked for with: 06-two-secrets; of a file its path
	Builtin bool   // of the program's own course
	Source  []byte // as it stands in the file
}

// Number is the number that the name of a built-in lesson begins with, or 0.
func (b Book) Number() (n int) {
	_, _ = fmt.Sscanf(path.Base(b.Name), "%d", &n)
	return n
}

// Builtin are the lessons of the course, in their order.
func Builtin() []Book {
	names, _ := fs.Glob(assets.Lessons, "lessons/*.md")
	slices.Sort(names)
	var out []Book
	for _, name := range names {
		src, err := fs.ReadFile(assets.Lessons, name)
		if err == nil { // what is embedded can be read
			out = append(out, Book{Name: strings.TrimSuffix(path.Base(name), ".md"), Builtin: true, Source: src})
		}
	}
	return out
}

// ErrNoLesson is wrapped where what was named is neither a lesson of the course nor a file or directory.
var ErrNoLesson = errors.New("no such lesson")

// Find returns the lessons that a word names: a file, a directory with its lessons, a lesson of the course by its name, its
// number or a part of its name, or - for standard input.
func Find(word string, stdin io.Reader) ([]Book, error) {
	if word == "-" {
		src, err := lesson.Read("standard input", stdin)
		return []Book{{Name: "standard input", Source: src}}, err
	}
	if !strings.ContainsAny(word, "/.") {
		if b, err := builtin(word); err == nil || !isFile(word) {
			return b, err
		}
	}
	info, err := os.Stat(word)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", word, bare(err))
	case info.IsDir():
		return directory(word)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: not a regular file", word)
	}
	b, err := readFile(word)
	return []Book{b}, err
}

func isFile(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func builtin(word string) ([]Book, error) {
	var near []Book
	var names []string
	for _, b := range Builtin() {
		number, name, _ := strings.Cut(b.Name, "-")
		if word == b.Name || word == name || word == number || word == strings.TrimLeft(number, "0") {
			return []Book{b}, nil
		}
		if strings.Contains(b.Name, word) {
			near = append(near, b)
		}
		names = append(names, b.Name, name)
	}
	if len(near) == 1 {
		return near, nil
	}
	err := fmt.Errorf("%w: %q; incore lesson lists them", ErrNoLesson, word)
	if like := lang.Nearest(word, names); like != "" {
		err = fmt.Errorf("%w: %q; did you mean %s?", ErrNoLesson, word, like)
	}
	return nil, err
}

func readFile(name string) (Book, error) {
	f, err := os.Open(name)
	if err != nil {
		return Book{}, fmt.Errorf("%s: %w", name, bare(err))
	}
	defer f.Close()
	src, err := lesson.Read(name, f)
	if err != nil {
		return Book{}, err
	}
	return Book{Name: name, Source: src}, nil
}

// directory returns the lessons of a directory: its files *.md that begin with a front matter.
func directory(name string) (out []Book, _ error) {
	files, err := filepath.Glob(filepath.Join(glob(name), "*.md"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
			continue
		}
		b, err := readFile(file)
		if err != nil {
			return nil, err
		}
		if bytes.HasPrefix(b.Source, []byte("---")) {
			out = append(out, b)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no lessons in it: no *.md that begins with a front matter", name)
	}
	return out, nil
}

// glob takes what a pattern would match for what it is.
func glob(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
}

func bare(err error) error {
	if p := new(fs.PathError); errors.As(err, &p) {
		return p.Err
	}
	return err
}
