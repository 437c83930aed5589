module github.com/rnnrun/rnnrun/bench

go 1.26.0

replace github.com/rnnrun/rnnrun => ..

require (
	github.com/rnnrun/rnnrun v0.0.0-00010101000000-000000000000
	github.com/stretchr/testify v1.12.1
	github.com/viterin/vek v0.4.3
	github.com/yalue/onnxruntime_go v1.27.0
	gonum.org/v1/gonum v0.17.0
)

require (
	github.com/chewxy/math32 v1.11.1 // indirect
	github.com/klauspost/cpuid/v2 v2.4.2 // indirect
	github.com/viterin/partial v1.1.0 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/exp v0.0.0-20230817173708-d852ddb80c63 // indirect
	golang.org/x/sys v0.50.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
)
