package subject

import "testing"

func FuzzDecodeReply(f *testing.F) {
	f.Add(make([]byte, MessageSize))
	f.Add([]byte("short"))
	f.Fuzz(func(t *testing.T, message []byte) {
		r, err := decodeReply(message)
		if (err == nil) != (len(message) == MessageSize) {
			t.Errorf("%d bytes: %+v, %v", len(message), r, err)
		}
	})
}
