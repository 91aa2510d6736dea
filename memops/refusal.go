//go:build linux && (amd64 || arm64)

package memops

import "strings"

// firstOf is the first of the errors that is one. What is refused is refused for one reason: of a target that
// there is none of, every check says the same.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// OneLine is an error as a line. Errors that were joined, of what failed and of what could then not be given
// back, have a line each.
func OneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
