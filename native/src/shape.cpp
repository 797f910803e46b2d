// Views and rearrangements.
#include "mor.h"

MOR_1(t, a.t())
MOR_1(contiguous, a.contiguous())
MOR_1(clone, a.clone())
MOR_1(detach, a.detach())
MOR_1(alias, a.alias())
MOR_1(squeeze_all, a.squeeze())

#define MOR_SIZES(name, expression)                                                              \
  MOR_API mor_##name(Handle pa, const int64_t* values, int32_t count, Handle* out) {             \
    return guarded([&] { const at::Tensor& a = *pa; const auto n = longs(values, count); *out = wrap(expression); }); \
  }
MOR_SIZES(view, a.view(n))
MOR_SIZES(reshape, a.reshape(n))
MOR_SIZES(permute, a.permute(n))
MOR_SIZES(expand, a.expand(n))
MOR_SIZES(repeat, a.repeat(n))

#define MOR_LONG(name, expression)                                                               \
  MOR_API mor_##name(Handle pa, int64_t i, Handle* out) {                                        \
    return guarded([&] { const at::Tensor& a = *pa; *out = wrap(expression); });                 \
  }
MOR_LONG(squeeze, a.squeeze(i))
MOR_LONG(unsqueeze, a.unsqueeze(i))
MOR_LONG(tril, a.tril(i))
MOR_LONG(triu, a.triu(i))

#define MOR_LONGS_2(name, expression)                                                            \
  MOR_API mor_##name(Handle pa, int64_t i, int64_t j, Handle* out) {                             \
    return guarded([&] { const at::Tensor& a = *pa; *out = wrap(expression); });                 \
  }
MOR_LONGS_2(transpose, a.transpose(i, j))
MOR_LONGS_2(select, a.select(i, j))
MOR_LONGS_2(flatten, a.flatten(i, j))

MOR_API mor_narrow(Handle pa, int64_t dim, int64_t start, int64_t length, Handle* out) {
  return guarded([&] { *out = wrap(pa->narrow(dim, start, length)); });
}

MOR_API mor_slice(Handle pa, int64_t dim, int64_t start, int64_t finish, int64_t step, Handle* out) {
  return guarded([&] { *out = wrap(pa->slice(dim, start, finish, step)); });
}

MOR_API mor_split(Handle pa, const int64_t* sizes, int32_t count, int64_t dim, Handle* results) {
  return guarded([&] { hand_out(pa->split_with_sizes(longs(sizes, count), dim), results, count); });
}
