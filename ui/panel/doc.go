// Package panel has the parts that stand beside each other on the screen. A panel is a value: a scene, its area and
// what else it shows; it draws, and knows nothing of the screen that it is on.
package panel
