package kernels

// A Processor describes the CPU. It is empty if nothing is known about it
// (js/wasm, or a build with the tag purego).
type Processor struct {
	Name     string   // the maker's name for it; may be empty
	Features []string // the instruction sets that matter to kernels
}

// CPU describes the processor this program runs on.
func CPU() Processor { return processor() }
