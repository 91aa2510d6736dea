//go:build linux && (amd64 || arm64)

package subject

import (
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// source is a way to get an executable file that has no name, or loses it before
// it is run, so that nothing stays behind whenever incore is killed.
type source struct {
	step string
	open func(content []byte) (*os.File, error)
}

// sources are tried in order. A memfd cannot be executed where vm.memfd_noexec is 2,
// a temporary file where its file system is mounted noexec.
func sources() []source {
	list := []source{{"execve of a memfd", memfd}}
	for _, dir := range []string{os.TempDir(), os.Getenv("XDG_RUNTIME_DIR"), "/dev/shm", cacheDir()} {
		if dir != "" {
			list = append(list, source{
				"execve of a temporary file in " + dir,
				func(content []byte) (*os.File, error) { return unnamed(dir, content) },
			})
		}
	}
	return list
}

func cacheDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return dir
}

// memfd is an executable memory file. MFD_EXEC (Linux 6.3) asks for what older
// kernels do unasked.
func memfd(content []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("incore-subject", unix.MFD_CLOEXEC|unix.MFD_EXEC)
	if errors.Is(err, unix.EINVAL) {
		fd, err = unix.MemfdCreate("incore-subject", unix.MFD_CLOEXEC)
	}
	if err != nil {
		return nil, fmt.Errorf("memfd_create: %w", err)
	}
	f := os.NewFile(uintptr(fd), "memfd:incore-subject")
	if _, err := f.Write(content); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// unnamed is an executable file in dir without a name, open for reading alone: a
// file that somebody could write is not executed (ETXTBSY).
func unnamed(dir string, content []byte) (*os.File, error) {
	w, err := os.CreateTemp(dir, "incore-subject-*")
	if err != nil {
		return nil, err
	}
	defer w.Close()
	r, err := os.Open(w.Name())
	if err := errors.Join(err, os.Remove(w.Name())); err != nil {
		return nil, err
	}
	_, err = w.Write(content)
	if err := errors.Join(err, w.Chmod(0o500)); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func elfMachine() elf.Machine {
	if runtime.GOARCH == "arm64" {
		return elf.EM_AARCH64
	}
	return elf.EM_X86_64
}
