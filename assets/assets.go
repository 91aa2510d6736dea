// Package assets holds the files that incore carries in itself.
package assets

import (
	"embed"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Themes are the built-in themes, as files in the form that [incore/ui.ParseTheme] reads.
//
//go:embed themes/*.json
var Themes embed.FS

// Lessons are the lessons of the course, lessons/01-….md and on.
//
//go:embed lessons/*.md
var Lessons embed.FS

// texts are the files of the help and of the reference.
//
//go:embed help/*.md reference/*.md
var texts embed.FS

// Topic is a text as Markdown. The first line is its title.
type Topic struct {
	Name string // locks, where the file is help/05-locks.md
	Text string // all of the file, with the line of the title
}

// Help is the topics of the help, in the order of their files' names.
func Help() (topics []Topic) {
	for _, file := range namesIn("help") {
		_, name, _ := strings.Cut(file, "-")
		topics = append(topics, Topic{name, text("help", file)})
	}
	return topics
}

// referenceOrder is the texts of the reference that are read first. Others follow, by their names.
var referenceOrder = []string{"screen", "keys", "language", "json", "exit"}

// Reference is the texts that say how incore is used.
func Reference() (topics []Topic) {
	names := namesIn("reference")
	rank := func(name string) int {
		if i := slices.Index(referenceOrder, name); i >= 0 {
			return i
		}
		return len(referenceOrder)
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	for _, name := range names {
		topics = append(topics, Topic{name, text("reference", name)})
	}
	return topics
}

// lessonsIn finds the numbers of lessons that a text names.
var lessonsIn = regexp.MustCompile(`\bLessons? ([0-9]+(?:(?:, | and )[0-9]+)*)`)

// Lessons lists the numbers of the lessons that the topic names: "Lessons 4, 6 and 7 ask about this".
func (t Topic) Lessons() (numbers []int) {
	for _, found := range lessonsIn.FindAllStringSubmatch(t.Text, -1) {
		for _, word := range strings.FieldsFunc(found[1], func(r rune) bool { return r < '0' || r > '9' }) {
			if n, err := strconv.Atoi(word); err == nil {
				numbers = append(numbers, n)
			}
		}
	}
	return numbers
}

// namesIn lists the texts of a folder.
func namesIn(dir string) (names []string) {
	files, err := texts.ReadDir(dir)
	if err != nil {
		panic(err) // it is embedded
	}
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".md"))
	}
	return names
}

// text is one of them.
func text(dir, name string) string {
	b, err := texts.ReadFile(path.Join(dir, name+".md"))
	if err != nil {
		panic(err) // it is listed
	}
	return string(b)
}
