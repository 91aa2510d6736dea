// Package kernel tells what the running kernel and processor are like: which calls and advices there are, how large
// page tables get, where addresses end. It finds that out by asking in incore's own process, which has the same
// kernel as the subject.
package kernel
