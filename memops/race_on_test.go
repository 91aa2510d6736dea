//go:build race

package memops

const raceDetector = true
