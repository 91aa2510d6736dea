package ui

// presenter is what is shown to a room, or recorded: pressed keys, a caption.
type presenter struct{}

func presentKeys() []binding { return nil }
