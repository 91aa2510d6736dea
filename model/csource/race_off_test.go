//go:build !race

package csource_test

const raceDetector = false
