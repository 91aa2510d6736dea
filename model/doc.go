// Package model is the part of incore that knows no kernel, no clock and no
// screen: what a page is, what a command says, what a call answered, and the
// state of a session as a fold over events and samples.
//
// Everything that acts makes a [Command]; everything that happened comes back as
// an [Item] (an [Event], a [Sample], …); [State.Apply] folds items into the one
// value that a screen, a text or a test is drawn from. Because nothing here reads
// a clock or makes a system call, a made-up state, a replayed one and the live
// kernel are drawn by the same code.
//
// Units are said by name: an address or a size is in bytes, an index or a count
// is in pages of the running kernel's page size ([Process.PageSize], never a
// constant), a time is a [time.Duration] since the session began.
package model
