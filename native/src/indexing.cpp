// Gathering, scattering, masks.
#include "mor.h"

MOR_1(nonzero, a.nonzero())
MOR_2(masked_select, a.masked_select(b))

MOR_API mor_where(Handle condition, Handle x, Handle y, Handle* out) {
  return guarded([&] { *out = wrap(at::where(*condition, *x, *y)); });
}

MOR_API mor_index_select(Handle a, int64_t dim, Handle index, Handle* out) {
  return guarded([&] { *out = wrap(a->index_select(dim, *index)); });
}

MOR_API mor_gather(Handle a, int64_t dim, Handle index, Handle* out) {
  return guarded([&] { *out = wrap(a->gather(dim, *index)); });
}

MOR_API mor_scatter(Handle a, int64_t dim, Handle index, Handle source, Handle* out) {
  return guarded([&] { *out = wrap(a->scatter(dim, *index, *source)); });
}

MOR_API mor_scatter_add(Handle a, int64_t dim, Handle index, Handle source, Handle* out) {
  return guarded([&] { *out = wrap(a->scatter_add(dim, *index, *source)); });
}

MOR_API mor_scatter_(Handle a, int64_t dim, Handle index, Handle source) {
  return guarded([&] { a->scatter_(dim, *index, *source); });
}

MOR_API mor_scatter_add_(Handle a, int64_t dim, Handle index, Handle source) {
  return guarded([&] { a->scatter_add_(dim, *index, *source); });
}

MOR_API mor_index_add(Handle a, int64_t dim, Handle index, Handle source, MorScalar alpha, Handle* out) {
  return guarded([&] { *out = wrap(a->index_add(dim, *index, *source, alpha.value())); });
}

MOR_API mor_index_add_(Handle a, int64_t dim, Handle index, Handle source, MorScalar alpha) {
  return guarded([&] { a->index_add_(dim, *index, *source, alpha.value()); });
}

MOR_API mor_index_copy(Handle a, int64_t dim, Handle index, Handle source, Handle* out) {
  return guarded([&] { *out = wrap(a->index_copy(dim, *index, *source)); });
}

MOR_API mor_index_copy_(Handle a, int64_t dim, Handle index, Handle source) {
  return guarded([&] { a->index_copy_(dim, *index, *source); });
}

MOR_API mor_masked_fill(Handle a, Handle mask, MorScalar value, Handle* out) {
  return guarded([&] { *out = wrap(a->masked_fill(*mask, value.value())); });
}

MOR_API mor_masked_fill_(Handle a, Handle mask, MorScalar value) {
  return guarded([&] { a->masked_fill_(*mask, value.value()); });
}

MOR_API mor_one_hot(Handle a, int64_t classes, Handle* out) {
  return guarded([&] { *out = wrap(at::one_hot(*a, classes)); });
}
