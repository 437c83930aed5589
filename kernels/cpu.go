package kernels

// A Processor says what was found out about the CPU. Where nothing can be
// found out (js/wasm, or a build with the tag purego), it is empty.
type Processor struct {
	Name     string   // as the maker calls it; may be empty
	Features []string // the instruction sets that matter to kernels
}

// CPU describes the processor this program runs on.
func CPU() Processor { return processor() }
