# What one does with incore. It needs Go and make; the race detector needs a C compiler as well.

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
PLATFORMS   := linux/amd64 linux/arm64 linux/riscv64 darwin/arm64 windows/amd64
FUZZTIME    ?= 20s
N           ?= 100000
export KERNELS KERNELS_TOOL KERNELS_RUN KERNELS_TIME KERNELS_LOGS MODULE

# Without git, or outside a clone, the program calls itself "devel".
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)
LDFLAGS  = $(if $(VERSION),-X $(shell go list -m)/ui/cli.buildVersion=$(VERSION))

# Where make install puts what it installs, the program in PREFIX/bin; DESTDIR goes before it, for a package.
PREFIX  ?= /usr/local
DESTDIR ?=
SHARE   := $(DESTDIR)$(PREFIX)/share

# What incore man has a page on: incore-json(7) is reference/json.md.
TOPICS := $(basename $(notdir $(wildcard assets/reference/*.md)))

.DEFAULT_GOAL := help
.PHONY: help build run install uninstall rename-module reference test race e2e bench pictures fuzz walk walk-c cover lint vet fmt fmt-check tidy tidy-check cross test-user kernels check

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

build: ## build bin/incore
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' -o bin/incore .

run: build ## build and start incore
	@bin/incore

install: build ## install the program, its man pages and completions (PREFIX=/usr/local DESTDIR=)
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(SHARE)/man/man1" "$(SHARE)/man/man7" "$(SHARE)/bash-completion/completions" \
		"$(SHARE)/zsh/site-functions" "$(SHARE)/fish/vendor_completions.d"
	install -m 755 bin/incore "$(DESTDIR)$(PREFIX)/bin/incore"
	bin/incore man >"$(SHARE)/man/man1/incore.1"
	set -e; for t in $(TOPICS); do bin/incore man $$t >"$(SHARE)/man/man7/incore-$$t.7"; done
	bin/incore completion bash >"$(SHARE)/bash-completion/completions/incore"
	bin/incore completion zsh >"$(SHARE)/zsh/site-functions/_incore"
	bin/incore completion fish >"$(SHARE)/fish/vendor_completions.d/incore.fish"

uninstall: ## remove what make install installed, from the same PREFIX and DESTDIR
	rm -f "$(DESTDIR)$(PREFIX)/bin/incore" "$(SHARE)/man/man1/incore.1" "$(SHARE)/bash-completion/completions/incore" \
		"$(SHARE)/zsh/site-functions/_incore" "$(SHARE)/fish/vendor_completions.d/incore.fish" \
		$(patsubst %,"$(SHARE)/man/man7/incore-%.7",$(TOPICS))

reference: ## write anew what the reference has from tables of the program: keys, verbs
	go test -count=1 ./ui ./ui/cli -run '^TestReference(Keys|Tables)$$' -update

rename-module: ## give the module a path that it can be fetched by: MODULE=example.org/lab/incore
	@.ci/rename-module

test: ## run the tests
	go test ./...

race: ## run the tests with the race detector
	@if [ "$$(go env CGO_ENABLED)" = 1 ] && command -v "$$(go env CC)" >/dev/null; then \
		echo 'go test -race -vet=off ./...'; go test -race -vet=off ./...; \
	else echo 'race: skipped: the race detector needs a C compiler'; fi

e2e: ## run the whole program in a terminal of its own
	go test -count=1 -run '^TestE2E' -v ./ui/cli

bench: ## print the benchmarks, some 7 minutes of them
	go test -run '^$$' -bench . -benchmem ./...

pictures: ## take the pictures of the README from runs of the program
	go test -count=1 -run '^TestPictures$$' -v ./ui/cli -pictures "$$PWD/assets/pictures"

# Minimizing has an end of its own: a new input is made smaller for 60 s by default, which is longer
# than FUZZTIME, and in that time nothing new is tried.
fuzz: ## fuzz each fuzz test for FUZZTIME
	@set -e; for f in $$(grep -rlE '^func Fuzz' --include='*_test.go' .); do \
		for t in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*).*/\1/p' "$$f"); do \
			go test -run '^$$' -fuzz "^$$t\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x "$$(dirname "$$f")"; \
		done; done

walk: ## walk at random over the calls, N commands long
	go test -count=1 -timeout 0 -run '^TestWalk$$' -v ./memops -walk.commands=$(N)

walk-c: ## compile and run the C of N calls of random sessions
	go test -count=1 -timeout 0 -run '^TestWalkC$$' -v ./memops -walk.programs=$(N)

cover: ## print the statement coverage of each package
	go test -cover ./...

lint: vet ## run go vet and staticcheck
	go run $(STATICCHECK) ./...

vet:
	go vet ./...

fmt: ## format the sources
	gofmt -w .

fmt-check:
	@bad=$$(gofmt -l .); if [ -n "$$bad" ]; then echo "not formatted (make fmt):"; echo "$$bad"; exit 1; fi

tidy: ## make go.mod and go.sum fit the imports
	go mod tidy

tidy-check:
	go mod tidy -diff

cross: ## build for every platform, and vet the tests of those without a subject
	@set -e; for p in $(PLATFORMS); do echo "build $$p"; \
		GOOS=$${p%/*} GOARCH=$${p#*/} CGO_ENABLED=0 go build -trimpath ./...; done
	@set -e; for os in darwin windows; do echo "vet $$os"; GOOS=$$os CGO_ENABLED=0 go vet ./...; done

test-user: ## as root: run the tests as an ordinary user too
	@.ci/test-user

kernels: ## run the short tests on other kernels: KERNELS_TOOL=path KERNELS='amd64-6.1 …' (.ci/kernels)
	@.ci/kernels

check: fmt-check lint tidy-check cross build test race test-user ## all that CI runs
