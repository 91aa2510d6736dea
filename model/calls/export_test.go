package calls

import (
	"maps"
	"slices"

	"incore/model"
)

// Explainers is how many explainers each row of the table has, by call ("" for any) and answer.
func Explainers() map[[2]string]int {
	out := map[[2]string]int{}
	count := func(call string, of causes) {
		for answer, list := range of {
			out[[2]string{call, answer}] = len(list)
		}
	}
	count("", ofAnyCall)
	for call, d := range byCall {
		count(call, d.causes)
	}
	return out
}

// ExplainedBy is the row that explains an event, and which of its explainers does.
func ExplainedBy(e model.Event, s model.State) (row [2]string, nth int) {
	r, nth, _, _ := newFailure(e, s).cause()
	return [2]string{r.call, r.answer}, nth
}

// NotKnown is the text of an explanation without a cause.
const NotKnown = notKnown

// CallsExplained are the calls of the table.
func CallsExplained() []string { return slices.Collect(maps.Keys(byCall)) }
