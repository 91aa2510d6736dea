package subject

import (
	"encoding/binary"
	"testing"
)

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

// The key that forbade an access is told of SEGV_PKUERR alone.
func TestReplyHasKey(t *testing.T) {
	message := func(signal, key, code uint64) []byte {
		b := make([]byte, MessageSize)
		binary.LittleEndian.PutUint64(b[24:], signal|key<<16|code<<32)
		return b
	}
	for _, tt := range []struct {
		signal, key, code uint64
		want              Reply
	}{
		{11, 3, 4, Reply{Signal: 11, Code: 4, Key: 3}}, {11, 3, 2, Reply{Signal: 11, Code: 2}}, {7, 3, 4, Reply{Signal: 7, Code: 4}},
		{11, 0, 0xffffffff, Reply{Signal: 11, Code: -1}},
	} {
		if got, err := decodeReply(message(tt.signal, tt.key, tt.code)); err != nil || got != tt.want {
			t.Errorf("%+v is %+v, %v", tt, got, err)
		}
	}
}
