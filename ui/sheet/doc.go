// Package sheet has the views over the whole screen: the help, a call, the address space, a page. A sheet is a value
// with its keys, drawing and scrolling.
package sheet
