#!/bin/sh
# Fails where the AVX2 kernels in the tree are not what this module writes.
set -eu
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
go run . -out "$out"
for file in kernels_amd64.s kernels_amd64.go; do
	if ! diff -u "../internal/avx2/$file" "$out/$file"; then
		echo "kernels/internal/avx2/$file is stale; run: cd kernels/avo && go run ." >&2
		exit 1
	fi
done
