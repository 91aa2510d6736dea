package wire

import "incore/model"

type wireChecked struct {
	wireHead
	Expect string `json:"expect"`
	OK     bool   `json:"ok"`
	Got    string `json:"got"`
	Void   bool   `json:"void,omitempty"`
}

func toWireChecked(head wireHead, c model.Checked) wireChecked {
	return wireChecked{head, c.Expect, c.OK, c.Got, c.Void}
}

func (w wireChecked) checked() model.Checked {
	return model.Checked{Time: w.Time, Expect: w.Expect, OK: w.OK, Got: w.Got, Void: w.Void}
}

type wireAsked struct {
	wireHead
	ID   uint64         `json:"id"`
	Sets []wireAskedSet `json:"sets"`
}

type wireAskedSet struct {
	Holds  bool          `json:"holds"`
	Checks []wireChecked `json:"checks"`
}

func toWireAsked(head wireHead, a model.Asked) wireAsked {
	w := wireAsked{wireHead: head, ID: a.ID}
	for _, s := range a.Sets {
		set := wireAskedSet{Holds: s.Holds}
		for _, c := range s.Checks {
			set.Checks = append(set.Checks, toWireChecked(wireHead{Type: typeChecked, Time: c.Time}, c))
		}
		w.Sets = append(w.Sets, set)
	}
	return w
}

func (w wireAsked) asked() (model.Item, error) {
	a := model.Asked{Time: w.Time, ID: w.ID}
	for _, s := range w.Sets {
		set := model.AskedSet{Holds: s.Holds}
		for _, c := range s.Checks {
			set.Checks = append(set.Checks, c.checked())
		}
		a.Sets = append(a.Sets, set)
	}
	return a, nil
}
