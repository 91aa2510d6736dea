// Package scene is what the parts of the screen draw from and into: the state, how pages look, where the user looks,
// and how the grid is laid out. It knows no key, no command and no lab.
package scene
