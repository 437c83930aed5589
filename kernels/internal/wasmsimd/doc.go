// Package wasmsimd holds the kernels in WebAssembly, of two sets: with relaxed SIMD, and
// with no more than 128-bit SIMD. Go cannot write their instructions, and so they are
// modules of their own, which kernels/wasm writes. The host binds them to the program
// (see kernels/wasm/kernels.js), and therefore only programs of the tag wasmsimd ask for
// them: without it, they run on any host.
//
// What the kernels are given may stand on the stack of a goroutine, which does not move
// before they return.
package wasmsimd
