package faults

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"unsafe"
)

// Run runs a program to its end. The program's standard streams must be files or nil. The
// nth of its system calls on files in a folder, from 0, has the fault; n < 0: none. Run
// returns the calls that were made.
func Run(c *exec.Cmd, folder string, n int, fault Fault) (calls []Call, status syscall.WaitStatus, err error) {
	runtime.LockOSThread() // ptrace is bound to a thread
	defer runtime.UnlockOSThread()
	c.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := c.Start(); err != nil {
		return nil, 0, err
	}
	t := tracer{pid: c.Process.Pid, folder: folder + string(filepath.Separator), n: n, fault: fault, failing: map[int]bool{}}
	status, err = t.follow()
	if err != nil {
		_ = c.Process.Kill()
	}
	_ = c.Process.Release()
	return t.calls, status, err
}

type tracer struct {
	pid     int
	folder  string
	n       int
	fault   Fault
	calls   []Call
	failing map[int]bool // threads in a call that must fail
}

const (
	optionExitKill      = 0x100000
	requestCallInfo     = 0x420e
	infoEntry, infoExit = 1, 2
	callStop            = syscall.SIGTRAP | 0x80
)

// follow traces the program and all its threads until it ends.
func (t *tracer) follow() (syscall.WaitStatus, error) {
	var status syscall.WaitStatus
	begun := false
	for {
		thread, err := syscall.Wait4(-t.pid, &status, syscall.WALL, nil)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return status, os.NewSyscallError("wait4", err)
		case !status.Stopped():
			if thread == t.pid {
				return status, nil
			}
			continue
		}
		signal := 0
		switch s := status.StopSignal(); {
		case !begun:
			begun = true
			err = syscall.PtraceSetOptions(thread, syscall.PTRACE_O_TRACESYSGOOD|syscall.PTRACE_O_TRACECLONE|optionExitKill)
		case s == callStop:
			err = t.call(thread)
		case s != syscall.SIGTRAP && s != syscall.SIGSTOP: // these two come from tracing
			signal = int(s)
		}
		if err == nil {
			err = syscall.PtraceSyscall(thread, signal)
		}
		if err != nil && err != syscall.ESRCH { // the thread has been killed
			return status, fmt.Errorf("trace: %w", err)
		}
	}
}

// callInfo is the kernel's struct ptrace_syscall_info.
type callInfo struct {
	op      uint8
	_       [3]uint8
	arch    uint32
	_, _    uint64 // instruction and stack pointer
	number  uint64 // number of the call, at the entry
	args    [6]uint64
	_       uint64
	_, _, _ uint64
}

// call makes a thread's call fail if it is the one with the fault.
func (t *tracer) call(thread int) error {
	var info callInfo
	_, _, errno := syscall.Syscall6(syscall.SYS_PTRACE, requestCallInfo, uintptr(thread), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 {
		return errno
	}
	switch {
	case info.op == infoExit && t.failing[thread]:
		delete(t.failing, thread)
		return change(thread, func(r *syscall.PtraceRegs) { r.Rax = -uint64(t.fault.Errno) })
	case info.op != infoEntry:
		return nil
	}
	k, known := calls[info.number]
	if !known {
		return nil
	}
	path := t.path(thread, k, &info)
	if !strings.HasPrefix(path, t.folder) {
		return nil
	}
	t.calls = append(t.calls, Call{k.name, path})
	switch {
	case len(t.calls)-1 != t.n:
		return nil
	case t.fault.Kill:
		return syscall.Kill(t.pid, syscall.SIGKILL)
	case t.fault.Short:
		return change(thread, func(r *syscall.PtraceRegs) { r.Rdx = (r.Rdx + 1) / 2 })
	}
	t.failing[thread] = true
	return change(thread, func(r *syscall.PtraceRegs) { r.Orig_rax = ^uint64(0) }) // the number of no call
}

func change(thread int, change func(r *syscall.PtraceRegs)) error {
	var r syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(thread, &r); err != nil {
		return err
	}
	change(&r)
	return syscall.PtraceSetRegs(thread, &r)
}

// path returns the file of a call; "": unknown.
func (t *tracer) path(thread int, k kind, info *callInfo) string {
	if k.path < 0 {
		path, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", t.pid, int32(info.args[0])))
		return path
	}
	var b [4096]byte
	n, _ := syscall.PtracePeekData(thread, uintptr(info.args[k.path]), b[:])
	path, _, _ := bytes.Cut(b[:n], []byte{0})
	return string(path)
}
