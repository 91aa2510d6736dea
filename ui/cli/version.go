package cli

import "runtime/debug"

// buildVersion is set by the Makefile: -ldflags "-X MODULE/ui/cli.buildVersion=…".
var buildVersion string

// version returns what --version prints: what the Makefile set, else the version that
// "go install" recorded, else "devel".
func version() string {
	if buildVersion != "" {
		return buildVersion
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
