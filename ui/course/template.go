package course

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"incore/model"
)

//go:embed template.md
var template string

// Template is a lesson to begin with: it passes check, and has a question, a goal and a picture in it.
func Template(title string) []byte {
	return []byte(strings.ReplaceAll(template, "TITLE", title))
}

// NewLesson writes the template to a file of the name, with .md behind it where that is not written, and returns the file's name.
// A file that is there is left as it is, and is an error.
func NewLesson(name string) (file string, err error) {
	file = name
	if filepath.Ext(file) != ".md" {
		file += ".md"
	}
	title := titleOf(filepath.Base(file))
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return file, fmt.Errorf("%s: is there already, and is left as it is", file)
	}
	if err != nil {
		return file, fmt.Errorf("%s: %w", file, bare(err))
	}
	_, err = f.Write(Template(title))
	return file, errors.Join(err, f.Close())
}

// titleOf makes a title of a file's name: "My lesson" of 03-my-lesson.md.
func titleOf(file string) string {
	words := strings.FieldsFunc(strings.TrimSuffix(file, ".md"), func(r rune) bool { return r == '-' || r == '_' || r == ' ' })
	if len(words) > 1 && strings.Trim(words[0], "0123456789") == "" {
		words = words[1:]
	}
	title := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`"\:#{}[]&*!|>%@`+"`'", r) || model.Invisible(r) {
			return -1
		}
		return r
	}, strings.Join(words, " "))
	if title == "" {
		return "A lesson"
	}
	first, size := utf8.DecodeRuneInString(title)
	return string(unicode.ToUpper(first)) + title[size:]
}
