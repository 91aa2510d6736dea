package model_test
import ("testing";"encoding/json";"os";"incore/model")
func TestZDump(t *testing.T) {
	out := map[string][][]string{}
	for name, cases := range map[string][]explainCase{"lockCases":lockCases,"mapCases":mapCases,"hugeCases":hugeCases,"commitCases":commitCases,"remapCases":remapCases,"protectCases":protectCases,"adviceCases":adviceCases,"fileCases":fileCases,"openCases":openCases,"heapCases":heapCases,"segmentCases":segmentCases,"processCases":processCases,"signalCases":signalCases,"loopCases":loopCases,"sharedCases":sharedCases} {
		for _, tt := range cases {
			e, s := tt.make(t)
			why, try := model.Explain(e, s)
			out[name] = append(out[name], []string{tt.name, tt.line, tt.call+" "+tt.answer, tt.why, why, try, tt.try})
		}
	}
	b, _ := json.MarshalIndent(out, "", " ")
	os.WriteFile("/tmp/explain/dump.json", b, 0o644)
}
