//go:build !race

package canvas

// pairs is how many pairs of canvases go through the emulator.
const pairs = 100_000
