package ui

func lookKeys() []binding { return nil }
