// Comparisons and logic; results are boolean tensors.
#include "mor.h"

#define MOR_COMPARISON(name)      \
  MOR_2(name, a.name(b))          \
  MOR_1S(name##_scalar, a.name(s))
MOR_COMPARISON(eq)
MOR_COMPARISON(ne)
MOR_COMPARISON(lt)
MOR_COMPARISON(le)
MOR_COMPARISON(gt)
MOR_COMPARISON(ge)

MOR_1(isfinite, a.isfinite())
MOR_1(isnan, a.isnan())
MOR_1(logical_not, a.logical_not())
MOR_2(logical_and, a.logical_and(b))
MOR_2(logical_or, a.logical_or(b))
MOR_1(any, a.any())
MOR_1(all, a.all())

MOR_API mor_any_dim(Handle a, int64_t dim, int32_t keepdim, Handle* out) {
  return guarded([&] { *out = wrap(a->any(dim, keepdim != 0)); });
}

MOR_API mor_all_dim(Handle a, int64_t dim, int32_t keepdim, Handle* out) {
  return guarded([&] { *out = wrap(a->all(dim, keepdim != 0)); });
}

MOR_API mor_equal(Handle a, Handle b, int32_t* out) {
  return guarded([&] { *out = at::equal(*a, *b); });
}

MOR_API mor_allclose(Handle a, Handle b, double rtol, double atol, int32_t equal_nan, int32_t* out) {
  return guarded([&] { *out = at::allclose(*a, *b, rtol, atol, equal_nan != 0); });
}
