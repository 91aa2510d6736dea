package panel

import (
	"incore/model"
	"incore/ui/canvas"
	"incore/ui/look"
)

func LockStyle(th *look.Look, l model.Lock) canvas.Style {
	if l == model.Unlocked {
		return th.Text
	}
	return canvas.Style{FG: th.Lids[l]}
}
