.PHONY: test ci build generate fuzz models

test:
	go test ./...

# Everything that must hold before a change lands.
ci:
	.ci/run

build:
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/ ./cmd/rnnrun ./cmd/rnntrain

# The amd64 kernels, from their generator.
generate:
	cd kernels/avo && go run . && go run . -set avx512 && go run . -set avx512vnni

# Hostile files and every fuzz target, FUZZ_COUNT inputs each.
fuzz:
	FUZZ_COUNT=$(or $(FUZZ_COUNT),100000) .ci/run fuzz

# The built-in models, trained again by the commands of testdata/README.md.
models:
	@test -n "$(DATA)" || { echo "give the folder of the data: make models DATA=FOLDER"; exit 2; }
	awk '/^```/ { code = /sh$$/; next } code && !/^DATA=/' testdata/README.md | DATA="$(DATA)" sh -ex
