//go:build !race

package memops

const raceDetector = false
