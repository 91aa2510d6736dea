// Package assets holds the files that incore carries in itself.
package assets

import "embed"

// Themes are the built-in themes, as files in the form that [incore/ui.ParseTheme] reads.
//
//go:embed themes/*.json
var Themes embed.FS

// Help is the pages of the help that are about one topic each, as Markdown, in the order of
// their names. The first line of a page is its title.
//
//go:embed help/*.md
var Help embed.FS
