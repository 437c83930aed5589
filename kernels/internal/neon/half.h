// Weights that are binary16. See product.h.

#define BYTES 2

#define LOAD(at, base, w) LOADQ((BYTES*(at)), base, w)

#define WIDEN(w) \
	FCVTL2(w, (w+1)); \
	FCVTL(w, w)
