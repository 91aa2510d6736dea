// Package teach is a lesson on the screen: its text, its questions and what came of them, as lines of cells. What is drawn is a
// function of a [lesson.Taking] and of how far the text is scrolled.
package teach
