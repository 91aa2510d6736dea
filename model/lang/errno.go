package lang

import (
	"slices"
	"strings"
)

// errnos are the names of errno(3) on Linux, in the order of their numbers
// (asm-generic/errno-base.h, errno.h).
var errnos = strings.Fields(`
	EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY
	EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE
	EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST
	ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT EBFONT ENOSTR ENODATA ETIME ENOSR
	ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD
	EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ
	EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT
	EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN
	ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN
	ENOTNAM ENAVAIL EISNAM EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED
	EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON`)

// errnoAliases are second names of the same numbers.
var errnoAliases = map[string]string{
	"EWOULDBLOCK": "EAGAIN",
	"EDEADLOCK":   "EDEADLK",
	"ENOTSUP":     "EOPNOTSUPP",
}

// Errnos lists the error names that expect takes; the caller may change the slice.
func Errnos() []string { return slices.Clone(errnos) }

// errno is the name of an error.
func errno() kind[string] {
	return kind[string]{
		Kind: Kind{Form: FormWord, Usage: "NAME", What: "the name of an error, such as ENOMEM", Words: errnos},
		read: func(w token) (string, *ParseError) {
			if same, ok := errnoAliases[w.text]; ok {
				return same, nil
			}
			if !slices.Contains(errnos, w.text) {
				return "", w.wrong("no such errno", Nearest(w.text, errnos))
			}
			return w.text, nil
		},
		write: func(s string) string { return s },
	}
}
