package course

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"incore/model/lesson"
)

func TestRowsOf(t *testing.T) {
	for name, tt := range map[string]struct {
		rows  []string
		want  []Row
		wrong string
	}{
		"a region":     {[]string{"  key  *...", "       L"}, []Row{{Proc: "main", Region: "key", Pages: "*...", Locks: "L"}}, ""},
		"a hole first": {[]string{"  a   **"}, []Row{{Proc: "main", Region: "a", Pages: " **"}}, ""},
		"aligned": {[]string{"  key   *.", "        L", "  copy  .*"},
			[]Row{{Proc: "main", Region: "key", Pages: "*.", Locks: "L"}, {Proc: "main", Region: "copy", Pages: ".*"}}, ""},
		"not aligned": {[]string{"  key  *.", "  copy  .*"}, []Row{{Proc: "main", Region: "key", Pages: "*."}, {Proc: "main", Region: "copy", Pages: ".*"}}, ""},
		"processes": {[]string{"main", "  a  **", "     ss", "child", "  a  **", "      s"},
			[]Row{{Proc: "main", Region: "a", Pages: "**", Shared: "ss"}, {Proc: "child", Region: "a", Pages: "**", Shared: " s"}}, ""},
		"neither": {[]string{"  key *..."}, nil, "not a line of a picture:   key *..."},
	} {
		t.Run(name, func(t *testing.T) {
			got, wrong := rowsOf(&lesson.Picture{Rows: tt.rows})
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreUnexported(Row{})); diff != "" || wrong != tt.wrong {
				t.Errorf("%q (-want +got):\n%s", wrong, diff)
			}
		})
	}
}
