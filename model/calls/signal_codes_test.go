package calls_test

import (
	"strings"
	"testing"

	"incore/model"
	"incore/model/calls"
	"incore/model/modeltest"
)

// Of every signal and code that an access can be answered with, a cause is named only where the state, or the code
// itself, has it: here the page is mapped and may be accessed, so that no other check finds one.
func TestExplainEveryCode(t *testing.T) {
	known := map[string]string{
		"SEGV_BNDERR": "MPX", "SEGV_PKUERR": "protection key", "SEGV_MTEAERR": "MTE", "SEGV_MTESERR": "MTE", "SEGV_CPERR": "shadow stack",
		"BUS_ADRALN": "aligned", "BUS_MCEERR_AR": "not known", "BUS_MCEERR_AO": "not known", "SI_USER": "A process sent", "SI_TKILL": "A process sent",
	}
	for sig, codes := range map[string]string{
		"SIGSEGV": "SEGV_MAPERR SEGV_ACCERR SEGV_BNDERR SEGV_PKUERR SEGV_MTEAERR SEGV_MTESERR SEGV_CPERR SI_KERNEL SI_USER SI_TKILL 77",
		"SIGBUS":  "BUS_ADRALN BUS_ADRERR BUS_OBJERR BUS_MCEERR_AR BUS_MCEERR_AO SI_USER SI_TKILL",
		"SIGILL":  "ILL_ILLOPC ILL_ILLOPN SI_USER SI_KERNEL", "SIGTRAP": "TRAP_BRKPT TRAP_TRACE SI_USER",
		"SIGFPE": "FPE_INTDIV SI_USER", "SIGSYS": "SYS_SECCOMP", "SIGXCPU": "SI_KERNEL", "SIGXFSZ": "SI_KERNEL", "SIGKILL": "SI_KERNEL",
	} {
		for code := range strings.FieldsSeq(codes) {
			s := model.State{Kernel: "6.18.44", Procs: modeltest.Procs(modeltest.MappedPage, modeltest.MappedPage)}
			e := model.Event{
				Proc: model.Main, Command: modeltest.Parsed("touch a"), Call: "touch", Args: []model.Arg{modeltest.Addr(modeltest.BaseA), modeltest.Bytes(8192)},
				Signal: &model.Signal{Name: sig, Code: code, Addr: modeltest.BaseA},
			}
			want, ok := known[code]
			if !ok {
				want = "not known"
			}
			if why, _ := calls.Explain(e, s); !strings.Contains(why, want) {
				t.Errorf("%s %s: %q, want %q in it", sig, code, why, want)
			}
		}
	}
}
