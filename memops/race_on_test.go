//go:build race

package memops_test

const raceDetector = true
