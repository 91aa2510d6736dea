// Package look is what a page looks like: themes, kinds of pages, lenses, tiles, figures, and the legend that explains
// them. It knows the nouns of the model, and nothing of the screen.
package look
