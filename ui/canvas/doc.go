// Package canvas is a screen of cells: their styles and colors, text in styles, and how text is wrapped. It knows
// nothing of what is drawn.
package canvas
