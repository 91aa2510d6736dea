package scene

import (
	"incore/model"
)

// Target returns the selection, or the page under the cursor, as a command names it.
func (s *Scene) Target() model.Target { return model.PagesOf(s.Region(), s.Focus.Selection()) }
