package model_test

import (
	"strings"
	"testing"

	"incore/model"
	"incore/model/lang"
)

// states are all words of expect about a page; prot= stands for its like.
var states = []model.PageState{
	"resident", "absent", "unknowable", "mapped", "unmapped", "swapped", "zero", "huge", "guard", "exclusive", "shared",
	"anon", "file", "locked", "onfault", "unlocked", "prot=rw",
}

// What a kernel, or this user, cannot be told of a page, holds neither of the state nor of its opposite.
func TestStatesThatAreNotTold(t *testing.T) {
	const in = model.InVMA
	resident := func(m model.Mapping) model.Page {
		return model.Page{Residency: model.Resident, Prot: model.ProtRead | model.ProtWrite, Mapping: in | m}
	}
	for name, tt := range map[string]struct {
		page   model.Page
		untold []model.PageState
	}{
		"all is told":                      {resident(model.Mapped | model.Exclusive), nil},
		"a hole":                           {model.Page{}, nil},
		"absent":                           {model.Page{Residency: model.Absent, Mapping: in}, nil},
		"not sampled":                      {model.Page{Mapping: in}, []model.PageState{"resident", "absent"}},
		"somebody else's file":             {model.Page{Residency: model.Unknowable, Mapping: in}, []model.PageState{"resident", "absent"}},
		"no PAGEMAP_SCAN":                  {resident(model.Mapped | model.Exclusive | model.MaybeHuge), []model.PageState{"huge"}},
		"no PAGEMAP_SCAN, nor root":        {resident(model.Mapped | model.Shared | model.MaybeZero), []model.PageState{"zero"}},
		"pagemap not read":                 {resident(model.Mapped), []model.PageState{"exclusive", "shared"}},
		"guards like swap (6.13 and 6.14)": {model.Page{Residency: model.Absent, Mapping: in | model.Swapped | model.MaybeGuard}, []model.PageState{"swapped", "guard", "anon"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := model.Process{Name: "main", PageSize: 4096, Regions: []*model.Region{{
				RegionInfo: model.RegionInfo{Name: "a", Base: 0x10000, Len: 2 * 4096},
				Pages:      model.Runs[model.Page]{}.Add(1, tt.page).Add(1, resident(model.Mapped|model.Exclusive)),
			}}}
			s := model.State{Procs: []model.Process{p}}
			check := func(line string) model.Checked {
				c, err := lang.Parse(line)
				if err != nil {
					t.Fatal(err)
				}
				return c.(lang.Expect).Check(s, "")
			}
			for _, state := range states {
				untold := strings.Contains(" "+joined(tt.untold)+" ", " "+string(state)+" ")
				if tt.page.CanTell(state) == untold {
					t.Errorf("%s can be told: %v", state, !untold)
				}
				all, no := check("expect all a[0] "+string(state)), check("expect no a[0] "+string(state))
				none, one := check("expect count a[0] "+string(state)+" 0"), check("expect count a[0] "+string(state)+" != 0")
				if untold {
					for _, c := range []model.Checked{all, no, none, one} {
						if c.OK {
							t.Errorf("%s holds: %s", c.Expect, c.Got)
						}
					}
					for _, c := range []model.Checked{no, none, one} {
						if !strings.Contains(c.Got, "whether a[0] is "+string(state)+" is not known: ") {
							t.Errorf("%s: %s", c.Expect, c.Got)
						}
					}
				} else if all.OK == no.OK || none.OK == one.OK || none.OK != no.OK {
					t.Errorf("%s: all %v, no %v, count 0 %v, count != 0 %v", state, all.OK, no.OK, none.OK, one.OK)
				}
				if c := check("expect count a " + string(state) + " <= 2"); !c.OK {
					t.Errorf("%s: %s", c.Expect, c.Got)
				}
			}
		})
	}
}

func joined(states []model.PageState) string {
	var words []string
	for _, s := range states {
		words = append(words, string(s))
	}
	return strings.Join(words, " ")
}
