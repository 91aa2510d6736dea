//go:build race

package ui_test

// raced says that the race detector runs, with which drawing takes ten times as long.
const raced = true
