// Weights that are float32. See product.h.

#define BYTES 4

#define LOAD(at, base, w) \
	LOADQ((BYTES*(at)), base, w); \
	LOADQ((BYTES*(at)+16), base, (w+1))

#define WIDEN(w)
