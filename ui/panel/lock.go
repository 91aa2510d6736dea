package panel

import (
	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

// LockStyle returns the style in which a lock is written.
func LockStyle(th *look.Look, l model.Lock) canvas.Style {
	if l == model.Unlocked {
		return th.Text
	}
	return canvas.Style{FG: th.Lids[l]}
}
