module github.com/rnnrun/rnnrun/bench/cost

go 1.26.0

require github.com/rnnrun/rnnrun v0.0.0

require (
	github.com/klauspost/cpuid/v2 v2.4.2 // indirect
	golang.org/x/sys v0.50.0 // indirect
)

replace github.com/rnnrun/rnnrun => ../..
