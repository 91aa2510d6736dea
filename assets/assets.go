// Package assets holds the files that incore carries in itself.
package assets

import (
	"embed"
	"path"
	"strings"
)

// Themes are the built-in themes, as files in the form that [incore/ui.ParseTheme] reads.
//
//go:embed themes/*.json
var Themes embed.FS

// help is the files of the help.
//
//go:embed help/*.md
var help embed.FS

// Page is a page of the help, as Markdown. The first line is its title.
type Page struct {
	Name string // locks, where the file is help/05-locks.md
	Text string
}

// Help is the pages of the help that are about one topic each, in the order of their files' names.
func Help() (pages []Page) {
	files, err := help.ReadDir("help")
	if err != nil {
		panic(err) // it is embedded
	}
	for _, f := range files {
		text, err := help.ReadFile(path.Join("help", f.Name()))
		if err != nil {
			panic(err)
		}
		_, name, _ := strings.Cut(strings.TrimSuffix(f.Name(), ".md"), "-")
		pages = append(pages, Page{name, string(text)})
	}
	return pages
}
