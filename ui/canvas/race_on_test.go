//go:build race

package canvas

// pairs is how many pairs of canvases go through the emulator. Nothing of it runs beside another, so few will do here.
const pairs = 5_000
