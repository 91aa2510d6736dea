package canvas

import "testing"

func TestTruncateBetweenWords(t *testing.T) {
	for _, tt := range []struct {
		s    string
		w    int
		want string
	}{
		{"a read costs nothing; a write is a fault", 29, "a read costs nothing…"},
		{"a read costs nothing; a write is a fault", 33, "a read costs nothing; a write…"},
		{"12 of 64 pages", 4, "12 …"},
		{"pages 100 to 200", 8, "pages…"},
		{"pages 100 to 200", 11, "pages 100 …"},
		{"0x7f3a40000000 = a", 8, "…"},
		{"averylongnamealone", 8, "averylo…"},
		{"read-only pages", 8, "read-on…"},
		{"x", 0, ""},
	} {
		if got := Truncate(tt.s, tt.w); got != tt.want || Width(got) > tt.w {
			t.Errorf("%q in %d columns is %q, want %q", tt.s, tt.w, got, tt.want)
		}
	}
	for _, tt := range []struct {
		s    string
		w    int
		want string
	}{
		{"PAGE averylongname[12345]", 40, "PAGE averylongname[12345]"},
		{"PAGE averylongname[12345]", 20, "PAGE averylon"[:12] + "…[12345]"},
		{"PAGE a[12345]", 8, "PAGE…"},
	} {
		if got := FitName(tt.s, tt.w); got != tt.want || Width(got) > tt.w {
			t.Errorf("the name %q in %d columns is %q, want %q", tt.s, tt.w, got, tt.want)
		}
	}
}
