//go:build tools

// Package tools pins the k6 that Onset builds where no release can be fetched: go.mod names its
// version, go.sum the hash of every module that goes into it. The build tag keeps it out of any build.
package tools

import _ "go.k6.io/k6/v2"
