// Package doctor looks at what this kernel and user allow, by trying it in subjects of its own.
package doctor
