package lang

import (
	"slices"
	"strings"

	"incore/model"
)

// capabilities are those of Linux without cap_, in the order of their bit numbers from 0
// (linux/capability.h, capabilities(7)).
var capabilities = strings.Fields(`
	chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service
	net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin
	sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override
	mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore`)

// Capabilities lists the capabilities that capset can drop, each at the index that is its
// bit number; the caller may change the slice.
func Capabilities() []string { return slices.Clone(capabilities) }

// capability is one that is dropped, behind a minus.
func capability() kind[string] {
	words := []string{"-ipc_lock"} // what locking depends on, first
	for _, c := range capabilities {
		if c != "ipc_lock" {
			words = append(words, "-"+c)
		}
	}
	return kind[string]{
		Kind: Kind{Form: FormWord, Usage: "-CAPABILITY", What: "a capability behind a minus, such as -ipc_lock", Words: words},
		read: func(w token) (string, *ParseError) {
			name, minus := strings.CutPrefix(w.text, "-")
			known := slices.Contains(capabilities, name)
			if minus && known {
				return name, nil
			}
			hint := Nearest(strings.TrimPrefix(strings.ToLower(name), "cap_"), capabilities)
			if hint != "" {
				hint = "-" + hint
			}
			if known {
				return "", w.wrong("a capability is dropped, with a minus before it", hint)
			}
			return "", w.wrong("no such capability", hint)
		},
		write: func(s string) string { return "-" + model.Visible(s) },
	}
}
