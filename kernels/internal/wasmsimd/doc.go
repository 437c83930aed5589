// Package wasmsimd holds the kernels in WebAssembly, of two sets: with relaxed SIMD, and
// with no more than 128-bit SIMD. Go cannot write their instructions, so they are
// modules of their own, which kernels/wasm writes. The host binds them to the program
// (see kernels/wasm/kernels.js), so only programs built with the tag wasmsimd ask for
// them: without it, programs run on any host.
//
// The arguments of the kernels may be on the stack of a goroutine, which does not move
// before they return.
package wasmsimd
